"""Requests that tell what they mean: the model understands them, a share can send them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Path = tuple[str, ...]
Kind = Literal["token", "no-lock", "own", "weak", "other"]

#: Names that a folder can hold and somebody has stumbled over.
ODD_NAMES = tuple(
    name.decode("utf-8", "surrogateescape")
    for name in (
        b"a",
        b"A",
        b"b b",
        b"%",
        b"%2F",
        b"%zz",
        b"...",
        b".hidden",
        b"#?&;+",
        b"<'\">",
        b"back\\slash",
        b"new\nline",
        b"cafe\xcc\x81",
        b"caf\xc3\xa9",
        b"\xf0\x9f\x98\x80",
        b"\xff\xfe",
        b"\x01\x7f",
        b"x" * 255,
        b"~",
        b"http:",
    )
)
PROPERTIES = ("x:p", "x:q", "y:p")
PROTECTED = ("D:getetag", "D:resourcetype", "D:lockdiscovery", "D:getcontentlength")
#: The one live property that clients set.
DATE = "D:getlastmodified"
#: Seconds since 1970: files are given the second and third as their date, or none.
DATES = (0, 784_111_777, 1_000_000_000, 1_500_000_000, 4_102_444_800)


@dataclass(frozen=True)
class Condition:
    """Part of a list of the If header: a token (by number) or an entity tag."""

    kind: Kind
    index: int = 0
    is_negated: bool = False


@dataclass(frozen=True)
class Clause:
    """A list of the If header, for the resource ``tag`` or for the request's own."""

    conditions: tuple[Condition, ...]
    tag: Path | None = None
    is_absolute: bool = False


@dataclass(frozen=True)
class Ask:
    """A request.

    Attributes:
        destination_form: How the destination is written, or that it is somewhere else.
        holding: The If header names every lock there is.
        offset: Where the body of a PUT belongs; None where it is all there is.
        token: The number of the lock that UNLOCK names.
        changes: Of PROPPATCH: names with their new text, None to remove; dates as numbers.
    """

    method: str
    path: Path
    depth: str | None = None
    slash: bool = False
    destination: Path | None = None
    destination_form: str = "path"
    overwrite: str | None = None
    preconditions: tuple[tuple[str, str], ...] = ()
    clauses: tuple[Clause, ...] = ()
    holding: bool = False
    body: bytes = b""
    offset: int | None = None
    mtime_s: int | None = None
    range: str | None = None
    if_range: str | None = None
    scope: str | None = None
    timeout: str | None = None
    token: int | None = None
    changes: tuple[tuple[str, str | None], ...] = ()
