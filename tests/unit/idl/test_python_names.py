"""Names that a description may use, whatever generated code calls its own things."""

from __future__ import annotations

import keyword

import pytest

from caraway.errors import DecodeError, DescriptionError
from caraway.idl.backends.python_code import RUNTIME_CALLS, Locals
from tests.unit.idl.compiling import TYPES
from tests.unit.idl.made import Made, made, made_all, made_from

#: What the functions of generated classes use, or could.
OWN = [
    *RUNTIME_CALLS,
    *["self", "data", "limits", "minor", "extent", "m", "v", "s", "pos", "end", "stop", "left"],
    *["out", "queue", "size", "block", "place", "start", "error", "item", "items", "item_2"],
    *[
        "len",
        "list",
        "bytes",
        "type",
        "range",
        "dict",
        "tuple",
        "int",
        "str",
        "property",
        "measure",
    ],
    *["length", "object", "print", "found", "name", "value", "struct", "dataclass", "staticmethod"],
    *[
        "parse",
        "write",
        "write_buffers",
        "read",
        "FIELDS",
        "CHANNEL",
        "DIRECTION",
        "NAME",
        "NUMBER",
    ],
    *["Buffer", "Struct", "Record", "Message", "Pair", "Bytes", "ServerM0", "Extent", "Refused"],
]


NAMES = sorted({*OWN, *keyword.kwlist, *keyword.softkwlist} - {"_"})

#: Made by joining the names of a path.
JOINED = ["a_b", "a_b_", "a_at", "a_item", "a_u", "a_u_padded", "a_offset", "padded", "at"]


def messages(body: str, names: list[str]) -> str:
    """A description with one message for each name, which stands for ``%s`` in its body."""
    written = "".join(
        f"message {{ {body.replace('%s', name)} }} m{at};" for at, name in enumerate(names)
    )
    return f"""{TYPES}
        struct Bytes {{ uint8 n; uint8 d[n]; }};
        struct Holder {{ uint8 b; uint8 at[b]; uint8 item; }};
        channel C {{ server: {written} }};
        protocol P {{ C c = 1; }};
    """


def called(name: str, body: str, names: list[str] = NAMES) -> Made:
    """The message whose body has that name in it."""
    return made_all(messages(body, names))[names.index(name)]


@pytest.mark.parametrize("name", NAMES)
def test_a_count_may_have_any_name(name):
    message = called(name, "uint8 %s; uint8 bulk[%s]; Bytes many[%s];")
    fields = {"bulk": {"hex": "aa"}, "many": [{"n": 0, "d": {"hex": ""}}]}
    assert message.encode(fields) == "01aa00"
    message.check_both_ways("01 aa 00", {name: 1, **fields})


@pytest.mark.parametrize("name", NAMES)
def test_a_selector_may_have_any_name(name):
    message = called(
        name,
        """kind %s; switch (%s) { case A: Pair first; case B: uint8 *second[2]; } unit;
           uint8 many; Bytes *more[many];""",
    )
    message.check_both_ways(
        "01 0a000000 01 0c000000 aabb 01cc",
        {
            name: 1,
            "unit": {"second": {"hex": "aabb"}},
            "many": 1,
            "more": [{"n": 1, "d": {"hex": "cc"}}],
        },
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_struct_a_case_and_a_pointer_may_have_any_name(name):
    message = called(
        name,
        """Pair %s; kind kind_0; Pair *other;
           switch (kind_0) { case A: Pair *%s; case B: Pair unused; } union_0;""",
    )
    message.check_both_ways(
        "010200 00 0c000000 0f000000 030400 050600",
        {
            name: {"a": 1, "b": 2},
            "kind_0": 0,
            "other": {"a": 3, "b": 4},
            "union_0": {name: {"a": 5, "b": 6}},
        },
    )


@pytest.mark.parametrize("name", JOINED)
def test_names_that_a_path_makes_are_told_apart(name):
    message = called(
        name,
        """Holder a; uint8 %s; uint8 bulk[%s];
           kind k; switch (k) { case A: Pair padded; case B: uint8 x; } u @fixedsize;
           Pair *last;""",
        JOINED,
    )
    message.check_both_ways(
        "01 aa 05 01 bb 00 010200 0d000000 030400",
        {
            "a": {"b": 1, "at": {"hex": "aa"}, "item": 5},
            name: 1,
            "bulk": {"hex": "bb"},
            "k": 0,
            "u": {"padded": {"a": 1, "b": 2}},
            "last": {"a": 3, "b": 4},
        },
    )


@pytest.mark.parametrize(
    "name",
    [
        *["Any", "Buffer", "ClassVar", "Extent", "IntEnum", "IntFlag", "Limits", "Message"],
        *["Queue", "Record", "Refused", "SMALL", "Struct", "UNSENDABLE"],
    ],
)
def test_a_type_may_be_called_like_what_modules_import(name):
    message = made(f"{name} a; {name} *b;", f"struct {name} {{ uint8 x; uint8 n; uint8 d[n]; }};")
    message.check_both_ways(
        "01 01 aa 07000000 02 00",
        {"a": {"x": 1, "n": 1, "d": {"hex": "aa"}}, "b": {"x": 2, "n": 0, "d": {"hex": ""}}},
    )


@pytest.mark.parametrize(
    "channel", ["Null", "Dataclass", "S", "Partial", "Object", "Len", "Found", "Drain", "Base"]
)
def test_a_channel_may_be_called_like_what_modules_import(channel):
    message = made_all(
        f"""
        enum8 kind {{ A, B }};
        channel {channel}Channel {{ server: message {{ uint8 x; }} base_message = 1; }};
        channel Inner : {channel}Channel {{
          server:
            message {{ kind k; uint8 n; uint8 *d[n] @nonnull @view({channel}Channel, k); }} m = 2;
        }};
        protocol P {{ Inner c = 1; }};
        """
    )[-1]
    message.check_both_ways("01 01 06000000 aa", {"k": 1, "n": 1, "d": {"hex": "aa"}})
    assert repr(message.parse("01 01 06000000 aa").d_view()) == "ServerBaseMessage(x=170)"
    with pytest.raises(DecodeError, match="the pointer is null"):
        message.parse("01 01 00000000")


@pytest.mark.parametrize(
    "members",
    ["uint8 n; uint8 a[n] @zero_terminated; uint8 a_text;", "uint8 class; uint8 class_;"],
)
def test_names_that_would_become_one_are_refused(members):
    with pytest.raises(DescriptionError, match="E107"):
        made(members)


def test_a_view_takes_a_name_too():
    with pytest.raises(DescriptionError, match="'a' and 'a_view' both become"):
        made_from("""
            channel Inner { server: message {} x = 1; };
            enum8 kind { A };
            channel C { server: message { kind k; uint8 a_view; uint8 a[] @view(Inner, k); } m; };
            protocol P { C c = 1; };
        """)


# Local variables


def test_a_path_has_one_variable():
    names = Locals("data")
    assert names.name("a", "b") == "a_b"
    assert names.name("a", "b") == "a_b"
    assert names.name("a_b") == "a_b_"
    assert names.name("data") == "data_"
    assert names.name("if") == "if_"


def test_what_belongs_to_a_path_is_no_member_of_it():
    names = Locals()
    assert names.name("u", "", "padded") == "u_padded"
    assert names.name("u", "padded") == "u_padded_"


def test_capitals_are_for_classes():
    assert Locals().name("Pair", "Other") == "pair_Other"
