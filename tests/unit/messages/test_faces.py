"""The modules that programs import."""

from __future__ import annotations

import subprocess
import sys

import pytest

import caraway.messages
from caraway.messages import SPICE, Registry, agent, link, mux, spice1

FACES = [caraway.messages, spice1, link, agent, mux]


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_everything_that_is_promised_is_there(face):
    for name in face.__all__:
        assert getattr(face, name) is not None


def test_what_is_not_there_is_said_so():
    with pytest.raises(AttributeError, match="has no attribute 'audio'"):
        _ = caraway.messages.audio


@pytest.mark.parametrize("face", FACES[1:], ids=lambda face: face.__name__)
def test_each_protocol_has_its_registry(face):
    assert isinstance(face.PROTOCOL, Registry)
    assert all(message.DIRECTION in ("server", "client") for _, message in face.PROTOCOL)


def test_both_versions_of_the_protocol_find_their_messages_by_name_and_number():
    for protocol, module in ((SPICE, caraway.messages.display), (spice1.PROTOCOL, spice1.display)):
        assert protocol.message("display", "server", "draw_fill") is module.ServerDrawFill
        assert protocol.message("display", "server", 302) is module.ServerDrawFill
    assert SPICE.messages("display", "server") is not spice1.PROTOCOL.messages("display", "server")


def run(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.split()


def test_channels_are_imported_when_they_are_first_used():
    code = """if True:
        import sys
        import caraway.messages
        drawn = "caraway.messages._generated.spice.display"
        print(drawn in sys.modules)
        caraway.messages.display
        print(drawn in sys.modules)
    """
    assert run(code) == ["False", "True"]


def test_messages_need_no_compiler():
    code = """if True:
        import sys
        from caraway.messages import *
        print(sum(name.startswith(("caraway.idl", "caraway.cli")) for name in sys.modules))
    """
    assert run(code) == ["0"]
