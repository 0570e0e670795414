"""The model as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from caraway.idl import Source, compile_source
from caraway.idl.backends import jsonmodel
from caraway.idl.backends.jsonmodel import to_json

GOLDEN = Path(__file__).parent / "golden"
SHOWCASE = GOLDEN / "showcase.proto"


def model_of(text: str, *, dialect: int = 2) -> dict[str, Any]:
    return to_json(compile_source(Source("demo.proto", text), dialect=dialect).description)


@pytest.fixture(scope="module")
def showcase() -> dict[str, Any]:
    return model_of(SHOWCASE.read_text())


def member(model: dict[str, Any], message: str, name: str) -> dict[str, Any]:
    messages = [each for channel in model["channels"] for each in channel["messages"]]
    body = next(each for each in messages if each["name"] == message)
    return next(each for each in body["members"] if each["name"] == name)


def test_the_showcase_is_written_as_it_was_checked_in(showcase):
    expected = (GOLDEN / "showcase.json").read_text()
    assert json.dumps(showcase, indent=1, ensure_ascii=False) + "\n" == expected


def test_it_says_which_schema_it_follows(showcase):
    assert showcase["schema"] == "caraway-model-1"
    assert next(iter(showcase)) == "schema"


def test_every_kind_of_entry_has_the_same_keys(showcase):
    def keys(entries: list[dict[str, Any]]) -> set[tuple[str, ...]]:
        return {tuple(entry) for entry in entries}

    messages = [each for channel in showcase["channels"] for each in channel["messages"]]
    members = [each for message in messages for each in message["members"]]
    assert len(keys(showcase["channels"])) == 1
    assert len(keys(messages)) == 1
    assert len(keys(members)) == 1


def test_every_key_is_documented(showcase):
    def walk(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(walk, value.values()))
        return set().union(*map(walk, value)) if isinstance(value, list) else set()

    assert walk(showcase) - set(re.findall(r"\w+", jsonmodel.__doc__)) == set()


def test_offsets_are_told_up_to_the_first_member_that_varies(showcase):
    offsets = [
        member(showcase, "things", name)["offset"] for name in ("count", "first", "spots", "kind")
    ]
    assert offsets == [0, 1, 5, None]


def test_sizes_leave_out_what_is_not_on_the_wire(showcase):
    def sizes(message: str, name: str) -> tuple[int | None, int]:
        found = member(showcase, message, name)
        return found["fixed_size"], found["minimum_size"]

    assert sizes("layouts", "always") == (0, 0)
    assert sizes("layouts", "newer") == (None, 0)
    assert sizes("layouts", "u") == (8, 8)
    assert sizes("handle", "handle") == (0, 0)


def test_array_sizes_are_told_by_kind():
    text = """
    struct S { uint8 b; };
    channel C { server: message {
        uint8 n; uint8 a[n]; uint16 b[3]; uint8 w; uint8 h; uint8 c[image_size(4, w, h)];
        S d[bytes(n, m)]; uint8 e[];
    } x; };
    protocol Demo { C c; };
    """
    sizes = [
        each["type"]["size"]
        for each in model_of(text)["channels"][0]["messages"][0]["members"]
        if each["type"]["kind"] == "array"
    ]
    assert sizes == [
        {"kind": "count", "path": ["n"]},
        {"kind": "constant", "count": 3},
        {"kind": "image", "bits": 4, "width": ["w"], "rows": ["h"]},
        {"kind": "bytes", "path": ["n"], "count": "m"},
        {"kind": "rest"},
    ]


def test_the_old_dialect_has_pointers_of_8_bytes():
    text = "struct S { uint8 *p[4]; }; channel C { server: message { S s; } x; };"
    model = model_of(text + "protocol Demo { C c; };", dialect=1)
    assert (model["dialect"], model["pointer_size"]) == (1, 8)
    assert model["types"][0]["fixed_size"] == 8


def test_it_is_the_same_every_time():
    text = SHOWCASE.read_text()
    assert json.dumps(model_of(text)) == json.dumps(model_of(text))
