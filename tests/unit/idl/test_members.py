"""What stands between the braces: arrays and their sizes, pointers, switches, views."""

from __future__ import annotations

import pytest

from caraway.idl.model import (
    Array,
    ByteCount,
    Constant,
    Count,
    ImageSize,
    Integer,
    Pointer,
    Rest,
    Struct,
    Switch,
)
from tests.unit.idl.compiling import (
    TYPES,
    body,
    compiled,
    description,
    found,
    marks,
    member,
    protocol,
)

U8 = Integer(8, signed=False)


def array(members: str, name: str) -> Array:
    made = member(members, name).type
    made = made.target if isinstance(made, Pointer) else made
    assert isinstance(made, Array)
    return made


def switch(members: str, name: str = "u", definitions: str = TYPES) -> Switch:
    made = member(members, name, definitions).type
    assert isinstance(made, Switch)
    return made


def messages(members: str, definitions: str = TYPES) -> list[str]:
    """The words of the errors in a message body."""
    every = compiled(protocol(definitions, members)).diagnostics
    return [remark.message for remark in every if remark.code[0] == "E"]


class TestArrays:
    def test_a_variable_array_without_end_simply_works(self):
        """Port init and main NAME: without @end the first compiler made code that crashed."""
        made = description("""
            channel MainChannel {
              server:
                message { uint32 name_len; uint8 name[name_len]; } name = 113;
            };
            channel PortChannel {
              server:
                message {
                    uint32 name_size;
                    uint8 *name[name_size] @zero_terminated @nonnull;
                    uint8 opened;
                } init = 201;
            };
            protocol Spice { MainChannel main = 1; PortChannel port = 10; };
        """)
        name, init = (message.body for message in made.messages)
        text = name.members[1].type
        assert isinstance(text, Array)
        assert (text.element, text.size, text.is_bytes) == (U8, Count(("name_len",)), True)
        pointer = init.members[1].type
        assert isinstance(pointer, Pointer)
        assert isinstance(pointer.target, Array)
        assert pointer.target.size == Count(("name_size",))

    def test_storage_is_derived_so_that_its_attributes_change_nothing(self):
        plain = array("uint8 n; uint8 a[n];", "a")
        for attribute in ("end", "chunk", "as_ptr(len)", "ptr_array", "to_ptr"):
            written = array(f"uint8 n; uint8 a[n] @{attribute};", "a")
            assert (written.element, written.size) == (plain.element, plain.size)

    def test_each_kind_of_size(self):
        made = body("""
            uint8 n; uint16 w; uint32 h;
            uint8 constant[16]; uint8 hex[0x10]; uint8 none[0];
            uint16 count[n]; uint8 image[image_size(1, w, h)]; uint32 bytes[bytes(n, num)];
            int8 rest[];
        """)
        sizes = [each.type.size for each in made.members if isinstance(each.type, Array)]
        assert sizes == [
            Constant(16),
            Constant(16),
            Constant(0),
            Count(("n",)),
            ImageSize(1, ("w",), ("h",)),
            ByteCount(("n",), "num"),
            Rest(),
        ]

    def test_only_unsigned_bytes_are_carried_as_bytes(self):
        assert array("uint8 a[2];", "a").is_bytes
        assert not array("int8 a[2];", "a").is_bytes
        assert not array("kind a[2];", "a").is_bytes

    def test_a_star_and_brackets_make_a_pointer_to_an_array(self):
        made = member("uint8 n; uint32 *a[n];", "a").type
        assert isinstance(made, Pointer)
        assert isinstance(made.target, Array)
        assert made.target.element == Integer(32, signed=False)

    def test_a_size_may_be_a_member_of_an_earlier_switch(self):
        made = array(
            """
            bits b; switch (b) { case X: uint8 nseg; } u1;
            switch (b) { case X: uint8 *style[nseg]; } u2; uint8 a[nseg];
            """,
            "a",
        )
        assert made.size == Count(("u1", "nseg"))

    def test_a_size_may_be_an_enum_or_a_constant_member(self):
        assert array("kind k; uint8 a[k];", "a").size == Count(("k",))
        assert array("uint8 n @virtual(3); uint8 a[n];", "a").size == Count(("n",))

    def test_of_two_that_are_called_the_same_the_first_counts(self):
        text = "bits b; switch (b) { case X: uint8 n; case Y: uint16 n; } u; uint8 a[n];"
        assert array(text, "a").size == Count(("u", "n"))

    def test_a_size_member_stands_before_its_array(self):
        assert found("uint8 a[n]; uint8 n;") == [("E202", "n")]
        assert found("uint8 a[image_size(8, w, h)]; uint8 w; uint8 h;") == [
            ("E202", "w"),
            ("E202", "h"),
        ]
        assert found("uint8 a[bytes(n, m)]; uint8 n;") == [("E202", "n")]
        (remark,) = compiled(protocol("", "uint8 a[n]; uint8 n;")).diagnostics
        assert remark.related
        assert remark.related[1] == "declared here"

    def test_a_size_is_a_number_that_readers_keep(self):
        assert found("Pair p; uint8 a[p];") == [("E202", "p")]
        assert found("uint8 *p; uint8 a[p];") == [("E202", "p")]
        assert found("uint8 n @zero; uint8 a[n];") == [("E202", "n")]
        assert found("uint8 a[n];") == [("E202", "n")]

    def test_sizes_of_another_struct_are_out_of_reach(self):
        assert found("Pair p; uint8 x[a];") == [("E202", "a")]

    @pytest.mark.parametrize("size", ["-1", "4294967296", "99999999999999999999999"])
    def test_a_constant_size_fits_a_message(self, size):
        assert found(f"uint8 a[{size}];") == [("E202", f"[{size}]")]
        assert array("uint8 a[4294967295];", "a").size == Constant(0xFFFFFFFF)

    @pytest.mark.parametrize("bits", ["0", "-8", "65"])
    def test_pixels_have_1_to_64_bits(self, bits):
        text = f"image_size({bits}, n, n)"
        assert found(f"uint8 n; uint8 a[{text}];") == [("E202", f"[{text}]")]

    def test_the_count_of_byte_counted_elements_is_no_member(self):
        text = "uint32 n @bytes_count(num); uint16 a[bytes(n, num)];"
        assert found(text) == []
        assert found(f"uint32 num; {text}") == [("E102", "num")]

    def test_cstring_is_dead(self):
        assert found("uint8 a[cstring()];") == [("E216", "[cstring()]")]
        assert found("uint8 *a[cstring()];") == [("E216", "[cstring()]")]


class TestMembers:
    def test_members_are_declared_once(self):
        assert found("uint8 a; uint16 b; uint32 a;") == [("E102", "a")]
        assert found("kind k; switch (k) { case A: uint8 x; } k;") == [("E102", "k")]

    def test_attributes_reach_the_model(self):
        made = body("""
            uint8 a @minor(2); uint16 b @zero; int32 c @virtual(-3);
            uint8 d[2] @zero_terminated; bits e @unique_flag; uint8 *f @nonnull @minor(0x1);
        """)
        a, b, c, d, e, f = made.members
        assert (a.minor, b.zero, c.virtual, d.text, e.unique, f.minor) == (
            2,
            True,
            -3,
            True,
            True,
            1,
        )
        assert isinstance(f.type, Pointer)
        assert f.type.nonnull
        assert (b.minor, b.virtual, a.zero, a.text, a.unique) == (None, None, False, False, False)

    def test_text_may_be_signed_and_behind_a_pointer(self):
        assert member("int8 a[2] @zero_terminated;", "a").text
        assert member("uint8 *a[2] @zero_terminated;", "a").text

    @pytest.mark.parametrize(
        ("members", "why"),
        [
            ("Pair a @zero;", "'@zero' is for numbers"),
            ("uint8 *a @zero;", "'@zero' is for numbers"),
            ("Pair a @virtual(1);", "'@virtual' is for numbers and pointers"),
            ("uint8 a[2] @virtual(1);", "'@virtual' is for numbers and pointers"),
            ("uint8 a @nonnull;", "'@nonnull' is for pointers"),
            ("uint16 a[2] @zero_terminated;", "'@zero_terminated' is for arrays of bytes"),
            ("uint8 a @zero_terminated;", "'@zero_terminated' is for arrays of bytes"),
            ("kind a @unique_flag;", "'@unique_flag' is for flags"),
            ("uint16 a @unique_flag;", "'@unique_flag' is for flags"),
            ("kind a @bytes_count(n);", "'@bytes_count' is for integers"),
        ],
    )
    def test_attributes_that_do_not_fit_the_type(self, members, why):
        assert messages(members) == [why]

    def test_a_virtual_value_fits(self):
        assert found("uint8 a @virtual(256);") == [("E215", "@virtual(256)")]
        assert found("kind a @virtual(-1);") == [("E215", "@virtual(-1)")]
        assert found("int8 a @virtual(-128); uint64 b @virtual(0xFFFFFFFFFFFFFFFF);") == []

    def test_a_virtual_pointer_is_null(self):
        assert found("uint8 *a @virtual(0);") == []
        assert found("uint8 *a @virtual(1);") == [("E215", "@virtual(1)")]


class TestSwitches:
    def test_a_switch_on_an_enum(self):
        made = switch("kind k; switch (k) { case A: case B: uint8 a; default: uint16 b; } u;")
        assert (made.path, made.on.name, made.fixed_size) == (("k",), "kind", False)
        assert [
            [label.item and label.item.name for label in case.labels] for case in made.cases
        ] == [
            ["A", "B"],
            [None],
        ]

    def test_a_switch_on_flags(self):
        made = switch("bits k; switch (k) { case !X: uint8 a; } u @fixedsize;")
        (label,) = made.cases[0].labels
        assert label.item
        assert (label.item.value, label.negated, made.fixed_size) == (1, True, True)

    def test_a_dotted_path_leads_into_structs(self):
        definitions = TYPES + "struct In { kind k; }; struct Out { In i; uint8 x; };"
        made = switch("Out o; switch (o.i.k) { case A: uint8 a; } u;", definitions=definitions)
        assert made.path == ("o", "i", "k")

    def test_the_structs_of_a_path_may_be_declared_later_and_switch_themselves(self):
        first = "struct A { B b; switch (b.k) { case A: uint8 x; } u; };"
        second = "struct B { kind k; switch (k) { case A: uint8 y; } v; };"
        for definitions in (first + second, second + first):
            made = switch(
                "A a; switch (a.b.k) { case B: uint8 z; } u;", definitions=TYPES + definitions
            )
            assert made.on.name == "kind"

    def test_a_switch_may_have_a_minor(self):
        made = member("kind k; switch (k) { case A: uint8 a; } u @minor(3);", "u")
        assert made.minor == 3

    def test_case_members_may_be_called_the_same(self):
        made = switch("bits b; switch (b) { case X: uint8 glyphs; case Y: uint16 glyphs; } u;")
        assert [case.member.name for case in made.cases] == ["glyphs", "glyphs"]

    @pytest.mark.parametrize(
        ("members", "marked"),
        [
            ("switch (k) { case A: uint8 a; } u; kind k;", "k"),
            ("switch (nothing) { case A: uint8 a; } u;", "nothing"),
            ("uint8 k; switch (k) { case A: uint8 a; } u;", "k"),
            ("Pair p; switch (p) { case A: uint8 a; } u;", "p"),
            ("Pair p; switch (p.c) { case A: uint8 a; } u;", "c"),
            ("Pair p; switch (p.a) { case A: uint8 a; } u;", "a"),
            ("Pair *p; switch (p.a) { case A: uint8 a; } u;", "p"),
            ("kind k; switch (k.a) { case A: uint8 a; } u;", "k"),
            ("kind k @zero; switch (k) { case A: uint8 a; } u;", "k"),
            ("kind *k; switch (k) { case A: uint8 a; } u;", "k"),
        ],
    )
    def test_the_discriminator_is_an_earlier_enum_or_flags_member(self, members, marked):
        assert found(members) == [("E206", marked)]

    def test_an_error_about_the_discriminator_says_why(self):
        assert messages("kind k @zero; switch (k) { case A: uint8 a; } u;") == [
            "'k' is marked '@zero': readers drop it"
        ]
        assert messages("uint8 k; switch (k) { case A: uint8 a; } u;") == [
            "'k' is not of an enum or flags type"
        ]

    def test_a_path_through_what_was_refused_is_not_complained_about(self):
        members = "struct Pair { kind k; } p; switch (p.k) { case A: uint8 a; } u;"
        assert found(members) == [("E102", "Pair")]

    def test_a_path_through_the_struct_itself_ends(self):
        definitions = TYPES + "struct S { S s; switch (s.k) { case A: uint8 a; } u; kind k; };"
        assert found("S s;", definitions) == [("E206", "k")]

    def test_long_chains_of_switches_are_refused(self):
        chain = "".join(
            f"struct S{n} {{ S{n + 1} s; switch (s.k) {{ case A: uint8 a; }} u; kind k; }};"
            for n in range(60)
        )
        every = marks(compiled(protocol(f"{TYPES}{chain} struct S60 {{ kind k; }};", "S0 s;")))
        assert [code for code, _ in every] == ["E003"]


class TestCases:
    def test_a_label_is_a_value_of_the_type(self):
        assert found(
            "kind k; switch (k) { case A: uint8 a; case D: uint8 b; case D: uint8 c; } u;"
        ) == [
            ("E207", "D"),
            ("E207", "D"),
        ]
        assert found("bits k; switch (k) { case W: uint8 a; case !V: uint8 b; } u;") == [
            ("E207", "W"),
            ("E207", "V"),
        ]

    def test_an_exclamation_mark_is_for_flags(self):
        assert found("kind k; switch (k) { case !A: uint8 a; } u;") == [
            ("E207", "!A".join(["case ", ""]))
        ]

    def test_a_value_has_one_case(self):
        text = (
            "kind k; switch (k) { case A: uint8 a; case B: case A: uint8 b; case C: uint8 c; } u;"
        )
        assert found(text) == [("E208", "case A")]
        text = "bits k; switch (k) { case !X: uint8 a; case !X: uint8 b; } u;"
        assert found(text) == [("E208", "case !X")]

    def test_two_names_of_one_value_have_one_case(self):
        definitions = "enum8 e { A, B = 0 };"
        text = protocol(definitions, "e k; switch (k) { case A: uint8 a; case B: uint8 b; } u;")
        (remark,) = compiled(text).diagnostics
        assert (remark.code, remark.message) == ("E208", "'B' has a case already")
        assert remark.related
        assert remark.related[1] == "first case here, as 'A', which has the same value"

    def test_nothing_is_reached_behind_default(self):
        text = "kind k; switch (k) { default: uint8 a; case B: uint8 b; default: uint8 c; } u;"
        assert found(text) == [("E208", "case B"), ("E208", "default")]

    def test_nothing_is_reached_behind_a_bit_that_is_set_or_clear(self):
        text = "bits k; switch (k) { case X: uint8 a; case !X: uint8 b; case Y: uint8 c; } u;"
        assert found(text) == [("E208", "case Y")]
        text = "bits k; switch (k) { case X: case !X: uint8 a; default: uint8 b; } u;"
        assert found(text) == [("E208", "default")]

    def test_labels_beside_default_are_no_error(self):
        assert found("kind k; switch (k) { case A: default: uint8 a; } u;") == []
        assert found("kind k; switch (k) { default: case A: default: uint8 a; } u;") == []


class TestViews:
    FAMILY = "channel Family { server: message { uint8 x; } init = 1; };"

    def test_a_view_names_a_channel_and_the_member_with_the_number(self):
        made = member("uint8 type; uint8 data[] @view(Family, type);", "data", self.FAMILY)
        assert made.view
        channel, path = made.view
        assert (channel.type_name, channel.name, path) == ("Family", "family", ("type",))

    def test_the_family_may_be_declared_later(self):
        text = protocol("", "uint8 type; uint8 *data[4] @view(Family, type);")
        made = description(text.replace("protocol Test", f"{self.FAMILY} protocol Test"))
        view = made.messages[0].body.members[1].view
        assert view
        assert view[0].type_name == "Family"

    def test_a_view_in_a_switch_finds_what_stands_before_the_switch(self):
        made = body(
            "kind k; uint8 n; switch (k) { case A: uint8 data[n] @view(Family, k); } u;",
            TYPES + self.FAMILY,
        ).members[2]
        assert isinstance(made.type, Switch)
        view = made.type.cases[0].member.view
        assert view
        assert view[1] == ("k",)

    def test_a_view_that_does_not_fit(self):
        assert found("uint8 t; uint8 d[] @view(Nobody, t);", self.FAMILY) == [("E214", "Nobody")]
        assert found("uint8 d[2] @view(Family, t); uint8 t;", self.FAMILY) == [("E202", "t")]
        assert found("uint8 t; uint16 d[] @view(Family, t);", self.FAMILY) == [
            ("E214", "@view(Family, t)")
        ]
        assert found("uint8 t; uint8 d @view(Family, t);", self.FAMILY) == [
            ("E214", "@view(Family, t)")
        ]


def test_a_struct_that_is_used_in_many_places_is_one_struct():
    made = body("Pair a; Pair *b; Pair c[2];")
    a, b, c = (each.type for each in made.members)
    assert isinstance(a, Struct)
    assert isinstance(b, Pointer)
    assert isinstance(c, Array)
    assert a is b.target is c.element
