"""The access log: a line for each request that was answered."""

from __future__ import annotations

import json
import time

from caraway.webdav.server.interface import Exchange

__all__ = ["CommonLines", "escape", "json_line"]


class CommonLines:
    """Lines as Apache's common log has them."""

    def __init__(self) -> None:
        self._second = -1
        self._date = ""

    def __call__(self, done: Exchange, wall_s: float) -> str:
        """The line of a request that ended at ``wall_s``, seconds since 1970."""
        second = int(wall_s)
        if second != self._second:
            self._second = second
            self._date = time.strftime("%d/%b/%Y:%H:%M:%S %z", time.localtime(second))
        head = done.head
        said = "-"
        if head is not None:
            major, minor = head.version
            said = f"{head.method} {escape(head.target)} HTTP/{major}.{minor}"
        request = done.request
        user = "-"
        if request is not None and request.user is not None:
            # Programs split the line at blanks.
            user = escape(request.user).replace(" ", "\\x20") or '\\"\\"'
        return f'{done.peer} - {user} [{self._date}] "{said}" {done.status} {done.sent}'


def json_line(done: Exchange, wall_s: float) -> str:
    """A JSON object for a request that ended at ``wall_s``, seconds since 1970."""
    head, request = done.head, done.request
    seconds, fraction = divmod(wall_s, 1)
    date = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return json.dumps(
        {
            "event": "request",
            "time": f"{date}.{int(fraction * 1000):03}Z",
            "peer": done.peer,
            "user": request.user if request is not None else None,
            "method": head.method if head is not None else None,
            "target": head.target if head is not None else None,
            "status": done.status,
            "bytes": done.sent,
            "received": done.received,
            "duration_ms": round(done.duration_s * 1000, 3),
            "user_agent": head.headers.get("user-agent") if head is not None else None,
        }
    )


def escape(text: str) -> str:
    r"""Text that can do nothing to a terminal or to a line of a log.

    >>> print(escape('a "b" \x1b[31m ü'))
    a \"b\" \x1b[31m \xfc
    """
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return text.encode("unicode_escape").decode().replace('"', '\\"')
