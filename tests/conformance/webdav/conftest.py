"""Every test runs over every store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.webdav.share import SHARES, Share


@pytest.fixture(params=sorted(SHARES))
def share(request: pytest.FixtureRequest, tmp_path: Path) -> Share:
    return SHARES[request.param](tmp_path)
