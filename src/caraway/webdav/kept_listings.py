"""What was made of the members of collections when they were listed last.

Folders are listed again and again, and little in them changes. What follows
from a member alone need not be made again as long as the member is the same;
this keeps it, and the caller compares.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from types import MappingProxyType
from typing import Final, Generic, TypeVar

T = TypeVar("T")

#: Members of all collections together. Each costs some hundred bytes.
MAX_MEMBERS: Final = 8192
_NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


class KeptListings(Generic[T]):
    """Values by collection and member.

    >>> kept: KeptListings[int] = KeptListings(max_members=2)
    >>> kept.put("a", {"x": 1}), kept.put("b", {"y": 2, "z": 3}), kept.put("c", {"x": 4})
    (None, None, None)
    >>> dict(kept.get("a")), dict(kept.get("b")), dict(kept.get("c"))
    ({}, {}, {'x': 4})

    Args:
        max_members: The collections listed longest ago are forgotten beyond it.
    """

    def __init__(self, *, max_members: int = MAX_MEMBERS) -> None:
        self._max = max_members
        # Only replaced as a whole, so threads need no lock: one of two that
        # replace it at once is forgotten, which costs nothing but time.
        self._kept: dict[Hashable, Mapping[str, T]] = {}

    def get(self, collection: Hashable) -> Mapping[str, T]:
        """What was kept of a collection's members, by name; not to be changed."""
        return self._kept.get(collection, _NOTHING)  # type: ignore[arg-type]  # it is empty

    def put(self, collection: Hashable, members: Mapping[str, T]) -> None:
        """Keep the values of a collection's members, in place of those before."""
        kept = {key: value for key, value in self._kept.items() if key != collection}
        kept[collection] = members
        total = sum(map(len, kept.values()))
        for key in list(kept):
            if total <= self._max:
                break
            total -= len(kept.pop(key))
        self._kept = kept
