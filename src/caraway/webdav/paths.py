"""Paths of resources: what stands in a URL, and what a store understands.

A path is a tuple of names from the root of what is served; ``()`` is the root
itself. Names are text as :func:`os.fsdecode` makes it: bytes that are not
UTF-8 are kept as surrogates, so that every name a file system can hold makes
the round trip through a URL.
"""

from __future__ import annotations

import re
import string
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from caraway.webdav.errors import BadRequest

Path = tuple[str, ...]

#: Bytes that may stand unescaped in a segment: RFC 3986 unreserved, and those
#: of the sub-delims and ``:@`` that no client is known to misread.
_SAFE = frozenset(string.ascii_letters + string.digits + "-._~!$()*,:@=")
_ESCAPES = {byte: f"%{byte:02X}" for byte in range(256) if chr(byte) not in _SAFE}


#: Paths that need no further look: each name begins with a letter or digit.
_PLAIN = re.compile(r"(?:/[0-9A-Za-z][-0-9A-Za-z._~!$&'()*+,;=:@]*)+")


def parse_path(target: str) -> Path:
    """The path that the path part of a URL stands for.

    Args:
        target: It begins with ``/`` and has no query or fragment. Empty and
            ``.`` segments are dropped.

    Raises:
        BadRequest: It does not begin with ``/``, has a ``..`` segment, a NUL or
            an escaped slash, or a ``%`` that is not followed by two digits.

    >>> parse_path("/a%20b//c/"), parse_path("/")
    (('a b', 'c'), ())
    """
    if not target.startswith("/"):
        raise BadRequest(f"path does not begin with a slash: {target:.80}")
    if _PLAIN.fullmatch(target):
        return tuple(target[1:].split("/"))
    names = []
    for segment in target.split("/"):
        if segment in ("", "."):
            continue
        name = _unescape(segment)
        if name == ".":
            continue
        if name == ".." or "/" in name or "\0" in name:
            raise BadRequest(f"path segment that is not a name: {segment:.80}")
        names.append(name)
    return tuple(names)


def _unescape(segment: str) -> str:
    if "%" not in segment:
        try:
            return segment.encode("ascii").decode()
        except UnicodeEncodeError:
            raise BadRequest(
                "path with characters outside ASCII, which have to be escaped"
            ) from None
    pieces = segment.split("%")
    if any(len(piece) < 2 or not _is_hex(piece[:2]) for piece in pieces[1:]):
        raise BadRequest(f"'%' without two hexadecimal digits: {segment:.80}")
    return unquote_to_bytes(segment).decode("utf-8", "surrogateescape")


def _is_hex(text: str) -> bool:
    return all(char in "0123456789abcdefABCDEF" for char in text)


def format_path(path: Path, *, is_collection: bool) -> str:
    """The path part of a URL; a collection's ends with a slash.

    >>> format_path(("a b", "ü"), is_collection=True)
    '/a%20b/%C3%BC/'
    """
    if not path:
        return "/"
    text = "".join("/" + escape_name(name) for name in path)
    return text + "/" if is_collection else text


@lru_cache(maxsize=4096)
def escape_name(name: str) -> str:
    """One name as a URL segment. The last ones are kept: folders are listed again and again."""
    if name.isascii():
        return name.translate(_ESCAPES)
    return name.encode("utf-8", "surrogateescape").decode("latin-1").translate(_ESCAPES)


def is_within(path: Path, ancestor: Path) -> bool:
    """Whether ``path`` is ``ancestor`` or below it."""
    return path[: len(ancestor)] == ancestor
