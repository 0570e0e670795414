"""Live properties: those that the server knows the meaning of, and their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from caraway.webdav.http.dates import format_http_date, format_iso
from caraway.webdav.locks.lock import Lock
from caraway.webdav.media_types import guess_type
from caraway.webdav.properties.lock_discovery import active_locks
from caraway.webdav.store.interface import Entry, PropertyName, Usage
from caraway.webdav.xml.parser import DAV
from caraway.webdav.xml.writer import escape, tag

APACHE: Final = "http://apache.org/dav/props/"
MICROSOFT: Final = "urn:schemas-microsoft-com:"

_SECOND_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Context:
    """What a property may need beyond the entry.

    Attributes:
        dead: The dead properties of the resource, each as XML.
        locks: All locks on it, those of collections above it included.
        now: The time on the clock of the locks, seconds.
        usage: Space below a collection; None where it is not known.
        sync_token: The URI of a collection's present state; empty for none.
    """

    dead: Mapping[PropertyName, str] = field(default_factory=lambda: MappingProxyType({}))
    locks: Sequence[Lock] = ()
    now: float = 0.0
    usage: Usage | None = None
    sync_token: str = ""


#: The XML inside a property's element, or None where the resource does not have it.
Value = Callable[[Entry, Context], str | None]


@dataclass(frozen=True, slots=True)
class Live:
    """A property that the server knows the meaning of.

    Attributes:
        value: Makes the function that tells the value, for what stands for
            ``DAV:`` around it: ``D:``, or nothing.
        in_allprop: ``allprop`` returns it.
        is_protected: It cannot be set.
        yields_to_dead: Once set, what was set is returned instead.
    """

    value: Callable[[str], Value]
    in_allprop: bool = True
    is_protected: bool = True
    yields_to_dead: bool = False


def _creation(entry: Entry, context: Context) -> str:
    return format_iso(entry.ctime_ns // _SECOND_NS)


def _display_name(entry: Entry, context: Context) -> str:
    return escape(entry.name)


def _length(entry: Entry, context: Context) -> str | None:
    return None if entry.is_collection else str(entry.size)


def _content_type(entry: Entry, context: Context) -> str | None:
    return None if entry.is_collection else guess_type(entry.name)


def _etag(entry: Entry, context: Context) -> str | None:
    return f'"{escape(entry.etag)}"' if entry.etag else None


def _modified(entry: Entry, context: Context) -> str:
    return format_http_date(entry.mtime_ns // _SECOND_NS)


def _modified_unix(entry: Entry, context: Context) -> str:
    return str(entry.mtime_ns // _SECOND_NS)


def _creation_win32(entry: Entry, context: Context) -> str:
    return format_http_date(entry.ctime_ns // _SECOND_NS)


def _hidden(entry: Entry, context: Context) -> str:
    return "1" if entry.name.startswith(".") else "0"


def _executable(entry: Entry, context: Context) -> str | None:
    if entry.is_collection or entry.executable is None:
        return None
    return "T" if entry.executable else "F"


def _quota_used(entry: Entry, context: Context) -> str | None:
    return str(context.usage.used) if entry.is_collection and context.usage else None


def _quota_available(entry: Entry, context: Context) -> str | None:
    return str(context.usage.available) if entry.is_collection and context.usage else None


def _sync_token(entry: Entry, context: Context) -> str | None:
    return escape(context.sync_token) or None


def _resource_type(prefix: str) -> Value:
    collection = tag((DAV, "collection"), prefix=prefix)
    return lambda entry, context: collection if entry.is_collection else ""


def _supported_lock(prefix: str) -> Value:
    p = prefix
    entries = "".join(
        f"<{p}lockentry><{p}lockscope><{p}{scope}/></{p}lockscope>"
        f"<{p}locktype><{p}write/></{p}locktype></{p}lockentry>"
        for scope in ("exclusive", "shared")
    )
    return lambda entry, context: entries


def _lock_discovery(prefix: str) -> Value:
    return lambda entry, context: active_locks(context.locks, now=context.now, prefix=prefix)


def _reports(prefix: str) -> Value:
    p = prefix
    reports = (
        f"<{p}supported-report><{p}report><{p}sync-collection/></{p}report></{p}supported-report>"
    )
    return lambda entry, context: reports if entry.is_collection else ""


def _query_grammars(prefix: str) -> Value:
    p = prefix
    grammars = (
        f"<{p}supported-query-grammar><{p}grammar><{p}basicsearch/></{p}grammar>"
        f"</{p}supported-query-grammar>"
    )
    return lambda entry, context: grammars


def _plain(value: Value) -> Callable[[str], Value]:
    """For a value that has no elements inside."""
    return lambda prefix: value


#: All live properties, in the order in which ``allprop`` returns them.
LIVE: Final[Mapping[PropertyName, Live]] = MappingProxyType(
    {
        (DAV, "resourcetype"): Live(_resource_type),
        (DAV, "displayname"): Live(_plain(_display_name), is_protected=False, yields_to_dead=True),
        (DAV, "getcontentlength"): Live(_plain(_length)),
        (DAV, "getlastmodified"): Live(_plain(_modified), is_protected=False),
        (DAV, "creationdate"): Live(_plain(_creation)),
        (DAV, "getetag"): Live(_plain(_etag)),
        (DAV, "getcontenttype"): Live(_plain(_content_type)),
        (APACHE, "executable"): Live(_plain(_executable), is_protected=False),
        (DAV, "lockdiscovery"): Live(_lock_discovery),
        (DAV, "supportedlock"): Live(_supported_lock),
        # RFC 4331 §2 and RFC 6578 §4 keep theirs out of allprop.
        (DAV, "quota-available-bytes"): Live(_plain(_quota_available), in_allprop=False),
        (DAV, "quota-used-bytes"): Live(_plain(_quota_used), in_allprop=False),
        (DAV, "sync-token"): Live(_plain(_sync_token), in_allprop=False),
        (DAV, "supported-report-set"): Live(_reports, in_allprop=False),
        # RFC 5323 §3.3.
        (DAV, "supported-query-grammar-set"): Live(_query_grammars, in_allprop=False),
        (DAV, "ishidden"): Live(_plain(_hidden), in_allprop=False),
        # What rclone sets for servers that have no X-OC-Mtime: seconds since 1970.
        (DAV, "lastmodified"): Live(_plain(_modified_unix), in_allprop=False, is_protected=False),
        (MICROSOFT, "Win32LastModifiedTime"): Live(
            _plain(_modified), in_allprop=False, is_protected=False
        ),
        # Kept as set, too: few stores can record it.
        (MICROSOFT, "Win32CreationTime"): Live(
            _plain(_creation_win32), in_allprop=False, is_protected=False, yields_to_dead=True
        ),
    }
)
