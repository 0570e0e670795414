"""What ``caraway dav`` is told besides folders, in groups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Address", "Login"]


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
