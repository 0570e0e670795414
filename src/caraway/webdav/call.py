"""One request being answered: what every method needs to know and to check."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from caraway.webdav.conditions import (
    MISSING,
    PRECONDITIONS,
    Entity,
    IfHeader,
    State,
    check,
    locate,
    parse_if,
)
from caraway.webdav.errors import BadRequest, HTTPError, NotFound, StoreError
from caraway.webdav.http.encodings import etag_variants
from caraway.webdav.http.message import Request
from caraway.webdav.locks.lock import Blocks
from caraway.webdav.locks.table import LockTable
from caraway.webdav.paths import Path, format_path
from caraway.webdav.store.interface import Entry, Store
from caraway.webdav.sync import Snapshots, is_current, is_token

#: The whole name: anybody may own one that begins so, such as 127.example.org.
_LOOPBACK: Final = re.compile(r"127(\.[0-9]{1,3}){3}")
_ADDRESS: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}|\[[0-9a-f:.]+\]")
_DOT: Final = re.compile(r"\.")
_EVERY_ADDRESS: Final = frozenset({"0.0.0.0", "[::]"})
#: Fields by which an answer depends on more than the target.
_DEPENDENT: Final = PRECONDITIONS | {"if", "if-range", "range", "authorization", "expect"}
_LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})

#: Sync tokens that one request may hold against the state of a collection.
_MAX_SURVEYS: Final = 4


class Moment(NamedTuple):
    """When a request is handled.

    Attributes:
        now: Seconds on a clock that never goes back, for locks.
        wall_s: Seconds since 1970, for dates.
    """

    now: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Policy:
    """What is allowed.

    Attributes:
        read_only: Nothing can be changed.
        hosts: Names besides localhost that a Host field may have, without
            port; None for any name. A page of another site, whose name its
            owner points at us, is kept out by this (DNS rebinding). An IP
            address cannot be pointed anywhere: ``0.0.0.0`` or ``[::]`` here,
            which servers listen on, stands for all of them. ``*.local`` stands
            for all names below ``local``.
        propfind_limit: Resources that one PROPFIND may list.
    """

    read_only: bool = True
    hosts: frozenset[str] | None = None
    propfind_limit: int = 1_000_000

    def accepts_host(self, host: str) -> bool:
        """Whether a Host field names us; HTTP/1.0 has none, which is allowed."""
        if self.hosts is None or not host:
            return True
        name = host.lower()
        if not name.endswith("]"):
            head, colon, port = name.rpartition(":")
            name = head if colon and port.isdecimal() else name
        name = name.rstrip(".")
        is_local = name in _LOCAL_HOSTS or name.endswith(".localhost")
        if is_local or _LOOPBACK.fullmatch(name) is not None or name in self.hosts:
            return True
        if not self.hosts.isdisjoint(_EVERY_ADDRESS) and _ADDRESS.fullmatch(name):
            return True
        return any(f"*{name[dot.start() :]}" in self.hosts for dot in _DOT.finditer(name, 1))


class Call:
    """A request with the store, the locks and the time it is handled with."""

    def __init__(
        self,
        store: Store,
        locks: LockTable,
        policy: Policy,
        request: Request,
        moment: Moment,
        snapshots: Snapshots,
    ) -> None:
        self.store = store
        self.locks = locks
        self.policy = policy
        self.request = request
        self.moment = moment
        self.snapshots = snapshots
        #: The target.
        self.path = request.path
        # What was found there, once it has been asked for.
        self._entry: Entry | None = None
        self._is_entry_known = False
        self._if_header: IfHeader | None = None
        self._surveys_left = _MAX_SURVEYS

    def header(self, name: str) -> str | None:
        """A header field by its lower-case name."""
        return self.request.headers.get(name)

    @property
    def entry(self) -> Entry | None:
        """What is at the target; None where nothing is. The store is asked once."""
        if not self._is_entry_known:
            self._entry = self.find(self.path)
            self._is_entry_known = True
        return self._entry

    def find(self, path: Path) -> Entry | None:
        """What is at ``path``; None where nothing is."""
        try:
            return self.store.stat(path)
        except NotFound:
            return None

    def still_allows(self, found: Entry | None) -> None:
        """Judge again, before what took its time ends: others may have come first.

        Args:
            found: What is at the target now.

        Raises:
            HTTPError: 412 or 423.
        """
        before, self._entry = self.entry, found
        # What is as it was has been judged; a lock that has ended since does no harm.
        if (before and before.etag) != (found and found.etag):
            self.check_conditions()
        self.check_locks(self.path, is_membership=found is None)

    def existing(self) -> Entry:
        """What is at the target.

        Raises:
            HTTPError: 404: nothing is.
        """
        entry = self.entry
        if entry is None:
            # RFC 9110 §13.1.1: If-Match says something of what is missing, too.
            self.check_conditions()
            raise HTTPError(404)
        return entry

    def currency(self) -> Callable[[], bool] | None:
        """What tells later whether the target is as it is now.

        To be asked for before anything of the target is read. None where that
        cannot be told, or where the answer depends on more than the target.
        """
        request = self.request
        if not request.is_repeated or not _DEPENDENT.isdisjoint(request.headers):
            return None
        store, path = self.store, self.path
        try:
            version = store.version(path)
        except StoreError:
            return None

        def holds() -> bool:
            try:
                return store.version(path) == version
            except StoreError:
                return False

        return holds if version is not None else None

    # Preconditions

    @property
    def if_header(self) -> IfHeader | None:
        """The If field; None without one."""
        value = self.request.headers.get("if")
        if value is not None and self._if_header is None:
            self._if_header = parse_if(value, self.path, host=self.header("host") or "")
        return self._if_header

    @property
    def tokens(self) -> frozenset[str]:
        """The lock tokens submitted."""
        header = self.if_header
        return header.tokens if header is not None else frozenset()

    def check_conditions(self, entity: Entity | None = None) -> None:
        """Judge all preconditions.

        Args:
            entity: The target; by default what the store says of it.

        Raises:
            HTTPError: 304 or 412: one does not hold.
        """
        headers = self.request.headers
        if not PRECONDITIONS.isdisjoint(headers):
            entity = entity or self._entity()
            status = check(self.request.method, headers, entity, now=self.moment.wall_s)
            if status is not None:
                tag = [("ETag", f'"{entity.etag}"')] if entity.etag else []
                raise HTTPError(status, headers=tag)
        header = self.if_header
        if header is not None and not header.holds(self._state):
            raise HTTPError(412, "no list of the If header holds")

    def _entity(self) -> Entity:
        entry = self.entry
        if entry is None:
            return MISSING
        etag = entry.etag
        return Entity(True, etag, entry.mtime_ns // 1_000_000_000, etag_variants(etag))

    def _state(self, path: Path) -> State:
        entry = self.entry if path == self.path else self.find(path)
        etag = entry.etag if entry is not None else ""
        tokens = self.locks.tokens(path, now=self.moment.now)
        if entry is not None and entry.is_collection:
            tokens |= {token for token in self.tokens if self._is_current(token, path, entry)}
        return State(etag, tokens, etag_variants(etag))

    def _is_current(self, token: str, path: Path, entry: Entry) -> bool:
        """Whether a sync token names the present state of a collection (RFC 6578 §5)."""
        # Each takes a look at all members: a header may have a thousand.
        if not is_token(token) or self._surveys_left == 0:
            return False
        self._surveys_left -= 1
        return is_current(self.store, self.snapshots, token, path, entry, now=self.moment.wall_s)

    # Locks

    def blocks(self, path: Path, *, is_membership: bool = False, is_deep: bool = False) -> Blocks:
        """The locks that stand against a change of ``path``."""
        return self.locks.check_write(
            path,
            now=self.moment.now,
            tokens=self.tokens,
            principal=self.request.user,
            is_membership=is_membership,
            is_deep=is_deep,
        )

    def check_locks(self, path: Path, *, is_membership: bool = False) -> None:
        """Refuse a change that a lock stands against.

        Raises:
            HTTPError: 423.
        """
        blocked = self.blocks(path, is_membership=is_membership)
        if blocked:
            raise blocked.refusal()

    # Header fields

    def depth(self, allowed: str, default: str) -> str:
        """The Depth field.

        Args:
            allowed: What it may be, of ``0``, ``1`` and ``infinity``, between blanks.

        Raises:
            BadRequest: It is something else.
        """
        value = (self.header("depth") or default).strip().lower()
        if value not in allowed.split():
            raise BadRequest(f"Depth is '{value:.20}', this method takes {allowed}")
        return value

    def destination(self) -> Path:
        """The Destination field.

        Raises:
            BadRequest: There is none, or it is no reference.
            HTTPError: 502: it is on another server.
        """
        value = self.header("destination")
        if value is None:
            raise BadRequest(f"{self.request.method} needs a Destination header")
        path = locate(value, self.header("host") or "")
        if path is None:
            raise HTTPError(502, "the destination is on another server")
        return path

    def overwrites(self) -> bool:
        """The Overwrite field, by default true.

        Raises:
            BadRequest: It is neither T nor F.
        """
        value = (self.header("overwrite") or "T").strip().upper()
        if value not in ("T", "F"):
            raise BadRequest(f"Overwrite is '{value:.20}', it has to be T or F")
        return value == "T"

    def refuse_other_sites(self) -> None:
        """Refuse a change that a page of another site asks a browser to make.

        Raises:
            HTTPError: 403.
        """
        site = self.header("sec-fetch-site")
        if site is not None and site not in ("same-origin", "none"):
            raise HTTPError(403, "a page of another site asked for this")
        origin = self.header("origin")
        if origin is not None:
            own = f"{self.request.scheme}://{self.header('host') or ''}"
            if origin.lower() != own.lower():
                raise HTTPError(403, f"a page of {origin:.80} asked for this")

    def href(self, path: Path, entry: Entry | None = None) -> str:
        """The URL path of a resource, as answers name it."""
        is_collection = entry.is_collection if entry is not None else False
        return format_path(path, is_collection=is_collection)
