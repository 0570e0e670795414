"""What must hold in a whole description; one test for each thing that upstream lets through."""

from __future__ import annotations

import pytest

from tests.unit.idl.compiling import TYPES, compiled, description, found, marks, protocol
from tests.unit.idl.demo import demo

EMPTY = "struct Empty {};"


def errors(text: str) -> list[str]:
    return [remark.message for remark in compiled(text).diagnostics]


class TestArraysToTheEnd:
    def test_an_array_to_the_end_is_the_last_member(self):
        assert found("uint8 a[]; uint8 b;") == [("E203", "a")]
        assert found("uint8 b; uint8 a[];") == []

    def test_there_is_one_array_to_the_end_at_most(self):
        assert found("uint8 a[]; uint8 b[];") == [("E203", "a")]

    def test_nothing_that_reaches_to_the_end_is_followed(self):
        tail = TYPES + "struct Tail { uint8 n; uint8 data[]; };"
        assert found("Tail a; uint8 b;", tail) == [("E203", "a")]
        assert found("uint8 b; Tail a;", tail) == []
        in_switch = "kind k; switch (k) { case A: Tail t; } u;"
        assert found(f"{in_switch} uint8 b;", tail) == [("E203", "u"), ("N401", "u")]

    def test_pointers_behind_an_array_to_the_end_are_no_exception(self):
        assert found("uint8 a[]; uint8 *b;") == [("E203", "a"), ("W303", "b")][:1]

    def test_targets_of_pointers_fall_into_an_array_to_the_end(self):
        assert found("uint8 *p; uint8 a[];") == [("W303", "a")]
        assert found("uint8 *p @virtual(0); uint8 a[];") == []

    def test_a_target_that_reaches_to_the_end_takes_in_other_targets(self):
        assert found("uint8 *a[];") == [("W303", "a")]
        tail = "struct Tail { uint8 n; uint8 data[]; };"
        assert found("Tail *a;", tail) == [("W303", "a")]


class TestElements:
    def test_elements_of_variable_size_may_go_to_the_end(self):
        definitions = "struct V { uint8 n; uint8 data[n]; };"
        assert found("V a[];", definitions) == []
        assert demo("V a[];", definitions).decode("01aa 00 02bbcc")["a"] == [
            {"n": 1, "data": {"hex": "aa"}},
            {"n": 0, "data": {"hex": ""}},
            {"n": 2, "data": {"hex": "bbcc"}},
        ]

    def test_pointers_may_lead_to_arrays_of_structs(self):
        assert found("uint8 n; Pair *a[n];") == []
        assert demo("uint8 n; Pair *a[n];").decode("02 05000000 010200 030400")["a"] == [
            {"a": 1, "b": 2},
            {"a": 3, "b": 4},
        ]

    def test_pointers_may_stand_in_dynamic_arrays(self):
        definitions = "struct P { uint8 *p[2]; };"
        assert found("uint8 n; P a[n];", definitions) == []
        assert demo("uint8 n; P a[n];", definitions).decode("01 05000000 aabb")["a"] == [
            {"p": {"hex": "aabb"}}
        ]

    def test_no_element_reaches_to_the_end(self):
        tail = "struct Tail { uint8 n; uint8 data[]; };"
        assert found("uint8 n; Tail a[n];", tail) == [("E204", "a")]

    def test_no_element_is_a_file_descriptor_or_carries_one(self):
        carrier = "struct Carrier { unix_fd fd; uint8 n; };"
        assert found("unix_fd a[2];") == [("E204", "a")]
        assert found("uint8 n; Carrier a[n];", carrier) == [("E204", "a")]

    def test_no_pointer_leads_to_a_file_descriptor(self):
        assert found("unix_fd *a;") == [("E204", "a")]

    @pytest.mark.parametrize(
        ("members", "definitions"),
        [
            ("uint32 n; Empty a[n];", EMPTY),
            ("Empty a[];", EMPTY),
            ("uint32 n; Empty *a[n];", EMPTY),
            ("uint32 n; Old a[n];", "struct Old { uint8 x @minor(1); };"),
            ("uint32 n; Fixed a[n];", "struct Fixed { uint8 x @virtual(1); };"),
            ("uint32 n; V a[n];", "struct V { uint8 x[0]; };"),
            (
                "uint32 n; S a[n];",
                "enum8 e { A }; struct S { e k @virtual(0); switch (k) { case A: uint8 a; } u; };",
            ),
        ],
    )
    def test_elements_that_may_take_no_bytes_are_not_counted_by_the_peer(
        self, members, definitions
    ):
        assert found(members, definitions) == [("E205", "a")]

    def test_a_constant_number_of_them_is_no_danger(self):
        assert found("Empty a[3];", EMPTY) == []


class TestSwitches:
    def test_an_enum_switch_that_leaves_values_out_is_a_note(self):
        assert found("kind k; switch (k) { case A: uint8 a; } u;") == [("N401", "u")]
        (remark,) = compiled(
            protocol(TYPES, "kind k; bits b; Pair p; switch (k) { case B: uint8 b; } u;")
        ).diagnostics
        assert remark.message == (
            "switch 'u' has no case for A, C: nothing is on the wire for them"
        )

    def test_a_complete_switch_is_none(self):
        assert found("kind k; switch (k) { case A: case B: case C: uint8 a; } u;") == []
        assert found("kind k; switch (k) { case A: uint8 a; default: uint8 b; } u;") == []
        assert found("bits k; switch (k) { case X: uint8 a; } u;") == []

    def test_a_value_with_two_names_needs_one_case(self):
        text = "e k; switch (k) { case B: uint8 b; } u;"
        assert found(text, "enum8 e { A, B = 0 };") == []

    def test_long_lists_are_cut(self):
        items = ", ".join(f"M{n}" for n in range(12))
        text = protocol(f"enum8 e {{ {items} }};", "e k; switch (k) { case M0: uint8 b; } u;")
        assert "M7, M8 and 3 more" in errors(text)[0]

    def test_cases_of_one_size_have_a_fixed_size(self):
        for case in ("uint8 a[n]", "uint8 a @minor(1)", "uint8 a[]"):
            text = f"bits k; uint8 n; switch (k) {{ case X: {case}; }} u @fixedsize;"
            assert found(text) == [("E105", "u")]
        assert found("bits k; switch (k) { case X: uint8 *a[4]; } u @fixedsize;") == []

    def test_no_case_and_no_default_take_no_bytes(self):
        assert demo("kind k; switch (k) { case A: uint8 a; } u;").decode("01") == {
            "k": 1,
            "u": None,
        }

    def test_the_first_case_that_matches_wins(self):
        text = "bits k; switch (k) { case X: uint8 x; case Y: uint16 y; } u;"
        assert demo(text).decode("03aa") == {"k": 3, "u": {"x": 0xAA}}


class TestDescriptors:
    def test_one_file_descriptor_travels_beside_a_message(self):
        assert found("unix_fd a; uint8 x; unix_fd b;") == [("E213", "b")]
        assert found("unix_fd a;") == []

    def test_descriptors_in_structs_are_counted_wherever_they_are_used(self):
        carrier = "struct Carrier { unix_fd fd; };"
        assert found("Carrier a;", carrier) == []
        assert found("Carrier a; Carrier b;", carrier) == [("E213", "fd")]

    def test_of_a_switch_only_one_case_is_sent(self):
        text = "bits k; switch (k) { case X: unix_fd a; case Y: unix_fd b; } u;"
        assert found(text) == []
        assert found(f"{text} unix_fd c;") == [("E213", "c")]
        assert found("bits k; switch (k) { case X: uint8 a; } u; unix_fd c;") == []


class TestPointers:
    @pytest.mark.parametrize(
        ("members", "definitions"),
        [
            ("uint8 n; uint8 *a[n] @nonnull;", TYPES),
            ("uint8 *a[0] @nonnull;", TYPES),
            ("Empty *a @nonnull;", EMPTY),
        ],
    )
    def test_what_must_not_be_null_but_may_be_empty_is_a_warning(self, members, definitions):
        assert found(members, definitions) == [("W302", "a")]

    def test_what_is_never_empty_is_none(self):
        assert found("uint8 *a[1] @nonnull; Pair *b @nonnull; uint8 n; uint8 *c[n];") == []

    def test_pointer_circles_are_refused(self):
        definitions = "struct A { uint8 x; B *b; }; struct B { uint8 n; A *a[n]; };"
        text = protocol(definitions, "A a;")
        assert errors(text) == ["type contains itself: A → B → A"]
        assert found("S s;", "struct S { S *s; };") == [("E211", "s")]

    def test_circles_by_value_are_refused(self):
        assert found("S s;", "struct S { S s; };") == [("E211", "s")]
        definitions = TYPES + "struct S { kind k; switch (k) { case A: S s; } u; };"
        assert found("S s;", definitions) == [("E211", "s")]

    def test_a_struct_that_is_used_twice_is_no_circle(self):
        assert found("A a; B b;", "struct A { uint8 x; }; struct B { A a; A *b; };") == []


class TestUnfolding:
    def test_structs_nest_64_deep(self):
        for depth, codes in ((62, []), (80, ["E003"])):
            for order in (1, -1):
                chain = [f"struct S{n} {{ S{n + 1} s; }};" for n in range(depth)][::order]
                text = protocol(f"{' '.join(chain)} struct S{depth} {{ uint8 x; }};", "S0 s;")
                assert [code for code, _ in marks(compiled(text))] == codes

    def test_structs_do_not_unfold_to_more_than_anyone_could_walk(self):
        for depth, failed in ((10, False), (40, True)):
            chain = "".join(f"struct S{n} {{ S{n + 1} a; S{n + 1} b; }};" for n in range(depth))
            compilation = compiled(protocol(f"{chain} struct S{depth} {{ uint8 x; }};", "S0 s;"))
            assert compilation.failed == failed


class TestUse:
    def test_a_type_that_no_message_uses_is_a_warning(self):
        text = protocol("struct A { B b; }; struct B { uint8 x; }; message M { uint8 x; };")
        assert marks(compiled(text)) == [("W301", "A"), ("W301", "B"), ("W301", "M")]

    def test_what_is_used_behind_pointers_in_arrays_and_switches_is_none(self):
        text = protocol(
            "enum8 e { A }; struct P { uint8 x; }; struct Q { P *p; }; struct R { Q q[2]; };",
            "e k; switch (k) { case A: R r; } u;",
        )
        assert marks(compiled(text)) == []

    def test_enums_and_aliases_may_be_there_for_their_names_alone(self):
        assert marks(compiled(protocol("enum8 e { A }; flags8 f { X }; typedef t int8;"))) == []


def test_notes_and_warnings_do_not_fail():
    compilation = compiled(protocol("struct Unused { uint8 x; };"))
    assert (len(compilation.diagnostics), compilation.failed) == (1, False)


def test_past_an_error_only_errors_of_the_same_stage_are_told():
    text = protocol("struct Unused { uint8 x; };", "nothing x;")
    assert marks(compiled(text)) == [("E101", "nothing")]


def test_a_message_of_variable_size_members_only_is_encoded_whole():
    """Upstream's generator gave such messages an encoder that writes nothing."""
    made = demo("kind k; switch (k) { case A: Pair a; default: uint8 b[2]; } u; uint8 rest[];")
    made.check_both_ways(
        "00 010200 aabb", {"k": 0, "u": {"a": {"a": 1, "b": 2}}, "rest": {"hex": "aabb"}}
    )
    only = demo("Tail t;", "struct Tail { uint8 data[]; };")
    only.check_both_ways("aabb", {"t": {"data": {"hex": "aabb"}}})


def test_a_zero_member_is_written_once():
    """Upstream's generator wrote it twice for years."""
    demo("uint8 a; uint16 pad @zero; uint8 b;").check_both_ways("01 0000 02", {"a": 1, "b": 2})


def test_hexadecimal_numbers_are_numbers_everywhere():
    """Upstream's parser has them in its grammar and dies of them."""
    made = description("""
        enum8 e { A = 0x10 };
        channel C { message { uint8 a[0x2]; uint8 b @virtual(0x3) @ctype(X); e e; } m = 0x65; };
        protocol P { C c = 0x7; };
    """)
    assert (made.messages[0].number, made.listed[0].number) == (0x65, 7)
