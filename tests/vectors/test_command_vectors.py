"""``caraway proto decode`` and ``encode`` with all vectors at once, by every way there is."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import Any

import pytest

from caraway.cli.main import root
from caraway.cli.outcome import execute
from tests.vectors.reference import BOTH_WAYS, OLD, PROBES, VECTORS, Vector, named, specified

PLACE = ("channel", "direction", "message")
DESCRIPTIONS = files("caraway") / "descriptions"

#: The generated code, the interpreter, and a description in a file.
WAYS = pytest.mark.parametrize("way", ["generated", "interpret", "file"])

Run = Callable[[list[str], Iterable[object]], list[dict[str, Any]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Feeds objects to a command, one on each line; the objects that it answers with."""

    def answers(arguments: list[str], lines: Iterable[object]) -> list[dict[str, Any]]:
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert execute(root, ["proto", *arguments, "--jsonl"]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return [json.loads(line) for line in out.splitlines()]

    return answers


def options(way: str, *, dialect: int = 2) -> list[str]:
    name = "spice.proto" if dialect == 2 else "spice1.proto"
    chosen = ["--dialect", "1"] if dialect == 1 else []
    if way == "interpret":
        return [*chosen, "--interpret"]
    return [*chosen, "--proto", str(DESCRIPTIONS / name)] if way == "file" else chosen


def place(vector: Vector, *, by: str = "message") -> dict[str, Any]:
    found = {name: vector[name] for name in PLACE}
    return {**found, "message": vector[by]}


@WAYS
@pytest.mark.parametrize("by", ["message", "type"])
def test_decode_answers_every_line_with_its_fields(run: Run, way: str, by: str) -> None:
    lines = [{**place(vector, by=by), "hex": vector["hex"]} for vector in VECTORS]
    answers = run(["decode", *options(way)], lines)
    assert answers == [
        {**line, "fields": vector["fields"]} for line, vector in zip(lines, VECTORS, strict=True)
    ]


@WAYS
@pytest.mark.parametrize("by", ["message", "type"])
def test_encode_answers_every_line_with_its_bytes(run: Run, way: str, by: str) -> None:
    lines = [{**place(vector, by=by), "fields": vector["fields"]} for vector in BOTH_WAYS]
    answers = run(["encode", *options(way)], lines)
    assert answers == [
        {**line, "hex": vector["hex"]} for line, vector in zip(lines, BOTH_WAYS, strict=True)
    ]


@WAYS
def test_what_was_decoded_is_encoded_again(run: Run, way: str) -> None:
    decoded = run(["decode", *options(way)], [{**place(v), "hex": v["hex"]} for v in BOTH_WAYS])
    lines = [{key: value for key, value in line.items() if key != "hex"} for line in decoded]
    assert [line["hex"] for line in run(["encode", *options(way)], lines)] == [
        vector["hex"] for vector in BOTH_WAYS
    ]


@WAYS
def test_odd_bodies_are_answered_with_fields_or_an_error(run: Run, way: str) -> None:
    answers = run(["decode", *options(way)], [{**place(p), "hex": p["hex"]} for p in PROBES])
    for probe, answer in zip(PROBES, answers, strict=True):
        if probe["upstream"] == "accept":
            assert answer["fields"] == probe["fields"]
            assert "error" not in answer
        else:
            assert "fields" not in answer
            assert answer["error"]


@WAYS
@pytest.mark.parametrize("minor", [0, 1])
def test_the_old_protocol_needs_its_dialect_and_minor(run: Run, way: str, minor: int) -> None:
    vectors = [vector for vector in OLD if vector["minor"] == minor]
    common = [*options(way, dialect=1), "--minor", str(minor)]
    decoded = run(["decode", *common], [{**place(v), "hex": v["hex"]} for v in vectors])
    assert [answer.get("fields") for answer in decoded] == [v["fields"] for v in vectors]
    encoded = run(["encode", *common], [{**place(v), "fields": v["fields"]} for v in vectors])
    assert [answer["hex"] for answer in encoded] == [
        specified(vector, bytes.fromhex(vector["hex"])).hex() for vector in vectors
    ]


@WAYS
def test_a_line_may_name_its_own_minor(run: Run, way: str) -> None:
    lines = [{**place(v), "minor": v["minor"], "hex": v["hex"]} for v in OLD]
    answers = run(["decode", *options(way, dialect=1)], lines)
    assert [answer.get("fields") for answer in answers] == [vector["fields"] for vector in OLD]


@WAYS
def test_whole_vectors_may_be_fed(run: Run, way: str) -> None:
    """Keys that mean nothing to a command come back as they were, in their order."""
    without_fields = [{k: v for k, v in vector.items() if k != "fields"} for vector in VECTORS]
    answers = run(["decode", *options(way)], without_fields)
    for vector, answer in zip(VECTORS, answers, strict=True):
        assert answer == vector
        assert list(answer) == [*(key for key in vector if key != "fields"), "fields"]


@WAYS
def test_fields_that_an_old_minor_lacks_may_be_missing(run: Run, way: str) -> None:
    vector = named("v1_main_migrate_begin_minor0")
    info = vector["fields"]["dst_info"]
    line = {
        **place(vector),
        "fields": {"dst_info": {key: info[key] for key in ("port", "sport", "host_data")}},
    }
    answers = run(["encode", *options(way, dialect=1), "--minor", "0"], [line])
    assert answers == [{**line, "hex": vector["hex"]}]
