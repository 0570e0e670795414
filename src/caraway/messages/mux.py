"""Frames that carry many HTTP connections through one WebDAV channel."""

from __future__ import annotations

from caraway.messages._generated.mux import PROTOCOL, mux

__all__ = ["PROTOCOL", "mux"]
