"""What the properties of a resource need beyond its entry, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from caraway.webdav.call import Call
from caraway.webdav.errors import HTTPError, NotFound, StoreError
from caraway.webdav.paths import Path
from caraway.webdav.properties.listing import Renderer
from caraway.webdav.properties.live import Context
from caraway.webdav.store.interface import Entry, PropertyName
from caraway.webdav.sync import Snapshot, keep, survey

#: Resources below a collection that can be synchronised as one: each costs a
#: look at it with every report, and about 150 bytes of memory while it is made.
MAX_MEMBERS: Final = 250_000


def context_of(call: Call, render: Renderer, path: Path, entry: Entry) -> Context:
    """What ``render`` needs of a resource.

    Raises:
        StoreError: It vanished.
    """
    moment = call.moment.now
    dead = dead_properties(call, path) if render.needs_dead else {}
    locks = call.locks.covering(path, now=moment) if render.needs_locks else ()
    usage = call.store.usage(path) if render.needs_usage and entry.is_collection else None
    # Only of the target: to tell it takes a look at all that is below.
    wants_token = render.needs_sync_token and path == call.path
    token = _sync_token(call, path, entry) if wants_token else ""
    return Context(dead=dead, locks=locks, now=moment, usage=usage, sync_token=token)


def dead_properties(call: Call, path: Path) -> Mapping[PropertyName, str]:
    """The dead properties of a resource, as far as they can be read.

    Raises:
        NotFound: It vanished.
    """
    try:
        return call.store.properties(path)
    except NotFound:
        raise
    except StoreError:
        # Those of a file that may not be read, or damaged ones, which PROPPATCH
        # tells of: the resource is to be seen in spite of them.
        return {}


def _sync_token(call: Call, path: Path, entry: Entry) -> str:
    """The token of a collection's present state; empty where it has none."""
    if not entry.is_collection:
        return ""
    try:
        found = survey(call.store, path, entry, {}, is_deep=True, wanted=0, limit=MAX_MEMBERS)
        snapshot = Snapshot(path, True, found.members)
        return keep(call.snapshots, snapshot, now=call.moment.wall_s)
    except (HTTPError, StoreError):
        # REPORT says why; a listing does without.
        return ""
