"""``caraway proto diff``."""

from __future__ import annotations

import json

import pytest

from tests.unit.cli.descriptions import BROKEN, GOOD, LONGER, OTHER, UNTIDY


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "old.proto"
    path.write_text(GOOD, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        (GOOD, 0, "identical"),
        (UNTIDY, 0, "identical"),
        (LONGER, 1, "compatible"),
        (OTHER, 2, "breaking"),
    ],
)
def test_the_exit_code_is_the_verdict(proto, old, text, code, word):
    done = proto("diff", old, "-", stdin=text)
    assert (done.code, done.err) == (code, "")
    assert done.out.splitlines()[-1] == word
    assert len(done.out.splitlines()) > 1 or code == 0


def test_each_change_has_its_place_and_reason(proto, old):
    lines = proto("diff", old, "-", stdin=OTHER).out.splitlines()
    assert lines[0].startswith("breaking: echo.server.echo.size: ")
    assert lines[1].startswith("  ")


@pytest.mark.parametrize(
    ("text", "verdict"), [(GOOD, "identical"), (LONGER, "compatible"), (OTHER, "breaking")]
)
def test_json_says_the_same(proto, old, text, verdict):
    done = proto("diff", "--json", old, "-", stdin=text)
    report = json.loads(done.out)
    assert set(report) == {"verdict", "changes"}
    assert report["verdict"] == verdict
    assert bool(report["changes"]) is (verdict != "identical")
    for change in report["changes"]:
        assert set(change) == {"severity", "where", "what", "why"}


def test_built_in_descriptions_can_be_compared(proto):
    assert proto("diff", "builtin:link", "builtin:link").code == 0
    assert proto("diff", "builtin:spice1", "builtin:spice").code == 2


def test_a_description_with_errors_cannot_be_compared(proto, old):
    done = proto("diff", old, "-", stdin=BROKEN)
    assert done.code == 30
    assert done.out == ""
    assert "caraway: error: <stdin> has 2 errors:\n<stdin>:5:9: error[E101]" in done.err


def test_two_descriptions_are_needed(proto, old):
    assert proto("diff", old).code == 2
