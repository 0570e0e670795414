"""What ``caraway dav`` is told, in groups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Address", "Logging", "Login", "Share", "Sharing", "parse_share"]


@dataclass(frozen=True, slots=True)
class Share:
    """A folder to serve; ``name`` is None where the command line gives none."""

    folder: Path
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """Folders, and what clients may do there."""

    shares: tuple[Share, ...]
    write: bool = False
    even_too_much: bool = False
    hidden: Literal["show", "hide"] = "show"
    fsync: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and as whom."""

    host: str = "127.0.0.1"
    port: int = 0
    unix: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    allow_host: tuple[str, ...] = ()
    max_connections: int = 2000


@dataclass(frozen=True, slots=True)
class Login:
    """Whose passwords are taken."""

    htdigest: Path | None = None
    users: Path | None = None
    realm: str | None = None


@dataclass(frozen=True, slots=True)
class Logging:
    """What is said, and where.

    Attributes:
        log: The format of the access log, None where nobody chose.
        log_file: Where it goes; None for standard error.
    """

    as_json: bool = False
    log: Literal["common", "json", "off"] | None = None
    log_file: Path | None = None


def parse_share(text: str) -> Share:
    """A folder as the command line has it, ``FOLDER`` or ``NAME=FOLDER``.

    What stands before the first ``=`` is a name unless it has a slash: the
    folder ``a=b`` is given as ``./a=b``.

    >>> parse_share("docs=/srv/docs").name, parse_share("./a=b").name
    ('docs', None)
    """
    name, equals, folder = text.partition("=")
    if equals and "/" not in name:
        return Share(Path(folder), name)
    return Share(Path(text))
