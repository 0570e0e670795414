"""Names become what they name: types, aliases, enums, and the one name space they share."""

from __future__ import annotations

import pytest

from caraway.idl.model import (
    Alias,
    Array,
    Enumeration,
    FileDescriptor,
    Integer,
    Pointer,
    Struct,
)
from tests.unit.idl.compiling import body, compiled, description, found, marks, member, protocol


def enum(text: str) -> Enumeration:
    """The first enum of a description."""
    return description(protocol(text, "uint8 x;")).enums[0]


def values(text: str) -> dict[str, int]:
    return {item.name: item.value for item in enum(text).items}


class TestTypes:
    @pytest.mark.parametrize("bits", [8, 16, 32, 64])
    @pytest.mark.parametrize("sign", ["", "u"])
    def test_integers(self, sign, bits):
        made = member(f"{sign}int{bits} x;", "x").type
        assert isinstance(made, Integer)
        assert (made.bits, made.signed, made.name) == (bits, sign == "", f"{sign}int{bits}")

    def test_a_file_descriptor(self):
        assert member("unix_fd x;", "x").type == FileDescriptor()

    def test_longest_match_names_a_type_of_its_own(self):
        made = member("int8foo x;", "x", "typedef int8foo int64;").type
        assert made == Integer(64, signed=True)

    def test_an_alias_stands_for_its_target_everywhere(self):
        definitions = "typedef a b; typedef b c; typedef c uint16; typedef p struct P { a x; };"
        made = body("a x; b *y[2]; p z;", definitions)
        x, y, z = (each.type for each in made.members)
        assert x == Integer(16, signed=False)
        assert isinstance(y, Pointer)
        assert isinstance(y.target, Array)
        assert y.target.element == x
        assert isinstance(z, Struct)
        assert z.name == "P"

    def test_aliases_are_declared_types(self):
        made = description(protocol("/* doc */\ntypedef a uint16;", "a x;"))
        (alias,) = made.types
        assert isinstance(alias, Alias)
        assert (alias.name, alias.doc, alias.target) == ("a", "doc", Integer(16, signed=False))

    def test_an_inline_struct_is_global(self):
        made = description(
            protocol("", "struct P { uint8 x; struct Q { uint8 y; } q; } p; Q other;")
        )
        assert [struct.name for struct in made.structs] == ["Q", "P"]
        message = made.messages[0].body
        assert message.members[1].type is made.structs[0]

    def test_an_inline_struct_may_stand_in_a_switch_and_a_typedef(self):
        definitions = "enum8 e { A }; typedef t struct T { struct U { uint8 x; } u; };"
        made = body("e k; switch (k) { case A: struct V { U u; } v; } s; t t;", definitions)
        assert [each.name for each in made.members] == ["k", "s", "t"]


class TestNames:
    def test_names_are_found_wherever_they_are_declared(self):
        made = description(
            """
            protocol_is_last here;
            typedef protocol_is_last Pair;
            struct Pair { kind k; };
            enum8 kind { A };
            channel Test : Base { server: Empty go = 101; message { here h; } m; };
            channel Base { server: Empty a; };
            message Empty {};
            protocol P { Test test; };
        """.replace("protocol_is_last here;", "typedef here protocol_is_last;")
        )
        channel = made.channel("test")
        assert channel
        assert [message.name for message in channel.messages("server")] == ["a", "go", "m"]

    @pytest.mark.parametrize(
        "again",
        ["struct N {};", "message N {};", "enum8 N { A };", "typedef N uint8;", "channel N {};"],
    )
    @pytest.mark.parametrize("first", ["struct N {};", "enum8 N { A };", "channel N {};"])
    def test_there_is_one_name_space_and_duplicates_fail(self, first, again):
        compilation = compiled(protocol(f"{first} {again}"))
        assert ("E102", "N") in marks(compilation)
        (remark,) = [remark for remark in compilation.diagnostics if remark.code == "E102"]
        assert (remark.message, remark.related and remark.related[1]) == (
            "'N' is declared twice",
            "first declared here",
        )

    def test_inline_structs_share_it(self):
        assert found("struct Pair { uint8 x; } p;") == [("E102", "Pair")]
        twice = "struct One { uint8 x; } a; struct One { uint16 y; } b;"
        assert found(twice) == [("E102", "One")]

    def test_built_in_types_cannot_be_declared_again(self):
        assert found("uint8 x;", "struct uint8 { int8 x; };") == [("E102", "uint8")]
        assert found("unix_fd x;", "typedef unix_fd int8;") == [("E102", "unix_fd")]

    def test_an_unknown_type_gets_a_hint(self):
        for name, hint in (
            ("Uint32", "did you mean 'uint32'?"),
            ("image_type", "did you mean 'ImageType'?"),
            ("nothing", "declare it anywhere in the file"),
        ):
            (remark,) = compiled(protocol("enum8 ImageType { A };", f"{name} x;")).diagnostics
            assert (remark.code, remark.hint) == ("E101", hint)

    def test_a_channel_is_not_a_type(self):
        assert found("TestChannel x;") == [("E106", "TestChannel")]

    def test_what_follows_an_unknown_type_is_not_complained_about(self):
        assert found(
            """
            nothing n @unique_flag; switch (n) { case A: uint8 x; } u;
            switch (n.k) { case A: uint8 y; } v; uint8 data[n]; nothing text[2] @zero_terminated;
            """
        ) == [("E101", "nothing"), ("E101", "nothing")]

    def test_a_circle_of_typedefs_is_refused(self):
        (remark,) = compiled(protocol("typedef a b; typedef b c; typedef c a;")).diagnostics
        assert (remark.code, remark.message) == ("E211", "typedef circle: a → b → c → a")

    def test_a_long_chain_of_typedefs_is_refused(self):
        chain = [f"typedef t{n} t{n + 1};" for n in range(50)]
        for order in (chain, chain[::-1]):
            compilation = compiled(protocol(" ".join(order) + " typedef t50 int8;", "t0 x;"))
            assert ([code for code, _ in marks(compilation)] == ["E003"]) == (order is chain)


class TestEnums:
    def test_the_first_value_is_0_then_one_more_each_time(self):
        assert values("enum8 e { A, B, C = 7, D, E = 3, F };") == {
            "A": 0,
            "B": 1,
            "C": 7,
            "D": 8,
            "E": 3,
            "F": 4,
        }

    def test_the_number_of_a_flag_is_its_bit_and_the_first_bit_is_0(self):
        assert values("flags16 e { A, B, C = 7, D, E = 3, F };") == {
            "A": 1,
            "B": 2,
            "C": 128,
            "D": 256,
            "E": 8,
            "F": 16,
        }

    def test_hexadecimal_values(self):
        assert values("enum32 e { A = 0x10, B, C = 0XfFfFfFfF };") == {
            "A": 16,
            "B": 17,
            "C": 0xFFFFFFFF,
        }

    @pytest.mark.parametrize("bits", [8, 16, 32])
    def test_a_flag_fits_the_width(self, bits):
        assert values(f"flags{bits} e {{ A = {bits - 1} }};") == {"A": 1 << (bits - 1)}
        assert found("uint8 x;", f"flags{bits} e {{ A = {bits} }};") == [("E201", str(bits))]
        assert found("uint8 x;", f"flags{bits} e {{ A = -1 }};") == [("E201", "-1")]

    @pytest.mark.parametrize("bits", [8, 16, 32])
    def test_an_enum_value_fits_the_width(self, bits):
        last = (1 << bits) - 1
        assert values(f"enum{bits} e {{ A = {last} }};") == {"A": last}
        assert found("uint8 x;", f"enum{bits} e {{ A = {last}, B }};") == [("E201", "B")]
        assert found("uint8 x;", f"enum{bits} e {{ A = -1 }};") == [("E201", "-1")]

    def test_hints_of_values_that_do_not_fit(self):
        text = protocol("enum8 e { A = 256, B = -1 }; flags8 f { C = 9 };")
        assert [remark.hint for remark in compiled(text).diagnostics] == [
            "use a wider enum",
            "values are unsigned",
            "the number of a flag is its bit position, not its value",
        ]

    def test_an_item_is_declared_once(self):
        assert found("uint8 x;", "enum8 e { A, B, A = 5 };") == [("E102", "A")]

    def test_two_items_may_have_one_value(self):
        assert values("enum8 e { A, B = 0 };") == {"A": 0, "B": 0}

    def test_an_enum_knows_its_items_documentation_and_prefix(self):
        made = enum("/* doc */ enum8 image_fmt { A, /* one */ 1B @deprecated } @prefix(P_);")
        assert (made.prefix, made.bits, made.is_flags) == ("P_", 8, False)
        assert [(item.doc, item.deprecated) for item in made.items] == [("one", False), ("", True)]
        assert made.item("1B") is made.items[1]
        assert made.item("C") is None
        assert made.integer == Integer(8, signed=False)
        assert enum("flags32 image_fmt { A };").prefix == "SPICE_IMAGE_FMT_"


def test_a_description_knows_its_name_dialect_and_documentation():
    text = "// all of it\n\nchannel C {}; protocol P { C c; };"
    for dialect, size in ((1, 8), (2, 4)):
        made = description(text, dialect=dialect)
        assert (made.name, made.dialect, made.doc) == ("P", dialect, "all of it")
        assert made.pointer_size == size
    assert compiled("channel C {};").result.name == ""
