"""The bodies of answers: multistatus and refusals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from caraway.webdav.xml.parser import DAV
from caraway.webdav.xml.writer import escape, tag

#: Namespaces that have a prefix in a multistatus in which ``DAV:`` has none: a property of one
#: of them is in each response of a listing.
PREFIXES: Final = {"http://apache.org/dav/props/": "A:"}
CONTENT_TYPE: Final = "application/xml; charset=utf-8"
_DECLARED: Final = "".join(f' xmlns:{name[:-1]}="{uri}"' for uri, name in PREFIXES.items())
DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def status_line(status: int) -> str:
    """The value of a ``status`` element.

    >>> status_line(424)
    'HTTP/1.1 424 Failed Dependency'
    """
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"


def error_body(condition: str, hrefs: Iterable[str] = ()) -> bytes:
    """The body of a refusal that names the condition it rests on.

    Args:
        condition: The name of an element in ``DAV:``, such as ``lock-token-submitted``.
        hrefs: URL-escaped paths that go into it.

    Source: RFC 4918 §16.
    """
    return f'{DECLARATION}<D:error xmlns:D="DAV:">{_condition(condition, hrefs)}</D:error>'.encode()


def _condition(condition: str, hrefs: Iterable[str] = (), p: str = "D:") -> str:
    inside = "".join([f"<{p}href>{escape(href)}</{p}href>" for href in hrefs])
    return tag((DAV, condition), inside, prefix=p)


def write_status(
    href: str,
    status: int,
    *,
    condition: str | None = None,
    hrefs: Iterable[str] = (),
    prefix: str = "D:",
) -> str:
    """The ``response`` of a resource that failed as a whole.

    Source: RFC 4918 §14.24, first form.
    """
    p = prefix
    error = f"<{p}error>{_condition(condition, hrefs, p)}</{p}error>" if condition else ""
    return (
        f"<{p}response><{p}href>{escape(href)}</{p}href>"
        f"<{p}status>{status_line(status)}</{p}status>{error}</{p}response>"
    )


@dataclass(frozen=True, slots=True)
class Propstat:
    """Properties that share a status.

    Attributes:
        properties: The XML of each.
        condition: The element that says why, in ``DAV:``.
    """

    status: int
    properties: tuple[str, ...]
    condition: str | None = None


def write_response(href: str, propstats: Iterable[Propstat], *, prefix: str = "D:") -> str:
    """The ``response`` of a resource by its properties.

    Source: RFC 4918 §14.24, second form.
    """
    p = prefix
    return f"<{p}response><{p}href>{escape(href)}</{p}href>{_propstats(propstats, p)}</{p}response>"


def mkcol_body(propstats: Iterable[Propstat]) -> bytes:
    """The body of a refused MKCOL that named properties; its status is 403, 409 or 424.

    Source: RFC 5689 §3.2, §5.2.
    """
    return (
        f'{DECLARATION}<D:mkcol-response xmlns:D="DAV:">{_propstats(propstats, "D:")}'
        "</D:mkcol-response>"
    ).encode()


def _propstats(propstats: Iterable[Propstat], p: str) -> str:
    pieces = []
    for each in propstats:
        error = ""
        if each.condition:
            error = f"<{p}error>{tag((DAV, each.condition), prefix=p)}</{p}error>"
        pieces.append(
            f"<{p}propstat><{p}prop>{''.join(each.properties)}</{p}prop>"
            f"<{p}status>{status_line(each.status)}</{p}status>{error}</{p}propstat>"
        )
    return "".join(pieces)


def write_multistatus(
    responses: Iterable[str], *, prefix: str = "D:", sync_token: str = "", piece: int = 131_072
) -> Iterator[bytes]:
    """A ``multistatus`` body in pieces of about ``piece`` bytes, made as they are taken.

    Args:
        responses: The XML of each, written with the same ``prefix``.
        sync_token: What RFC 6578 puts behind them.
    """
    declared = 'xmlns:D="DAV:"' if prefix else f'xmlns="DAV:"{_DECLARED}'
    pending = [f"{DECLARATION}<{prefix}multistatus {declared}>"]
    size = 0
    for response in responses:
        pending.append(response)
        size += len(response)
        if size >= piece:
            yield "".join(pending).encode()
            pending, size = [], 0
    if sync_token:
        pending.append(tag((DAV, "sync-token"), escape(sync_token), prefix=prefix))
    pending.append(f"</{prefix}multistatus>")
    yield "".join(pending).encode()
