"""A SPICE server: listens, authenticates, and gives its clients ports."""

from __future__ import annotations

from caraway.server.client import Client
from caraway.server.limits import ServerLimits
from caraway.server.port import ServerPort
from caraway.server.server import Server

__all__ = ["Client", "Server", "ServerLimits", "ServerPort"]
