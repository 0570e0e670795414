"""Certificates, made once."""

from __future__ import annotations

import pytest

from tests.unit.net.certificates import Made, make_authority, make_server


@pytest.fixture(scope="session")
def authority() -> Made:
    return make_authority()


@pytest.fixture(scope="session")
def server(authority: Made) -> Made:
    """For 127.0.0.1 and localhost."""
    return make_server(authority, "localhost", "127.0.0.1")
