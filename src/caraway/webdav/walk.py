"""A tree of resources one by one, for what looks at all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from caraway.webdav.errors import NotACollection, NotFound, StoreError
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Entry, Store

Depth = Literal["0", "1", "infinity"]


def _pass_by(path: Path) -> None:
    """Nothing is done about a collection that cannot be looked into."""


def walk(
    store: Store,
    path: Path,
    entry: Entry,
    depth: Depth,
    *,
    on_closed: Callable[[Path], None] = _pass_by,
) -> Iterator[tuple[Path, Entry]]:
    """A resource and what is below it: every collection before its members.

    Links are not followed: two that lead upwards would make a tree without
    end, and what a link leads to has a place of its own.

    Args:
        entry: What is at ``path``.
        on_closed: Told of collections that cannot be looked into, and of links to
            collections; what is below is left out. Of those that vanished nothing is told.
    """
    yield path, entry
    # Collections still to be listed; deep trees do not deepen the stack.
    pending = [path] if entry.is_collection and depth != "0" else []
    while pending:
        parent = pending.pop()
        below: list[Path] = []
        try:
            for member in store.members(parent):
                place = (*parent, member.name)
                if member.is_collection and depth == "infinity":
                    if member.is_link:
                        on_closed(place)
                    else:
                        below.append(place)
                yield place, member
        except (NotFound, NotACollection):
            continue
        except StoreError:
            on_closed(parent)
        pending += reversed(below)
