"""Finding message classes."""

from __future__ import annotations

import pytest

from caraway.errors import DecodeError
from caraway.messages import SPICE, display, inputs, main
from caraway.wire.registry import Registry


def test_a_message_is_found_by_number_and_by_name():
    assert SPICE.message("inputs", "client", 111) is inputs.ClientMouseMotion
    assert SPICE.message("inputs", "client", "mouse_motion") is inputs.ClientMouseMotion
    assert SPICE.message("display", "server", "draw_copy") is display.ServerDrawCopy


def test_inherited_messages_are_found_on_every_channel():
    first = SPICE.message("main", "server", "notify")
    assert first is SPICE.message("webdav", "server", 7)
    assert (first.CHANNEL, first.DIRECTION, first.NAME, first.NUMBER) == (
        "base",
        "server",
        "notify",
        7,
    )


@pytest.mark.parametrize("channel", ["usbredir", "webdav"])
@pytest.mark.parametrize("direction", ["server", "client"])
def test_channels_without_messages_of_their_own_have_those_they_inherit(channel, direction):
    numbers = SPICE.messages(channel, direction)
    assert numbers[101] is SPICE.message("spicevmc", direction, "data")
    assert (201 in numbers) is (channel == "webdav")


def test_an_empty_channel_has_no_messages():
    assert dict(SPICE.messages("tunnel", "server")) == {}


def test_an_unknown_channel_is_refused_with_the_known_ones():
    with pytest.raises(DecodeError, match="Spice has no channel 'audio'") as caught:
        SPICE.message("audio", "server", 1)
    assert "playback" in caught.value.hint


def test_an_unknown_direction_is_refused():
    with pytest.raises(DecodeError, match="direction 'both' is neither 'server' nor 'client'"):
        SPICE.messages("main", "both")


@pytest.mark.parametrize(
    ("message", "shown"), [(999, "number 999"), ("draw_copy", "'draw_copy'"), (0, "number 0")]
)
def test_an_unknown_message_is_refused(message, shown):
    with pytest.raises(DecodeError, match=f"channel 'main' has no server message {shown}$"):
        SPICE.message("main", "server", message)


def test_channels_go_by_number_too():
    assert SPICE.channel_name(2) == "display"
    assert SPICE.channel_name(99) is None
    assert SPICE.channels["spicevmc"] is None


def test_all_messages_of_all_channels_are_listed():
    listed = list(SPICE)
    assert ("main", main.ServerInit) in listed
    assert [c for c, message in listed if message.NAME == "notify"].count("display") == 1
    assert len(listed) == len(set(listed))


def test_a_channel_is_imported_when_it_is_first_asked_for():
    protocol = Registry("Gone", "no.such.package", {"main": 1})
    assert protocol.channel_name(1) == "main"
    with pytest.raises(ModuleNotFoundError):
        protocol.messages("main", "server")
