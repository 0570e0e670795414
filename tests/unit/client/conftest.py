"""What tests of sessions start from."""

from __future__ import annotations

import pytest

from caraway.client import connections
from tests.unit.server.joined import Joined


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> Joined:
    """A server's end in memory; nobody waits long for channels to end together."""
    monkeypatch.setattr(connections, "ALL_AT_ONCE_S", 0.2)
    return Joined(monkeypatch)
