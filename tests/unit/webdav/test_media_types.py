"""Media types by name."""

from __future__ import annotations

import pytest

from caraway.webdav.media_types import guess_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "text/plain;charset=utf-8"),
        ("a.CSV", "text/csv;charset=utf-8"),
        ("a.md", "text/markdown;charset=utf-8"),
        ("a.js", "text/javascript;charset=utf-8"),
        ("a.xml", "text/xml"),
        ("a.json", "application/json"),
        ("A.JPG", "image/jpeg"),
        ("x.tar.gz", "application/gzip"),
        (".html", "text/html"),
        ("zip", "application/octet-stream"),
        ("a.", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_media_types(name, expected):
    assert guess_type(name) == expected
