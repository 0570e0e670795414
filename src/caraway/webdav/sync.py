"""What a client knows of a collection, and what has changed since.

A token names a snapshot: the members that a client has been told of, with a
fingerprint of each. It is made from what it names, so that nothing changes
it but a change. Snapshots are what is kept; what changed is found by looking
at the collection again, which sees changes that other programs make, too.

Source: RFC 6578 §3, §4.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, Protocol

from caraway.webdav.errors import HTTPError, StoreError
from caraway.webdav.paths import Path
from caraway.webdav.store.interface import Entry, Store
from caraway.webdav.walk import walk

#: A member's place below the collection: its names joined by slashes, as bytes.
Key = bytes

_SIZE: Final = 8
#: Instead of a fingerprint: a collection, and one that cannot be looked into.
COLLECTION: Final = b"\0" * _SIZE
CLOSED: Final = b"\xff" * _SIZE

#: What every token begins with. It has to be a URI, and no other server's.
PREFIX: Final = "data:,caraway-sync-"
_COUNT_SIZE: Final = 4

#: Bytes of all keys of a collection: paths may be long, and all are held at once.
MAX_KEY_BYTES: Final = 64 << 20

#: Members of a collection whose state can be a condition of a request: they are
#: looked at before it, on the event loop.
MAX_CHECKED: Final = 2_000


class Snapshots(Protocol):
    """Where snapshots are kept. Any thread may use it."""

    def get(self, token: str, *, now: float) -> bytes | None:
        """The snapshot of that name; None where there is none, or none any more.

        Args:
            now: Seconds since 1970.

        Raises:
            StoreError: They cannot be read.
        """

    def put(self, token: str, body: bytes, *, now: float) -> None:
        """Keep a snapshot, and forget old ones where there are too many.

        Raises:
            StoreError: It cannot be kept.
        """


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a client knows of a collection.

    Attributes:
        path: The collection.
        is_deep: The client asked for everything below it, not for its members alone.
        members: A fingerprint of each.
    """

    path: Path
    is_deep: bool
    members: Mapping[Key, bytes]


def key_of(names: Path) -> Key:
    """The key of a member, from its path below the collection."""
    return "/".join(names).encode("utf-8", "surrogateescape")


def names_of(key: Key) -> Path:
    """The path below the collection that a key stands for."""
    return tuple(key.decode("utf-8", "surrogateescape").split("/"))


def fingerprint(entry: Entry) -> bytes:
    """Eight bytes that differ where the content or the time of a file does."""
    if entry.is_collection:
        return COLLECTION
    text = f"{entry.etag} {entry.mtime_ns}"
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=_SIZE).digest()


def is_token(text: str) -> bool:
    """Whether a state token may be one of ours."""
    return text.startswith(PREFIX)


# Keeping


def keep(snapshots: Snapshots, snapshot: Snapshot, *, now: float) -> str:
    """Keep a snapshot; returns its token.

    Raises:
        StoreError: It cannot be kept.
    """
    content = _content(snapshot)
    token = PREFIX + blake2b(content, digest_size=16).hexdigest()
    snapshots.put(token, zlib.compress(content, 1), now=now)
    return token


def recall(snapshots: Snapshots, token: str, path: Path, *, now: float) -> Snapshot | None:
    """The snapshot of that name; None where it is unknown, damaged or of another collection.

    Raises:
        StoreError: Snapshots cannot be read.
    """
    body = snapshots.get(token, now=now) if is_token(token) else None
    if body is None:
        return None
    try:
        content = zlib.decompress(body)
    except zlib.error:
        return None
    if token != PREFIX + blake2b(content, digest_size=16).hexdigest():
        return None
    snapshot = _snapshot(content)
    return snapshot if snapshot.path == path else None


def _content(snapshot: Snapshot) -> bytes:
    """The snapshot as bytes: a count, fingerprints, then what they are of; no name has a NUL."""
    keys = sorted(snapshot.members)
    prints = b"".join([snapshot.members[key] for key in keys])
    head = [b"deep" if snapshot.is_deep else b"flat", key_of(snapshot.path)]
    return b"".join(
        [len(keys).to_bytes(_COUNT_SIZE, "big"), prints, b"\0".join([*head, *keys])],
    )


def _snapshot(content: bytes) -> Snapshot:
    start = _COUNT_SIZE + _SIZE * int.from_bytes(content[:_COUNT_SIZE], "big")
    level, where, *keys = content[start:].split(b"\0")
    offsets = range(_COUNT_SIZE, start, _SIZE)
    members = {key: content[at : at + _SIZE] for key, at in zip(keys, offsets, strict=True)}
    return Snapshot(names_of(where) if where else (), level == b"deep", members)


# Comparing


@dataclass(slots=True)
class Survey:
    """What a collection holds now.

    Attributes:
        members: A fingerprint of each.
        changed: Those that are new or differ from what was known, as many as
            were asked for and one more; None for a collection that cannot be
            looked into.
    """

    members: dict[Key, bytes] = field(default_factory=dict)
    changed: dict[Key, Entry | None] = field(default_factory=dict)


def survey(
    store: Store,
    path: Path,
    entry: Entry,
    known: Mapping[Key, bytes],
    *,
    is_deep: bool,
    wanted: int,
    limit: int,
) -> Survey:
    """Look at all members of a collection.

    Args:
        known: What the client has been told of.
        is_deep: With everything below.
        wanted: Changed members to name.
        limit: Members there may be.

    Raises:
        HTTPError: 507: there are more, or their paths are too long; 403: the
            collection may not be looked into.
    """
    found = Survey()
    size = 0
    closed: dict[Key, None] = {}
    start = len(path)
    places = walk(
        store,
        path,
        entry,
        "infinity" if is_deep else "1",
        on_closed=lambda place: closed.setdefault(key_of(place[start:])),
    )
    # The first is the collection itself.
    next(places)
    for place, member in places:
        key = key_of(place[start:])
        size += len(key)
        if len(found.members) >= limit or size > MAX_KEY_BYTES:
            raise HTTPError(
                507,
                f"there are more than {limit} resources below, or {MAX_KEY_BYTES} bytes of"
                " paths: synchronise a part",
                condition="number-of-matches-within-limits",
            )
        found.members[key] = state = fingerprint(member)
        if known.get(key) != state and len(found.changed) <= wanted:
            found.changed[key] = member
    if b"" in closed:
        raise HTTPError(403, "the collection may not be looked into")
    for key in closed:
        found.members[key] = CLOSED
        found.changed.pop(key, None)
        if known.get(key) != CLOSED:
            found.changed[key] = None
    if closed:
        # What is in there has not gone for that.
        kept = {key: state for key, state in known.items() if _is_below(key, closed)}
        found.members.update(kept)
    return found


@dataclass(frozen=True, slots=True)
class Changes:
    """What to tell a client.

    Attributes:
        removed: Of a collection that is gone, only itself.
        changed: In the order in which they were found: collections before their members.
        is_truncated: There is more.
        members: What the client knows once it has been told.
    """

    removed: tuple[Key, ...]
    changed: tuple[tuple[Key, Entry | None], ...]
    is_truncated: bool
    members: Mapping[Key, bytes]


def compare(known: Mapping[Key, bytes], found: Survey, *, is_deep: bool, wanted: int) -> Changes:
    """What of ``found`` a client has to be told that knows ``known``.

    Args:
        is_deep: As :func:`survey` was told. Else only members of the collection
            itself are compared, and what is known of others stays known.
        wanted: Changes to tell at most.
    """
    now = found.members
    gone = {key: None for key in sorted(known) if key not in now and (is_deep or b"/" not in key)}
    # RFC 6578 §3.5.2: what was in a removed collection is not named.
    removed = [key for key in gone if key.rpartition(b"/")[0] not in gone]
    told = removed[:wanted]
    changed = list(found.changed.items())[: wanted - len(told)]
    is_truncated = len(told) < len(removed) or len(changed) < len(found.changed)
    ended = dict.fromkeys(told)
    members = {key: state for key, state in known.items() if key not in ended}
    # A file may have taken the place of a collection.
    ended.update((key, None) for key, entry in changed if entry and not entry.is_collection)
    if ended:
        members = {key: state for key, state in members.items() if not _is_below(key, ended)}
    members.update((key, now[key]) for key, _ in changed)
    return Changes(tuple(told), tuple(changed), is_truncated, members)


def is_current(
    store: Store, snapshots: Snapshots, token: str, path: Path, entry: Entry, *, now: float
) -> bool:
    """Whether a token names what a collection holds now.

    A collection of more than ``MAX_CHECKED`` members counts as changed, as
    does one that cannot be looked at.

    Source: RFC 6578 §5.
    """
    try:
        snapshot = recall(snapshots, token, path, now=now)
        if snapshot is None or len(snapshot.members) > MAX_CHECKED:
            return False
        found = survey(
            store,
            path,
            entry,
            snapshot.members,
            is_deep=snapshot.is_deep,
            wanted=0,
            limit=MAX_CHECKED,
        )
    except (HTTPError, StoreError):
        return False
    known = snapshot.members
    if not snapshot.is_deep:
        known = {key: state for key, state in known.items() if b"/" not in key}
    return found.members == known


def _is_below(key: Key, collections: Mapping[Key, None]) -> bool:
    """Whether a key is below one of these, at any depth."""
    while b"/" in key:
        key = key.rpartition(b"/")[0]
        if key in collections:
            return True
    return False
