"""A resource that may be found, without a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from caraway.webdav.store.interface import Entry, PropertyName

SECOND = 1_000_000_000


def file(
    name: str = "a.txt", *, size: int = 0, mtime_s: int = 0, executable: bool | None = None
) -> Entry:
    """A file's entry."""
    return Entry(name, False, size, mtime_s * SECOND + 5, mtime_s * SECOND + 5, "e", executable)


@dataclass
class Thing:
    """Has the properties and the text that it is given."""

    entry: Entry = field(default_factory=file)
    properties: Mapping[PropertyName, str] = field(default_factory=dict)
    content: str | None = None

    def dead(self) -> Mapping[PropertyName, str]:
        return self.properties

    def has_text(self, text: str) -> bool | None:
        return None if self.content is None else text in self.content.casefold()


def dead(name: str, value: str, attributes: str = "") -> tuple[PropertyName, str]:
    """A dead property as a store keeps it."""
    return ("urn:x", name), f'<{name} xmlns="urn:x"{attributes}>{value}</{name}>'
