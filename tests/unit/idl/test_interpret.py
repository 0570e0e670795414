"""The interpreter's face: which message is meant, and what its payload holds."""

from __future__ import annotations

import pytest

from caraway.errors import DecodeError, EncodeError, LimitExceeded
from caraway.idl import Source, compile_source
from caraway.idl.interpret import Interpreter
from caraway.wire.limits import Limits

TEXT = """
    enum8 payload_kind { TEXT = 1, NUMBER, LOST };

    channel Payload {
      server:
        message { uint8 text[]; } text = 1;
        message { uint16 number; } number = 2;
      client:
        message { uint8 number; } number = 2;
        message { uint8 gone; } gone = 4;
    };

    channel BaseChannel {
      server:
        message { uint8 version; } hello;
        message {
            payload_kind kind;
            uint8 size;
            uint8 data[size] @view(Payload, kind);
        } wrapped;
      client:
        message {
            payload_kind kind;
            uint8 size;
            uint8 *data[size] @view(Payload, kind);
        } wrapped;
    };

    channel MainChannel : BaseChannel {
      server:
        message { uint32 x; } move = 101;
    };

    channel EmptyChannel { };

    protocol Demo { MainChannel main = 1; EmptyChannel empty; };
"""
DESCRIPTION = compile_source(Source("demo.proto", TEXT)).description
INTERPRETER = Interpreter(DESCRIPTION)


@pytest.mark.parametrize("name", ["move", 101])
def test_a_message_is_found_by_name_and_by_number(name: str | int) -> None:
    message = INTERPRETER.message("main", "server", name)
    assert (message.name, message.number, message.direction) == ("move", 101, "server")


def test_inherited_messages_are_found_too() -> None:
    assert INTERPRETER.message("main", "server", "hello").channel.name == "base"
    assert INTERPRETER.message("main", "client", 1).name == "wrapped"


def test_channels_that_are_not_listed_have_a_name_as_well() -> None:
    assert INTERPRETER.message("payload", "client", "gone").number == 4


@pytest.mark.parametrize(
    ("channel", "direction", "message", "error", "hint"),
    [
        ("mian", "server", 1, "no channel 'mian'", "there is payload, base, main, empty"),
        ("main", "up", 1, "no direction 'up'", "there is server, client"),
        (
            "main",
            "server",
            "foo",
            "no server message 'foo' in channel 'main'",
            "there is hello (1), wrapped (2), move (101)",
        ),
        ("main", "client", 101, "no client message 101 in channel 'main'", "there is wrapped (1)"),
        ("empty", "client", 0, "no client message 0 in channel 'empty'", "there is none at all"),
    ],
)
def test_what_is_not_there_is_named(
    channel: str, direction: str, message: str | int, error: str, hint: str
) -> None:
    with pytest.raises(DecodeError) as caught:
        INTERPRETER.message(channel, direction, message)
    assert (str(caught.value), caught.value.hint) == (error, hint)


def test_a_message_makes_the_way_there_and_back() -> None:
    move = INTERPRETER.message("main", "server", "move")
    assert INTERPRETER.decode(move, b"\x01\x02\x00\x00") == {"x": 0x0201}
    assert INTERPRETER.encode(move, {"x": 0x0201}) == b"\x01\x02\x00\x00"
    with pytest.raises(DecodeError, match="x: needs 4 bytes at 0, 3 are left"):
        INTERPRETER.decode(move, b"\x01\x02\x00")
    with pytest.raises(EncodeError, match="x: is missing"):
        INTERPRETER.encode(move, {})


def test_limits_are_those_given() -> None:
    move = INTERPRETER.message("main", "server", "move")
    with pytest.raises(LimitExceeded, match="message of 4 bytes, the limit is 3"):
        Interpreter(DESCRIPTION, limits=Limits(max_message=3)).decode(move, bytes(4))


# Views

SERVER = INTERPRETER.message("main", "server", "wrapped")
CLIENT = INTERPRETER.message("main", "client", "wrapped")


def test_a_view_decodes_the_payload() -> None:
    fields = INTERPRETER.decode(SERVER, b"\x01\x02Hi")
    viewed = INTERPRETER.view(SERVER, fields)
    assert viewed is not None
    message, inner = viewed
    assert (message.name, inner) == ("text", {"text": {"hex": "4869"}})


def test_a_view_looks_in_its_own_direction_first() -> None:
    payload = {"kind": 2, "data": {"hex": "0102"}}
    for wrapped, number in ((SERVER, 0x0201), (CLIENT, 1)):
        viewed = INTERPRETER.view(wrapped, payload)
        assert viewed is not None
        assert viewed[0].direction == wrapped.direction
        assert viewed[1] == {"number": number}
    text = INTERPRETER.view(CLIENT, {"kind": 1, "data": {"hex": ""}})
    assert text is not None
    assert text[0].direction == "server"


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": 3, "data": {"hex": "00"}},
        {"kind": 1, "data": None},
        {"kind": 1},
        {"data": {"hex": "00"}},
    ],
)
def test_there_may_be_no_view(fields: dict[str, object]) -> None:
    assert INTERPRETER.view(CLIENT, fields) is None


def test_a_message_without_a_view() -> None:
    assert INTERPRETER.view(INTERPRETER.message("main", "server", "hello"), {"version": 1}) is None


def test_a_payload_may_be_wrong() -> None:
    with pytest.raises(DecodeError, match="number: needs 2 bytes at 0, 1 are left"):
        INTERPRETER.view(SERVER, {"kind": 2, "data": {"hex": "01"}})
    with pytest.raises(EncodeError, match="data: is a string, needs an object"):
        INTERPRETER.view(SERVER, {"kind": 2, "data": "01"})
