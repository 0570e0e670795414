"""Properties of resources: what each is worth, which may be set, how listings show them.

Live properties follow from what a store says of a resource. All others are
dead: kept as the client wrote them, as the XML of the whole element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from caraway.webdav.http.dates import format_http_date, format_iso, parse_http_date, parse_iso
from caraway.webdav.locks import Lock
from caraway.webdav.store.interface import Entry, PropertyName, Usage
from caraway.webdav.xml import (
    DAV,
    DECLARATION,
    Change,
    Element,
    Propfind,
    Propstat,
    escape,
    status_line,
    tag,
    write,
)

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


_NO_CONTEXT: Final = Context()

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


# Values


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


def active_locks(locks: Iterable[Lock], *, now: float, prefix: str = "D:") -> str:
    """The XML inside ``lockdiscovery``.

    Source: RFC 4918 §15.8, §14.1.
    """
    p = prefix
    return "".join(
        [
            f"<{p}activelock><{p}locktype><{p}write/></{p}locktype>"
            f"<{p}lockscope><{p}{'exclusive' if lock.is_exclusive else 'shared'}/></{p}lockscope>"
            f"<{p}depth>{'infinity' if lock.is_deep else '0'}</{p}depth>{lock.owner}"
            f"<{p}timeout>Second-{lock.remaining_s(now)}</{p}timeout>"
            f"<{p}locktoken><{p}href>{escape(lock.token)}</{p}href></{p}locktoken>"
            f"<{p}lockroot><{p}href>{escape(lock.href)}</{p}href></{p}lockroot></{p}activelock>"
            for lock in locks
        ]
    )


def lock_body(locks: Iterable[Lock], *, now: float) -> bytes:
    """The body of the answer to a LOCK: the locks on the resource (RFC 4918 §9.10.1)."""
    return (
        f'{DECLARATION}<D:prop xmlns:D="DAV:"><D:lockdiscovery>'
        f"{active_locks(locks, now=now)}</D:lockdiscovery></D:prop>"
    ).encode()


# Listing


def element_prefix(user_agent: str) -> str:
    """What to put before the names of ``DAV:`` elements in a listing.

    With a default namespace a listing is an eighth shorter, but Microsoft's
    clients do not find elements without a prefix.
    """
    agent = user_agent.lower()
    return "D:" if "microsoft" in agent or "msoffice" in agent else ""


class _Wanted(NamedTuple):
    """A property as it is written."""

    name: PropertyName
    value: Value | None
    opening: str
    closing: str
    empty: str
    yields_to_dead: bool


class Renderer:
    """Writes the ``response`` elements of one PROPFIND request.

    It holds nothing of a single resource and may be used by several requests at once.

    Attributes:
        prefix: What stands for ``DAV:``; the multistatus has to be written with the same.
        needs_dead: The context has to have the dead properties.
        needs_locks: The context has to have the locks and the time.
        needs_usage: The context has to have the usage, for collections.
        needs_sync_token: The context has to have the sync token, for collections.

    >>> listing = Renderer(Propfind("prop", (("DAV:", "getcontentlength"),)), prefix="")
    >>> print(listing.render("/a", Entry("a", False, 5, 0, 0, "x")).replace("><", ">\\n<"))
    <response>
    <href>/a</href>
    <propstat>
    <prop>
    <getcontentlength>5</getcontentlength>
    </prop>
    <status>HTTP/1.1 200 OK</status>
    </propstat>
    </response>
    """

    def __init__(self, request: Propfind, *, prefix: str = "D:") -> None:
        if request.kind == "prop":
            names = request.names
        elif request.kind == "allprop":
            standard = [name for name, live in LIVE.items() if live.in_allprop]
            names = tuple(dict.fromkeys([*standard, *request.names]))
        else:
            names = tuple(LIVE)
        self.prefix = prefix
        self._kind = request.kind
        self._wanted = tuple(_wanted(name, prefix) for name in names)
        self._names = frozenset(names)
        # What allprop leaves out without a word, where the resource does not have it.
        self._silent = self._names.difference(request.names)
        self.needs_dead = request.kind != "prop" or any(
            each.value is None or each.yields_to_dead for each in self._wanted
        )
        self.needs_locks = (DAV, "lockdiscovery") in names and request.kind != "propname"
        self.needs_usage = not self._names.isdisjoint(_QUOTA)
        self.needs_sync_token = (DAV, "sync-token") in names
        p = prefix
        self._head = f"<{p}response><{p}href>"
        self._properties = f"</{p}href><{p}propstat><{p}prop>"
        self._found = f"</{p}prop><{p}status>{status_line(200)}</{p}status></{p}propstat>"
        self._again = f"<{p}propstat><{p}prop>"
        self._missing = f"</{p}prop><{p}status>{status_line(404)}</{p}status></{p}propstat>"
        self._tail = f"</{p}response>"

    def render(self, href: str, entry: Entry, context: Context = _NO_CONTEXT) -> str:
        """The ``response`` of one resource.

        Args:
            href: As :func:`caraway.webdav.paths.format_path` makes it: nothing
                in it needs escaping.
        """
        if self._kind == "propname":
            return self._render_names(href, entry, context)
        dead = context.dead
        pieces = [self._head, href, self._properties]
        missing: list[_Wanted] = []
        for each in self._wanted:
            name, value_of, opening, closing, empty, yields_to_dead = each
            if dead and (value_of is None or yields_to_dead) and name in dead:
                pieces.append(dead[name])
            elif value_of is None or (value := value_of(entry, context)) is None:
                missing.append(each)
            else:
                pieces.append(f"{opening}{value}{closing}" if value else empty)
        if self._kind == "allprop":
            pieces += [xml for name, xml in dead.items() if name not in self._names]
            missing = [each for each in missing if each.name not in self._silent]
        if missing:
            nothing_found = len(pieces) == 3
            if not nothing_found:
                pieces += (self._found, self._again)
            pieces += [each.empty for each in missing]
            pieces.append(self._missing)
        else:
            pieces.append(self._found)
        pieces.append(self._tail)
        return "".join(pieces)

    def _render_names(self, href: str, entry: Entry, context: Context) -> str:
        names = [
            each.empty
            for each in self._wanted
            if each.value is None or each.value(entry, context) is not None
        ]
        names += [tag(name, prefix=self.prefix) for name in context.dead if name not in self._names]
        return "".join([self._head, href, self._properties, *names, self._found, self._tail])


_QUOTA: Final = frozenset({(DAV, "quota-available-bytes"), (DAV, "quota-used-bytes")})


def _wanted(name: PropertyName, prefix: str) -> _Wanted:
    live = LIVE.get(name)
    opening, _, closing = tag(name, "\0", prefix=prefix).partition("\0")
    return _Wanted(
        name,
        live.value(prefix) if live else None,
        opening,
        closing,
        tag(name, prefix=prefix),
        live is not None and live.yields_to_dead,
    )


@lru_cache(maxsize=64)
def renderer(request: Propfind, *, prefix: str = "D:") -> Renderer:
    """A renderer, made once for requests that ask for the same."""
    return Renderer(request, prefix=prefix)


# Setting


@dataclass(slots=True)
class Plan:
    """What a set of changes comes to: all of it is to be done, or nothing.

    Attributes:
        names: All properties concerned, in the order they were named.
        refused: Why some cannot be changed: a status and a condition or None.
            If there are any, nothing is to be done.
        mtime_ns: The time of change to record; None to leave it.
        ctime_ns: The time of creation to record; None to leave it.
        executable: Whether the file may be run; None to leave it.
        dead: Dead properties to set, or to remove where the value is None.
    """

    names: tuple[PropertyName, ...]
    refused: dict[PropertyName, tuple[int, str | None]] = field(default_factory=dict)
    mtime_ns: int | None = None
    ctime_ns: int | None = None
    executable: bool | None = None
    dead: dict[PropertyName, str | None] = field(default_factory=dict)

    def propstats(self, status: int = 200) -> list[Propstat]:
        """What to answer: properties by their status.

        Args:
            status: What became of carrying it out, where nothing was refused.
        """
        groups: dict[tuple[int, str | None], list[str]] = {}
        for name in self.names:
            outcome = self.refused.get(name, (424 if self.refused else status, None))
            groups.setdefault(outcome, []).append(tag(name))
        return [
            Propstat(code, tuple(properties), condition)
            for (code, condition), properties in groups.items()
        ]


_PROTECTED: Final = (403, "cannot-modify-protected-property")
_WRONG_VALUE: Final = (409, None)


def plan_changes(changes: Iterable[Change], entry: Entry, *, is_new: bool = False) -> Plan:
    """What a PROPPATCH, or an extended MKCOL, comes to.

    Args:
        entry: The resource concerned.
        is_new: It is being made by MKCOL, which may name its ``resourcetype``.

    Source: RFC 4918 §9.2, §15; RFC 5689 §3.
    """
    listed = tuple(changes)
    plan = Plan(tuple(dict.fromkeys(change.name for change in listed)))
    for change in listed:
        refusal = _plan_change(plan, change, entry, is_new=is_new)
        if refusal:
            plan.refused.setdefault(change.name, refusal)
    return plan


def _plan_change(
    plan: Plan, change: Change, entry: Entry, *, is_new: bool
) -> tuple[int, str | None] | None:
    """Take one change into the plan, or tell why that cannot be."""
    name, value = change.name, change.value
    if is_new and name == (DAV, "resourcetype") and value is not None:
        types = [child.name for child in value.children]
        return None if types == [(DAV, "collection")] else (403, "valid-resourcetype")
    live = LIVE.get(name)
    if live and live.is_protected:
        return _PROTECTED
    if name in _TIMES:
        time_ns = _time_of(value) if value else None
        if value and time_ns is None:
            return _WRONG_VALUE
        if name == (MICROSOFT, "Win32CreationTime"):
            plan.ctime_ns = time_ns
        elif value is None:
            return _PROTECTED
        else:
            plan.mtime_ns = time_ns
            return None
    elif name == (APACHE, "executable"):
        text = value.text.strip() if value else ""
        if value is None or entry.is_collection or entry.executable is None:
            return _PROTECTED
        if text not in ("T", "F"):
            return _WRONG_VALUE
        plan.executable = text == "T"
        return None
    elif name == (MICROSOFT, "Win32FileAttributes") and value and not _is_hex(value.text.strip()):
        return _WRONG_VALUE
    plan.dead[name] = write(value) if value else None
    return None


_TIMES: Final = frozenset(
    {
        (DAV, "getlastmodified"),
        (DAV, "lastmodified"),
        (MICROSOFT, "Win32LastModifiedTime"),
        (MICROSOFT, "Win32CreationTime"),
    }
)


def _time_of(value: Element) -> int | None:
    """Nanoseconds of a time in any form clients send; None if it is none."""
    text = value.text.strip()
    if text.isascii() and text.isdigit() and len(text) <= 11:
        return int(text) * _SECOND_NS
    # With two digits for the year a file would go back a century.
    seconds = None if "-" in text else parse_http_date(text)
    return parse_iso(text) if seconds is None else seconds * _SECOND_NS


def _is_hex(text: str) -> bool:
    return 0 < len(text) <= 8 and all(char in "0123456789abcdefABCDEF" for char in text)


# Media types

_TYPES: Final = {
    extension: f"{kind}/{subtype}"
    for kind, subtypes in {
        "text": "plain=txt,text,log,conf,cfg,ini,list,diff,patch,c,h,cc,cpp,hpp,java,py,pl,rb,"
        "rs,go,sh,bat,ps1,rst,toml,tex html=html,htm css=css csv=csv markdown=md,markdown "
        "javascript=js,mjs xml=xml,xsl vcard=vcf calendar=ics tab-separated-values=tsv "
        "vtt=vtt rtf=rtf",
        "image": "jpeg=jpg,jpeg,jpe png=png gif=gif webp=webp avif=avif svg+xml=svg bmp=bmp "
        "tiff=tif,tiff vnd.microsoft.icon=ico heic=heic heif=heif jxl=jxl",
        "audio": "mpeg=mp3 mp4=m4a,m4b ogg=ogg,oga,opus flac=flac wav=wav aac=aac midi=mid,midi",
        "video": "mp4=mp4,m4v webm=webm x-matroska=mkv quicktime=mov,qt x-msvideo=avi "
        "mpeg=mpg,mpeg ogg=ogv 3gpp=3gp mp2t=ts,m2ts",
        "font": "woff=woff woff2=woff2 ttf=ttf otf=otf",
        "application": "json=json,map pdf=pdf zip=zip gzip=gz,tgz zstd=zst x-tar=tar "
        "x-7z-compressed=7z vnd.rar=rar x-xz=xz x-bzip2=bz2 wasm=wasm yaml=yaml,yml "
        "epub+zip=epub postscript=ps,eps sql=sql x-iso9660-image=iso msword=doc,dot "
        "vnd.ms-excel=xls vnd.ms-powerpoint=ppt vnd.debian.binary-package=deb "
        "x-rpm=rpm java-archive=jar "
        "vnd.openxmlformats-officedocument.wordprocessingml.document=docx "
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet=xlsx "
        "vnd.openxmlformats-officedocument.presentationml.presentation=pptx "
        "vnd.oasis.opendocument.text=odt vnd.oasis.opendocument.spreadsheet=ods "
        "vnd.oasis.opendocument.presentation=odp vnd.oasis.opendocument.graphics=odg",
    }.items()
    for subtype, _, extensions in (each.partition("=") for each in subtypes.split())
    for extension in extensions.split(",")
}


def guess_type(name: str) -> str:
    """The media type of a file by its name; the same on every machine.

    >>> guess_type("Notes.TXT"), guess_type("core")
    ('text/plain', 'application/octet-stream')
    """
    _, dot, extension = name.rpartition(".")
    if not dot:
        return "application/octet-stream"
    return _TYPES.get(extension) or _TYPES.get(extension.lower(), "application/octet-stream")
