"""The link stage, before a channel speaks: headers, link messages, authentication."""

from __future__ import annotations

from caraway.messages._generated.link import PROTOCOL, enums, link, structs

__all__ = ["PROTOCOL", "enums", "link", "structs"]
