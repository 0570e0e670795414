"""Enums and numbers as a C header."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from caraway.errors import DescriptionError, UsageError
from caraway.idl import Source, compile_source
from caraway.idl.backends.cheader import render
from caraway.idl.model import Description

GOLDEN = Path(__file__).parent / "golden"


def compiled(text: str, *, name: str = "demo.proto", dialect: int = 2) -> Description:
    return compile_source(Source(name, text), dialect=dialect).description


def constants(header: str) -> dict[str, int]:
    """The enumerators and macros of a header by name."""
    found = re.findall(r"^    (\w+)(?: CARAWAY_DEPRECATED)? = (\w+),", header, re.MULTILINE)
    found += re.findall(r"^#define (\w+) (\w+)u\b", header, re.MULTILINE)
    return {name: int(value, 0) for name, value in found}


def constants_of(text: str) -> dict[str, int]:
    return constants(render(compiled(text)))


@pytest.fixture(scope="module")
def showcase() -> Description:
    return compiled((GOLDEN / "showcase.proto").read_text(), name="some/where/showcase.proto")


def test_the_showcase_is_written_as_it_was_checked_in(showcase):
    assert render(showcase) == (GOLDEN / "showcase.h").read_text()


def test_an_enum_is_named_for_its_type_and_ends_above_its_largest_value():
    found = constants_of("enum8 link_err { OK, BAD = 7, WORSE = 3 }; protocol Spice { };")
    assert found == {
        "SPICE_LINK_ERR_OK": 0,
        "SPICE_LINK_ERR_BAD": 7,
        "SPICE_LINK_ERR_WORSE": 3,
        "SPICE_LINK_ERR_ENUM_END": 8,
    }


def test_flags_are_shifted_and_end_with_all_bits():
    found = constants_of("flags8 f { A, B = 3, SAME = 3 }; protocol Spice { };")
    assert found == {"SPICE_F_A": 1, "SPICE_F_B": 8, "SPICE_F_SAME": 8, "SPICE_F_MASK": 9}


def test_a_prefix_of_the_description_is_for_items_only():
    found = constants_of("enum8 res_kind { 1BIT, xRGB } @prefix(RES_); protocol Spice { };")
    assert list(found) == ["RES_1BIT", "RES_xRGB", "SPICE_RES_KIND_ENUM_END"]


def test_what_no_enumerator_holds_becomes_a_macro():
    header = render(compiled("flags32 f { LOW = 30, TOP = 31 }; protocol Spice { };"))
    assert "    SPICE_F_LOW = 0x40000000,\n} SpiceF;" in header
    assert "#define SPICE_F_TOP 0x80000000u\n#define SPICE_F_MASK 0xc0000000u\n" in header


def test_an_enum_of_macros_alone_is_still_a_type():
    header = render(compiled("flags32 f { TOP = 31 }; protocol Spice { };"))
    assert "typedef unsigned int SpiceF;" in header


CHANNELS = """
message M { uint8 x; };
enum8 kind { A = 1 };
channel BaseChannel { server: M hello; M base_last = 100; };
channel StreamChannel : BaseChannel { client: M data = 101; };
channel MainChannel : BaseChannel { server: M init = 103; M move; };
channel PortChannel : StreamChannel { };
channel KindView { server: M a = 1; };
channel OtherChannel { client: message { kind k; uint8 x[] @view(KindView, k); } x; };
protocol Spice { MainChannel main = 2; PortChannel port = 9; OtherChannel other = 4; };
"""


def test_channels_are_numbered_by_the_protocol_block():
    found = constants_of(CHANNELS)
    assert {name: value for name, value in found.items() if "CHANNEL" in name} == {
        "SPICE_CHANNEL_MAIN": 2,
        "SPICE_CHANNEL_OTHER": 4,
        "SPICE_CHANNEL_PORT": 9,
        "SPICE_END_CHANNEL": 10,
    }


def test_messages_belong_to_the_channel_that_declares_them():
    found = constants_of(CHANNELS)
    assert {name: value for name, value in found.items() if "_MSG" in name} == {
        "SPICE_MSG_HELLO": 1,
        "SPICE_MSG_BASE_LAST": 100,
        "SPICE_MSGC_STREAM_DATA": 101,
        "SPICE_MSGC_END_STREAM": 102,
        "SPICE_MSG_MAIN_INIT": 103,
        "SPICE_MSG_MAIN_MOVE": 104,
        "SPICE_MSG_END_MAIN": 105,
        "SPICE_MSGC_OTHER_X": 1,
        "SPICE_MSGC_END_OTHER": 2,
    }


def test_another_protocol_has_its_own_channels():
    found = constants_of(CHANNELS.replace("protocol Spice", "protocol Demo"))
    assert found["DEMO_CHANNEL_MAIN"] == 2
    assert found["DEMO_END_CHANNEL"] == 10
    assert found["DEMO_MSG_MAIN_INIT"] == 103
    assert not any(name.startswith("SPICE_MSG") for name in found)


def test_messages_of_a_feature_are_conditional_and_the_end_is_not():
    text = """
    channel C { server: message { uint8 x; } a; message { uint8 x; } @ifdef(F) b; };
    channel D { client: message { uint8 x; } a; } @ifdef(G);
    protocol Spice { C c; D d; };
    """
    header = render(compiled(text))
    blocks = re.findall(r"#ifdef (\w+)\n(.*?)#endif /\* \1 \*/", header, re.DOTALL)
    assert [(name, list(constants(block))) for name, block in blocks] == [
        ("F", ["SPICE_MSG_C_B"]),
        ("G", ["SPICE_MSGC_D_A", "SPICE_MSGC_END_D"]),
    ]
    assert constants(header)["SPICE_MSG_END_C"] == 3


def test_a_prefix_is_put_before_every_constant_and_type():
    header = render(compiled(CHANNELS), prefix="MY_")
    plain = constants_of(CHANNELS)
    assert constants(header) == {f"MY_{name}": value for name, value in plain.items()}
    assert set(re.findall(r"^typedef enum (\w+)", header, re.MULTILINE)) == {
        "MySpiceKind",
        "MySpiceChannelType",
    }


@pytest.mark.parametrize(
    ("protocol", "dialect", "prefix", "guard"),
    [
        ("Spice", 2, "", "_H_SPICE_ENUMS"),
        ("Spice", 2, "MY_", "MY_SPICE_ENUMS_H"),
        ("Spice", 1, "", "SPICE1_ENUMS_H"),
        ("Demo", 2, "", "DEMO_ENUMS_H"),
    ],
)
def test_the_guard_is_upstreams_where_the_header_takes_its_place(protocol, dialect, prefix, guard):
    header = render(compiled(f"protocol {protocol} {{ }};", dialect=dialect), prefix=prefix)
    assert f"#ifndef {guard}\n#define {guard}\n" in header
    assert header.endswith(f"#endif /* {guard} */\n")


def test_a_guard_of_ones_own():
    assert "#ifndef MINE_H\n" in render(compiled("protocol Demo { };"), guard="MINE_H")


@pytest.mark.parametrize("name", ["9", "a b", "é", "A-B"])
@pytest.mark.parametrize("what", ["guard", "prefix"])
def test_what_c_cannot_say_is_refused(what, name):
    with pytest.raises(UsageError, match=f"'{name}' cannot be the {what} of a C header"):
        render(compiled("protocol Demo { };"), **{what: name})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "channel C { server: message { uint8 x; } a; };"
            "channel EndChannel { server: message { uint8 x; } c; };"
            "protocol Spice { C c; EndChannel end; };",
            "SPICE_MSG_END_C",
        ),
        (
            "enum8 channel_type { A }; channel C { }; protocol Spice { C c; };",
            "SpiceChannelType",
        ),
        ("enum8 e { ENUM_END }; protocol Spice { };", "SPICE_E_ENUM_END"),
    ],
)
def test_two_constants_of_one_name_are_refused(text, name):
    with pytest.raises(DescriptionError, match=f"the C name {name} would be both .* and "):
        render(compiled(text))


def test_comments_cannot_end_early():
    header = render(compiled("// a */ b /* c\nenum8 e { A }; // */ d\nprotocol Spice { };"))
    comments = re.findall(r"/\*.*?\*/", header, re.DOTALL)
    assert "/*\n * a * / b / * c\n * * / d\n */" in comments
    assert re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL).count("*") == 0


def test_longer_comments_keep_their_lines():
    text = "/*\n * One.\n *\n * Two.\n */\nenum8 e { A }; protocol Spice { };"
    assert "/*\n * One.\n *\n * Two.\n */\ntypedef enum SpiceE {" in render(compiled(text))


def test_the_path_of_the_description_does_not_show(showcase):
    assert "from showcase.proto;" in render(showcase)
