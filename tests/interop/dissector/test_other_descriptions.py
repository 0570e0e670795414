"""The dissectors of other descriptions than SPICE's own: the old protocol, and the showcase."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from caraway.idl import Description, Source, compile_source
from caraway.idl.backends.dissector import render
from caraway.idl.interpret import Fields, Interpreter
from tests.interop.dissector.captures import DECODE_AS, Spice, messages, write
from tests.interop.dissector.conftest import DESCRIPTIONS, load
from tests.interop.dissector.pdml import Part, Tshark, fields_of
from tests.vectors.reference import OLD

GOLDEN = Path(__file__).parents[2] / "unit/idl/golden"


def tshark_for(folder: Path, description: Description, link: Description | None) -> Tshark:
    script = folder / "dissector.lua"
    script.write_text(render(description, link=link), encoding="utf-8")
    return Tshark(script, folder)


#: Without minor 0: the dissector takes every member for present, as in the newest minor.
NEWEST = [vector for vector in OLD if vector["minor"] != 0]


@pytest.mark.parametrize("vector", NEWEST, ids=lambda vector: str(vector["name"]))
def test_the_old_protocol(tmp_path: Path, capture: Path, vector: dict[str, object]) -> None:
    text = (DESCRIPTIONS / "spice1.proto").read_text(encoding="utf-8")
    description = compile_source(Source("spice1.proto", text), dialect=1).description
    interpreter = Interpreter(description, minor=1)
    side = str(vector["direction"])
    message = interpreter.message(str(vector["channel"]), side, str(vector["message"]))
    body = bytes.fromhex(str(vector["hex"]))
    channel = description.channel(str(vector["channel"]))
    assert channel is not None
    connection = Spice(channel.number or 0).link()
    connection.message(side, message.number, body)
    write(capture, connection)
    tshark = tshark_for(tmp_path, description, load("link.proto"))
    (part,) = messages(tshark.parts(capture, *DECODE_AS))
    assert not list(part.all_below("malformed"))
    shown = part.one(f"{message.channel.name}.{message.name}")
    assert fields_of(message.body, shown) == interpreter.decode(message, body)


class Showcase:
    """A protocol that uses all of the language, on connections without a link stage."""

    def __init__(self, folder: Path) -> None:
        text = (GOLDEN / "showcase.proto").read_text(encoding="utf-8")
        self.description = compile_source(Source("showcase.proto", text)).description
        self.interpreter = Interpreter(self.description)
        self.tshark = tshark_for(folder, self.description, None)

    def shown(self, capture: Path, side: str, name: str, fields: Mapping[str, object]) -> Part:
        """How a message with these fields is shown."""
        message = self.interpreter.message("main", side, name)
        connection = Spice(1)
        connection.message(side, message.number, self.interpreter.encode(message, fields))
        write(capture, connection)
        (part,) = messages(
            self.tshark.parts(capture, *DECODE_AS, "-o", "caraway_spice.channel:main")
        )
        assert part.text("message") == name
        assert not list(part.all_below("malformed"))
        return part

    def check(
        self, capture: Path, side: str, name: str, fields: Mapping[str, object], *, root: str
    ) -> Part:
        """The message is shown with these fields, below a line of the name ``root``."""
        message = self.interpreter.message("main", side, name)
        part = self.shown(capture, side, name, fields).one(root)
        wanted: dict[str, Fields] = self.interpreter.decode(
            message, self.interpreter.encode(message, fields)
        )
        assert fields_of(message.body, part) == wanted
        return part


@pytest.fixture
def showcase(tmp_path: Path) -> Showcase:
    return Showcase(tmp_path)


THING = {
    "type": 2,
    "name_size": 3,
    "name": {"hex": "414243"},
    "u": {"words": {"hex": "616263"}},
}


@pytest.mark.parametrize("abilities", [0, 1, 8, 9])
def test_pointers_switches_and_a_view(showcase: Showcase, capture: Path, abilities: int) -> None:
    how: dict[int, object] = {
        0: {"fear": {"hex": "01020304"}},
        1: {"height": 7},
        8: None,
        9: {"height": 9},
    }
    fields = {
        "count": 2,
        "first": THING,
        "spots": [{"x": -1, "y": 2}, {"x": 3, "y": -4}],
        "abilities": abilities,
        "how": how[abilities],
        "kind": 2,
        "detail": {"hex": "0807060504030201"},
    }
    part = showcase.check(capture, "server", "things", fields, root="main.things")
    (view,) = part.all_below("detailview.long")
    assert view.child("length").show == str(0x0102030405060708)


def test_a_picture(showcase: Showcase, capture: Path) -> None:
    picture = {
        "stride": 9,
        "rows": 2,
        "pixels": {"hex": "11" * 18},
        "mask": {"hex": "22" * 4},
    }
    thing = {**THING, "type": 9, "u": {"picture": picture}}
    showcase.check(capture, "client", "things", {"thing": thing}, root="main.things_client")


@pytest.mark.parametrize(
    ("kind", "case"),
    [(2, {"words": 5}), (9, {"spot": {"x": 1, "y": 2}}), (0, None)],
)
def test_what_only_the_old_language_has(
    showcase: Showcase, capture: Path, kind: int, case: object
) -> None:
    fields = {
        "size": 16,
        "spots": [{"x": 1, "y": 2}, {"x": 3, "y": 4}],
        "type": kind,
        "u": case,
        "always": 7,
        "newer": 70000,
        "rest": [1, 2, 65535],
    }
    part = showcase.check(capture, "server", "layouts", fields, root="main.layouts")
    assert part.child("always").title == "always: 7 (not on the wire)"
    assert part.child("pad").title == "pad: 0 (reserved)"


def test_a_descriptor_and_large_numbers(showcase: Showcase, capture: Path) -> None:
    fields = {"handle": None, "size": 4294967295, "bits": 1 << 31}
    part = showcase.check(capture, "server", "handle", fields, root="main.handle")
    assert part.child("size").title == "size: HUGE (4294967295)"
    assert part.child("bits").title == "bits: 0x80000000 (TOP)"
    assert [bit.show for bit in part.child("bits").below()] == ["1"]
