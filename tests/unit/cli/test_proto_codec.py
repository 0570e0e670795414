"""``caraway proto decode`` and ``encode``, one message or many lines."""

from __future__ import annotations

import json
from functools import cache

import pytest

from caraway.cli.proto import codec, sources
from caraway.idl import Description
from tests.unit.cli.descriptions import BROKEN, GOOD

MOUSE_MODE = {"channel": "main", "direction": "server", "message": "mouse_mode"}
FIELDS = {"supported_modes": 3, "current_mode": 1}
HEX = "03000100"
#: A message whose pointers lead to the same bytes, and one with a byte left over.
ALIASED = "2a172b17110000001400000005000000140000006465 73742e6578616d706c652e6f726700"

WAYS = pytest.mark.parametrize("way", [[], ["--interpret"], ["--proto", "builtin:spice"]])
COMMANDS = pytest.mark.parametrize("command", ["decode", "encode"])


_compiled = cache(sources.load)


@pytest.fixture(autouse=True)
def compile_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Built-in descriptions stay the same: each is compiled for the first test only."""

    def load(name: str, dialect: int | None) -> Description:
        return (_compiled if name.startswith("builtin:") else sources.load)(name, dialect)

    monkeypatch.setattr(codec, "load", load)


def answers(done) -> list[dict[str, object]]:
    assert (done.code, done.err) == (0, "")
    return [json.loads(line) for line in done.out.splitlines()]


def lines(*objects: object) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in objects)


# One message


@WAYS
@pytest.mark.parametrize("message", ["mouse_mode", "105"])
@pytest.mark.parametrize("text", [HEX, "03 00 01 00"])
def test_decode_prints_the_fields_of_a_message(proto, way, message, text):
    done = proto("decode", *way, "main", "server", message, text)
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == FIELDS
    assert done.out.startswith("{\n  ")


@WAYS
@pytest.mark.parametrize("message", ["mouse_mode", "105"])
def test_encode_prints_the_bytes_of_a_message(proto, way, message):
    done = proto("encode", *way, "main", "server", message, json.dumps(FIELDS))
    assert (done.code, done.out, done.err) == (0, f"{HEX}\n", "")


@pytest.mark.parametrize("dash", [[], ["-"]])
def test_the_message_may_come_from_standard_input(proto, dash):
    done = proto("decode", "main", "server", "mouse_mode", *dash, stdin="0300 0100\n")
    assert json.loads(done.out) == FIELDS
    done = proto("encode", "main", "server", "mouse_mode", *dash, stdin=json.dumps(FIELDS))
    assert done.out == f"{HEX}\n"


def test_an_empty_message_has_no_fields(proto):
    assert proto("decode", "main", "server", "agent_connected", "").out == "{}\n"
    assert proto("encode", "main", "server", "agent_connected", "{}").out == "\n"


@pytest.mark.parametrize(
    ("place", "text", "fields"),
    [
        (("link", "client", "auth_mechanism"), "01000000", {"auth_mechanism": 1}),
        (("agent", "server", "file_xfer_data"), None, None),
        (
            ("agent_stream", "client", "chunk"),
            "01000000 02000000 6162",
            {"port": 1, "size": 2, "data": {"hex": "6162"}},
        ),
        (
            ("mux", "client", "frame"),
            "0100000000000000 0200 6162",
            {"client_id": 1, "size": 2, "data": {"hex": "6162"}},
        ),
    ],
)
@pytest.mark.parametrize("way", [[], ["--interpret"], ["--dialect", "1"]])
def test_the_other_protocols_are_channels_too(proto, way, place, text, fields):
    if text is None:
        assert proto("decode", *way, *place, "00").code == 20
        return
    assert json.loads(proto("decode", *way, *place, text).out) == fields
    assert proto("encode", *way, *place, json.dumps(fields)).out == text.replace(" ", "") + "\n"


@pytest.mark.parametrize("way", [[], ["--interpret"]])
@pytest.mark.parametrize(
    ("minor", "text"), [("0", "01000000"), ("1", "0200000001000000"), (None, "0200000001000000")]
)
def test_a_minor_decides_what_is_on_the_wire(proto, way, minor, text):
    place = ["agent", "client", "clipboard_request"]
    chosen = [] if minor is None else ["--minor", minor]
    fields = {"selection": 0 if minor == "0" else 2, "type": 1}
    assert json.loads(proto("decode", *way, *chosen, *place, text).out) == fields
    assert proto("encode", *way, *chosen, *place, json.dumps(fields)).out == f"{text}\n"


@pytest.mark.parametrize("way", [[], ["--interpret"], ["--proto", "builtin:spice"]])
def test_strict_decoding_refuses_what_is_left_over_and_what_overlaps(proto, way):
    assert proto("decode", *way, "main", "server", "mouse_mode", f"{HEX}ee").code == 0
    done = proto("decode", *way, "--strict", "main", "server", "mouse_mode", f"{HEX}ee")
    assert (done.code, done.out) == (20, "")
    assert "1 bytes left over" in done.err
    assert proto("decode", *way, "main", "server", "migrate_begin", ALIASED).code == 0
    done = proto("decode", *way, "--strict", "main", "server", "migrate_begin", ALIASED)
    assert done.code == 20
    assert "overlap" in done.err


def test_a_description_of_ones_own_has_messages_too(proto, tmp_path):
    path = tmp_path / "demo.proto"
    path.write_text(GOOD, "utf-8")
    done = proto("decode", "--proto", path, "echo", "server", "echo", "02004869")
    assert json.loads(done.out) == {"size": 2, "data": {"hex": "4869"}}
    done = proto("encode", "--proto", path, "echo", "server", "1", '{"data": {"hex": "4869"}}')
    assert done.out == "02004869\n"


def test_a_description_with_errors_has_none(proto, tmp_path):
    path = tmp_path / "demo.proto"
    path.write_text(BROKEN, "utf-8")
    done = proto("decode", "--proto", path, "echo", "server", "echo", "02004869")
    assert done.code == 30
    assert "demo.proto has 2 errors" in done.err


# Refusals


@WAYS
@COMMANDS
@pytest.mark.parametrize(
    ("place", "why"),
    [
        (["audio", "server", "1"], "Spice has no channel 'audio': it has main, display, inputs, "),
        (["spicevmc", "server", "101"], "Spice has no channel 'spicevmc'"),
        (["main", "both", "1"], "direction"),
        (["main", "server", "99"], "99"),
        (["main", "server", "draw_copy"], "'draw_copy'"),
        (["main", "server", "²"], "'²'"),
        (["main", "server", "1234567890123"], "1234567890123"),
        (["main", "server", "-1"], "-1"),
    ],
)
def test_an_unknown_place_is_refused(proto, way, command, place, why):
    done = proto(command, *way, "--", *place, "{}" if command == "encode" else "")
    assert (done.code, done.out) == (20, "")
    assert done.err.startswith("caraway: error: ")
    assert why in done.err


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("0300", 20, "needs 4 bytes, has 2"),
        ("03", 20, "needs 4 bytes, has 1"),
        ("030", 2, "not hexadecimal"),
        ("xyz", 2, "not hexadecimal"),
    ],
)
def test_bytes_that_are_no_message_are_refused(proto, text, code, why):
    done = proto("decode", "main", "server", "mouse_mode", text)
    assert (done.code, done.out) == (code, "")
    assert why in done.err


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("", 2, "the fields are not JSON"),
        ("{", 2, "the fields are not JSON"),
        ("[" * 100_000, 2, "the fields are not JSON"),
        ("[]", 20, "must be an object, not a list"),
        ("{}", 20, "supported_modes: is missing"),
        ('{"supported_modes": 3, "current_mode": 65536}', 20, "current_mode: 65536 is outside"),
        ('{"supported_modes": 3, "current_mode": NaN}', 20, "current_mode: must be a number"),
    ],
)
def test_fields_that_are_no_message_are_refused(proto, text, code, why):
    done = proto("encode", "main", "server", "mouse_mode", text)
    assert (done.code, done.out) == (code, "")
    assert why in done.err


@COMMANDS
def test_standard_input_that_is_no_text_is_refused(proto, command):
    done = proto(command, "main", "server", "mouse_mode", stdin=b"ab\xff")
    assert done.code == 2
    assert done.err == "caraway: error: standard input: byte 2 is not UTF-8\n"


@COMMANDS
@pytest.mark.parametrize("arguments", [[], ["main"], ["main", "server"]])
def test_a_message_has_to_be_named(proto, command, arguments):
    done = proto(command, *arguments)
    assert done.code == 2
    assert done.err == (
        "caraway: error: CHANNEL, DIRECTION and MESSAGE are needed\n"
        "caraway: hint: as in: main server init; or use --jsonl\n"
    )


@COMMANDS
def test_lines_name_their_messages_themselves(proto, command):
    done = proto(command, "--jsonl", "main", "server", "init")
    assert done.code == 2
    assert "--jsonl takes no arguments, but there is 'main'" in done.err


@COMMANDS
@pytest.mark.parametrize("options", [["--minor", "-1"], ["--dialect", "0"], ["--minor", "x"]])
def test_numbers_out_of_range_are_refused(proto, command, options):
    assert proto(command, *options, "main", "server", "init", "").code == 2


# Lines


@WAYS
def test_every_line_is_answered_in_order(proto, way):
    asked = [
        {**MOUSE_MODE, "hex": HEX},
        {**MOUSE_MODE, "channel": "audio", "hex": HEX},
        {**MOUSE_MODE, "direction": "both", "hex": HEX},
        {**MOUSE_MODE, "message": "unknown", "hex": HEX},
        {**MOUSE_MODE, "message": 999, "hex": HEX},
        {**MOUSE_MODE, "message": 105, "hex": HEX},
        {**MOUSE_MODE, "hex": "03"},
        {**MOUSE_MODE, "hex": HEX, "id": [1, {"x": None}]},
    ]
    found = answers(proto("decode", *way, "--jsonl", stdin=lines(*asked)))
    assert [
        {k: v for k, v in line.items() if k not in ("fields", "error")} for line in found
    ] == asked
    assert ["fields" in line for line in found] == [True, *[False] * 4, True, False, True]
    assert all(("fields" in line) is not ("error" in line) for line in found)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "the line is not JSON"),
        ("   ", "the line is not JSON"),
        ("{", "the line is not JSON"),
        ("\xff", "the line is not JSON"),
        ("[" * 10_000, "the line is not JSON"),
        ("9" * 5000, "the line is not JSON"),
        ("[]", "the line is not a JSON object"),
        ("null", "the line is not a JSON object"),
        ("3", "the line is not a JSON object"),
        ("{}", "the line needs texts for 'channel' and 'direction'"),
        ('{"channel": 1, "direction": "server"}', "the line needs texts for"),
        ('{"channel": "main", "direction": null}', "the line needs texts for"),
        ('{"channel": "main", "direction": "server"}', "the line needs a name or a number"),
        (
            '{"channel": "main", "direction": "server", "message": true}',
            "the line needs a name or a number for 'message'",
        ),
        (
            '{"channel": "main", "direction": "server", "message": 1.5}',
            "the line needs a name or a number for 'message'",
        ),
    ],
)
@COMMANDS
def test_a_line_that_asks_for_nothing_is_answered_too(proto, command, line, error):
    key = {"decode": {"hex": HEX}, "encode": {"fields": FIELDS}}[command]
    good = json.dumps({**MOUSE_MODE, **key})
    text = f"{good}\n".encode() + line.encode("latin-1") + f"\n{good}\n".encode()
    first, second, third = answers(proto(command, "--jsonl", stdin=text))
    assert first == third
    assert "error" not in first
    assert str(second["error"]).startswith(error)


@pytest.mark.parametrize("text", [None, 3, [3]])
def test_bytes_must_be_text(proto, text):
    (found,) = answers(proto("decode", "--jsonl", stdin=lines({**MOUSE_MODE, "hex": text})))
    assert found == {**MOUSE_MODE, "hex": text, "error": "the line needs a text for 'hex'"}


@pytest.mark.parametrize("text", ["zz", "030", "03 0"])
def test_bytes_must_be_hexadecimal(proto, text):
    (found,) = answers(proto("decode", "--jsonl", stdin=lines({**MOUSE_MODE, "hex": text})))
    assert str(found["error"]).startswith("not hexadecimal: ")


@pytest.mark.parametrize("fields", [None, 3, [], "text"])
def test_fields_must_be_an_object(proto, fields):
    (found,) = answers(proto("encode", "--jsonl", stdin=lines({**MOUSE_MODE, "fields": fields})))
    assert found["error"] == "the line needs an object for 'fields'"


@WAYS
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {**FIELDS, "current_mode": 1 << 70},
        {**FIELDS, "more": 1},
        {**FIELDS, "current_mode": {}},
    ],
)
def test_fields_that_cannot_be_sent_are_answered_with_their_path(proto, way, fields):
    asked = {**MOUSE_MODE, "fields": fields}
    (found,) = answers(proto("encode", *way, "--jsonl", stdin=lines(asked)))
    assert set(found) == {*asked, "error"}
    assert str(found["error"]).split(":")[0] in ("supported_modes", "current_mode", "more")


@WAYS
def test_limits_are_answered_too(proto, way):
    asked = {**MOUSE_MODE, "hex": f"{HEX}ee"}
    (found,) = answers(proto("decode", *way, "--strict", "--jsonl", stdin=lines(asked)))
    assert "left over" in str(found["error"])


def test_the_number_may_stand_under_type(proto):
    asked = {"channel": "main", "direction": "server", "type": 105, "hex": HEX}
    assert answers(proto("decode", "--jsonl", stdin=lines(asked))) == [{**asked, "fields": FIELDS}]


def test_a_line_may_have_its_own_minor(proto):
    place = {"channel": "agent", "direction": "client", "message": "clipboard_request"}
    asked = [
        {**place, "hex": "01000000", "minor": 0},
        {**place, "hex": "0200000001000000", "minor": 1},
        {**place, "hex": "01000000", "minor": None},
        {**place, "hex": "01000000", "minor": True},
    ]
    found = answers(proto("decode", "--minor", 0, "--jsonl", stdin=lines(*asked)))
    types = [line["fields"]["type"] for line in found]
    assert types == [1, 1, 1, 1]
    assert [line["fields"]["selection"] for line in found] == [0, 2, 0, 0]


def test_what_an_earlier_run_answered_is_replaced(proto):
    stale = {**MOUSE_MODE, "hex": HEX, "fields": {"old": 1}, "error": "old"}
    (found,) = answers(proto("decode", "--jsonl", stdin=lines(stale)))
    assert found == {**MOUSE_MODE, "hex": HEX, "fields": FIELDS}
    (found,) = answers(proto("decode", "--jsonl", stdin=lines({**stale, "hex": ""})))
    assert set(found) == {*MOUSE_MODE, "hex", "error"}
    assert "old" not in str(found["error"])
    (found,) = answers(proto("encode", "--jsonl", stdin=lines({**stale, "fields": {}})))
    assert set(found) == {*MOUSE_MODE, "fields", "error"}


def test_keys_are_in_the_order_they_came_in(proto):
    asked = {"id": 7, "hex": HEX, **MOUSE_MODE}
    (line,) = proto("decode", "--jsonl", stdin=lines(asked)).out.splitlines()
    assert list(json.loads(line)) == [*asked, "fields"]


def test_text_that_is_not_ascii_comes_back_as_it_was(proto):
    asked = {**MOUSE_MODE, "hex": HEX, "note": "größer \U0001f600 \ud800"}
    (found,) = answers(proto("decode", "--jsonl", stdin=lines(asked)))
    assert found["note"] == asked["note"]


def test_the_last_line_needs_no_end(proto):
    text = lines({**MOUSE_MODE, "hex": HEX}, {**MOUSE_MODE, "hex": HEX}).rstrip("\n")
    assert len(answers(proto("decode", "--jsonl", stdin=text))) == 2
    assert answers(proto("decode", "--jsonl", stdin="")) == []


def test_a_line_that_is_too_long_has_one_answer(proto, monkeypatch):
    good = lines({**MOUSE_MODE, "hex": HEX})
    monkeypatch.setattr(codec, "MAX_LINE", len(good))
    text = good + "x" * 1000 + "\n" + good + "y" * len(good)
    found = answers(proto("decode", "--jsonl", stdin=text))
    error = f"the line is longer than {len(good)} bytes"
    assert [line.get("error") for line in found] == [None, error, None, error]


def test_lines_are_answered_as_they_come(proto, monkeypatch):
    """Whoever writes a line may wait for its answer before writing the next."""
    seen = []
    real = codec._answer
    monkeypatch.setattr(codec.click, "echo", lambda text: seen.append(text))

    def answer(*arguments):
        seen.append("asked")
        return real(*arguments)

    monkeypatch.setattr(codec, "_answer", answer)
    proto("decode", "--jsonl", stdin=lines({**MOUSE_MODE, "hex": HEX}, {}))
    assert [text == "asked" for text in seen] == [True, False, True, False]
