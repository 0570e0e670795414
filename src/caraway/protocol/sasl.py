from __future__ import annotations

from collections.abc import Sequence

from caraway.protocol.link import SaslClient as SaslClient


def choose_mechanism(
    names: Sequence[str], user: str, password: str, *, is_encrypted: bool
) -> SaslClient | None: ...
