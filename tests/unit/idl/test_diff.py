"""The wire-compatibility report: one test for each rule, in both directions."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from caraway.idl.diff import Change, compare, verdict
from caraway.idl.diff_rules import RULES
from tests.unit.idl.compiling import TYPES, description, protocol

PREFIX = "test.server.m"


def changes(old: str, new: str, *, dialects: tuple[int, int] = (2, 2)) -> list[Change]:
    """What differs between two whole descriptions."""
    return compare(description(old, dialect=dialects[0]), description(new, dialect=dialects[1]))


def rules(found: list[Change]) -> list[set[str]]:
    """The rules that each change can come from: some share their reason."""
    return [
        {name for name, rule in RULES.items() if rule == (change.severity, change.why)}
        for change in found
    ]


def told(found: list[Change]) -> list[tuple[str, str, str]]:
    """Severity, place and words of each change, the message's name left out of the place."""
    return [
        (change.severity, change.where.removeprefix(f"{PREFIX}."), change.what) for change in found
    ]


def between(
    old: str, new: str, types: str = TYPES, new_types: str = ""
) -> list[tuple[str, str, str]]:
    """What differs between two message bodies."""
    return told(changes(protocol(types, old), protocol(new_types or types, new)))


def both(old: str, new: str, there: tuple[str, str, str], back: tuple[str, str, str]) -> None:
    """The only change from one body to another, and the one back."""
    assert between(old, new) == [there]
    assert between(new, old) == [back]


def breaking(where: str, what: str) -> tuple[str, str, str]:
    return ("breaking", where, what)


def compatible(where: str, what: str) -> tuple[str, str, str]:
    return ("compatible", where, what)


class TestNothing:
    """Descriptions that say the same in other ways."""

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            pytest.param("uint8 a;", "/* doc */ uint8 a; // doc\n", id="comments"),
            pytest.param(
                "uint8 n; uint8 *a[n];",
                "uint8 n; uint8 *a[n] @end @outvar(x) @marshall @zero_terminated;",
                id="storage and text",
            ),
            pytest.param("bits b;", "bits b @unique_flag;", id="unique flags"),
            pytest.param("Pair p;", "struct Other { uint8 a; uint16 b; } p;", id="struct names"),
            pytest.param("int32 x;", "number x;", id="typedefs"),
            pytest.param(
                "uint8 t; uint8 d[];", "uint8 t; uint8 d[] @view(TestChannel, t);", id="views"
            ),
            pytest.param(
                "struct O { struct I { uint8 x; uint8 y[x]; } i; } o;",
                "struct P { Inner i; } o;",
                id="structs in place or by name",
            ),
            pytest.param(
                "uint32 n; uint8 a[bytes(n, x)];", "uint32 n; uint8 a[bytes(n, y)];", id="C"
            ),
            pytest.param("uint8 a[0x10];", "uint8 a[16];", id="how numbers are written"),
            pytest.param(
                "kind k; switch (k) { case A: Pair p; case B: uint8 b; } u;",
                "kind k; switch (k) { case B: uint8 b; case A: Pair p; } u;",
                id="the order of cases of an enum",
            ),
            pytest.param(
                "kind k; switch (k) { case A: case B: uint8 b; } u;",
                "kind k; switch (k) { case A: uint8 b; case B: uint8 b; } u;",
                id="labels of one case or of two alike",
            ),
        ],
    )
    def test_bodies(self, old, new):
        more = TYPES + "typedef number int32; struct Inner { uint8 x; uint8 y[x]; };"
        old, new = (protocol(more, text) for text in (old, new))
        assert changes(old, new) == changes(new, old) == []

    def test_the_order_of_declarations(self):
        first = "enum8 e { A, B }; struct S { e k; }; channel X { message { S s; } m; };"
        second = "channel X { message { S s; } m; }; struct S { e k; }; enum8 e { B = 1, A = 0 };"
        end = "channel Y {}; protocol P { X x; Y y; };"
        turned = "channel Y {}; protocol P { Y y = 2; X x = 1; };"
        assert changes(first + end, second + turned) == []

    def test_names_of_types_channels_and_the_protocol_that_are_not_on_the_wire(self):
        first = "channel Base { message M a; }; channel A : Base {}; protocol P { A x; };"
        second = "channel Root { N a; } @ifdef(F); channel B : Root {}; protocol Q { B x; };"
        old = "message M { uint8 v; };" + first.replace("message M", "M")
        assert changes(old, "message N { uint8 v; };" + second) == []

    def test_unlisted_channels_that_nobody_derives_from(self):
        family = "channel Family { message { uint8 x; } go; };"
        assert changes(protocol("", "uint8 x;"), protocol(family, "uint8 x;")) == []

    def test_where_a_message_is_declared(self):
        old = "channel A { message {} m; }; channel B { message {} m; }; protocol P { A a; B b; };"
        new = """channel Base { message {} m; };
            channel A : Base {}; channel B : Base {}; protocol P { A a; B b; };"""
        assert changes(old, new) == changes(new, old) == []

    @pytest.mark.parametrize("name", ["spice", "spice1", "link", "agent", "mux"])
    def test_our_own_descriptions_equal_themselves(self, name):
        text = (files("caraway.descriptions") / f"{name}.proto").read_text()
        dialect = 1 if name == "spice1" else 2
        assert changes(text, text, dialects=(dialect, dialect)) == []


class TestVerdict:
    def test_0_identical_1_compatible_2_breaking(self):
        good, bad = (Change(s, "", "", "") for s in ("compatible", "breaking"))
        assert [verdict(each) for each in ([], [good], [good, bad], [bad])] == [0, 1, 2, 2]

    def test_a_change_as_plain_values(self):
        (change,) = changes(protocol("", "uint8 a;"), protocol("", "uint8 b;"))
        assert json.loads(json.dumps(change.to_json())) == {
            "severity": "compatible",
            "where": "test.server.m.b",
            "what": "was 'a'",
            "why": "names are not on the wire; programs that use the old one change",
        }

    def test_every_rule_has_a_reason(self):
        assert all(
            severity in ("breaking", "compatible") and why for severity, why in RULES.values()
        )


CHANNELS = "channel A {{}}; channel B {{}}; protocol P {{ {} }};"


class TestChannels:
    def test_added_and_removed(self):
        one, two = CHANNELS.format("A a;"), CHANNELS.format("A a; B b;")
        assert told(changes(one, two)) == [compatible("channel b", "added with number 2")]
        assert told(changes(two, one)) == [breaking("channel b", "removed")]

    def test_renumbered(self):
        one, two = CHANNELS.format("A a; B b;"), CHANNELS.format("A a; B b = 5;")
        assert told(changes(one, two)) == [breaking("channel b", "number 5, was 2")]
        assert told(changes(two, one)) == [breaking("channel b", "number 2, was 5")]

    def test_renamed(self):
        one, two = CHANNELS.format("A a; B b;"), CHANNELS.format("A a; B c;")
        assert told(changes(one, two)) == [compatible("channel c", "was 'b'")]
        assert told(changes(two, one)) == [compatible("channel b", "was 'c'")]

    def test_names_that_changed_places_are_numbers_that_did(self):
        one, two = CHANNELS.format("A a; B b;"), CHANNELS.format("B b; A a;")
        assert verdict(changes(one, two)) == 2

    def test_pointers_of_another_size(self):
        text = protocol("", "uint8 *a[4];")
        for dialects, what in (((1, 2), "4 bytes, were 8"), ((2, 1), "8 bytes, were 4")):
            assert told(changes(text, text, dialects=dialects)) == [breaking("pointers", what)]

    def test_the_dialect_does_not_matter_where_there_are_no_pointers(self):
        text = protocol("", "uint8 a[4];")
        assert changes(text, text, dialects=(1, 2)) == []


def channel(messages: str, more: str = "") -> str:
    return f"{more} channel TestChannel {{ {messages} }}; protocol P {{ TestChannel test; }};"


class TestMessages:
    def test_added_and_removed(self):
        one, two = channel("message {} a;"), channel("message {} a; client: message {} b = 9;")
        assert told(changes(one, two)) == [compatible("test.client.b", "added with number 9")]
        assert told(changes(two, one)) == [breaking("test.client.b", "removed")]

    def test_renumbered(self):
        one, two = channel("message {} a;"), channel("message {} a = 2;")
        assert told(changes(one, two)) == [breaking("test.server.a", "number 2, was 1")]
        assert told(changes(two, one)) == [breaking("test.server.a", "number 1, was 2")]

    def test_renamed(self):
        one, two = channel("message { uint8 x; } a;"), channel("message { uint16 x; } b;")
        assert told(changes(one, two)) == [
            compatible("test.server.b", "was 'a'"),
            breaking("test.server.b.x", "uint16, was uint8"),
        ]
        assert told(changes(two, one))[0] == compatible("test.server.a", "was 'b'")

    def test_each_direction_for_itself(self):
        one, two = channel("server: message {} a;"), channel("client: message {} a;")
        assert told(changes(one, two)) == [
            breaking("test.server.a", "removed"),
            compatible("test.client.a", "added with number 1"),
        ]

    BASE = (
        "channel BaseChannel {{ {} }}; channel A : BaseChannel {{}}; channel B : BaseChannel {{}};"
    )
    LISTED = "protocol P { A a; B b; };"

    def test_what_a_base_gains_or_loses_is_told_once(self):
        one = self.BASE.format("message {} x;") + self.LISTED
        two = self.BASE.format("message {} x; message {} y;") + self.LISTED
        assert told(changes(one, two)) == [compatible("base.server.y", "added with number 2")]
        assert told(changes(two, one)) == [breaking("base.server.y", "removed")]

    def test_what_changes_in_a_base_is_told_once(self):
        one = self.BASE.format("message { uint8 x; } m;") + self.LISTED
        two = self.BASE.format("message { int8 x; } m;") + self.LISTED
        assert told(changes(one, two)) == [breaking("base.server.m.x", "int8, was uint8")]

    def test_what_a_channel_comes_to_inherit_is_its_own(self):
        base = "channel BaseChannel { message {} x; }; channel A : BaseChannel {};"
        one = f"{base} channel B {{}}; {self.LISTED}"
        two = f"{base} channel B : BaseChannel {{}}; {self.LISTED}"
        assert told(changes(one, two)) == [compatible("b.server.x", "added with number 1")]
        assert told(changes(two, one)) == [breaking("b.server.x", "removed")]

    def test_a_new_base_belongs_to_the_channel(self):
        one = "channel A {}; protocol P { A a; };"
        two = "channel New { message {} x; }; channel A : New {}; protocol P { A a; };"
        assert told(changes(one, two)) == [compatible("a.server.x", "added with number 1")]

    def test_what_many_messages_share_is_told_once(self):
        text = (
            "message M {{ {} v; }}; channel C {{ M a; M b; client: M c; }}; protocol P {{ C c; }};"
        )
        found = changes(text.format("uint8"), text.format("uint16"))
        assert told(found) == [breaking("c.server.a.v (and 2 other places)", "uint16, was uint8")]
        two = channel("M a; M b;", "message M { uint8 v; };")
        (change,) = changes(two, two.replace("uint8", "uint16"))
        assert change.where == "test.server.a.v (and 1 other place)"


class TestMembers:
    def test_renamed(self):
        both("uint8 a;", "uint8 b;", compatible("b", "was 'a'"), compatible("a", "was 'b'"))

    def test_renamed_around_others(self):
        both(
            "uint8 a; Pair p; uint8 z;",
            "uint8 a; Pair q; uint8 z;",
            compatible("q", "was 'p'"),
            compatible("p", "was 'q'"),
        )

    def test_put_into_a_struct(self):
        both(
            "uint8 a; uint8 b;",
            "uint8 a; struct S { uint8 b; } s;",
            compatible("s.b", "was 'b'"),
            compatible("b", "was 's.b'"),
        )

    def test_inserted_and_removed(self):
        both(
            "uint8 a; uint8 z;",
            "uint8 a; uint16 n; uint8 z;",
            breaking("n", "added"),
            breaking("n", "removed"),
        )

    def test_a_struct_is_inserted_as_a_whole(self):
        both(
            "uint8 a; uint8 z;",
            "uint8 a; Pair n; uint8 z;",
            breaking("n", "added"),
            breaking("n", "removed"),
        )

    def test_moved(self):
        both(
            "uint8 a; uint16 b; uint32 c;",
            "uint16 b; uint32 c; uint8 a;",
            breaking("a", "at another place"),
            breaking("a", "at another place"),
        )

    def test_appended_and_cut(self):
        both(
            "uint8 a;",
            "uint8 a; uint8 b;",
            breaking("b", "added at the end"),
            breaking("b", "removed"),
        )
        one, two = (protocol("", text) for text in ("uint8 a;", "uint8 a; uint8 b;"))
        assert rules(changes(one, two)) == [{"appended"}]
        assert rules(changes(two, one)) == [{"cut"}]

    def test_replaced(self):
        assert between("uint8 a; uint8 b; uint8 z;", "uint8 a; uint32 c; uint8 z;") == [
            breaking("b", "removed"),
            breaking("c", "added"),
        ]

    def test_an_array_to_the_end_appended_and_removed(self):
        both(
            "uint8 a;",
            "uint8 a; uint8 rest[];",
            compatible("rest", "added at the end"),
            breaking("rest", "removed"),
        )

    def test_an_array_to_the_end_behind_pointers_takes_their_targets(self):
        old, new = protocol("", "uint8 *a[4];"), protocol("", "uint8 *a[4]; uint8 rest[];")
        assert told(changes(old, new)) == [breaking("rest", "added at the end")]
        assert rules(changes(old, new)) == [{"rest-among-targets"}]

    def test_an_array_to_the_end_and_something_before_it(self):
        found = between("uint8 a;", "uint8 a; uint8 b; uint8 rest[];")
        assert found == [
            breaking("b", "added at the end"),
            compatible("rest", "added at the end"),
        ]

    def test_what_takes_no_bytes_comes_and_goes(self):
        types = TYPES + "struct None { };"
        for new in ("uint8 a; uint8 v @virtual(1); uint8 z;", "uint8 a; None v; uint8 z;",
                    "uint8 a; uint8 v[0]; uint8 z;"):  # fmt: skip
            assert between("uint8 a; uint8 z;", new, types) == [compatible("v", "added")]
            assert between(new, "uint8 a; uint8 z;", types) == [compatible("v", "removed")]

    def test_a_constant_has_another_value(self):
        both(
            "uint8 v @virtual(1);",
            "uint8 v @virtual(2);",
            compatible("v", "the constant is 2, was 1"),
            compatible("v", "the constant is 1, was 2"),
        )

    def test_a_constant_comes_onto_the_wire(self):
        both(
            "uint8 a; uint8 v @virtual(1); uint8 z;",
            "uint8 a; uint8 v; uint8 z;",
            breaking("v", "takes bytes now"),
            breaking("v", "takes no bytes now"),
        )

    def test_file_descriptors(self):
        both(
            "uint8 a;",
            "uint8 a; unix_fd fd;",
            breaking("fd", "added at the end"),
            breaking("fd", "removed"),
        )
        one, two = (protocol("", text) for text in ("uint8 a;", "uint8 a; unix_fd fd;"))
        assert rules(changes(one, two)) == [{"descriptor-added"}]
        assert rules(changes(two, one)) == [{"descriptor-removed"}]
        assert between("unix_fd fd;", "unix_fd fd;") == []

    def test_a_member_of_a_newer_minor(self):
        both(
            "uint8 a; uint8 z;",
            "uint8 a; uint8 n @minor(1); uint8 z;",
            compatible("n", "added from minor 1 on"),
            breaking("n", "removed"),
        )
        assert between("uint8 a @minor(2);", "uint8 a @minor(2); uint8 n @minor(3);") == [
            compatible("n", "added from minor 3 on")
        ]

    def test_a_member_of_a_minor_that_is_known_already(self):
        found = between("uint8 a @minor(2);", "uint8 a @minor(2); uint8 n @minor(2);")
        assert found == [breaking("n", "added from minor 2 on")]

    def test_a_minor_changes(self):
        both(
            "uint8 a @minor(1);",
            "uint8 a @minor(2);",
            breaking("a", "on the wire from minor 2 on, was from minor 1 on"),
            breaking("a", "on the wire from minor 1 on, was from minor 2 on"),
        )
        both(
            "uint8 a;",
            "uint8 a @minor(2);",
            breaking("a", "on the wire from minor 2 on, was always"),
            breaking("a", "on the wire always, was from minor 2 on"),
        )

    def test_a_minor_of_a_struct_is_one_of_its_members(self):
        assert (
            between("struct S { uint8 x; } s @minor(2);", "struct S { uint8 x @minor(2); } s;")
            == []
        )

    def test_a_reserve_is_used_or_a_value_given_up(self):
        both(
            "uint8 a @zero;",
            "uint8 a;",
            compatible("a", "carries a value now"),
            breaking("a", "always zero now"),
        )


class TestTypes:
    def test_another_width(self):
        both(
            "uint8 a;",
            "uint16 a;",
            breaking("a", "uint16, was uint8"),
            breaking("a", "uint8, was uint16"),
        )
        both(
            "kind a;",
            "uint16 a;",
            breaking("a", "uint16, was enum8 kind"),
            breaking("a", "enum8 kind, was uint16"),
        )

    def test_another_sign(self):
        both(
            "uint8 a;",
            "int8 a;",
            breaking("a", "int8, was uint8"),
            breaking("a", "uint8, was int8"),
        )
        both(
            "kind a;",
            "int8 a;",
            breaking("a", "int8, was enum8 kind"),
            breaking("a", "enum8 kind, was int8"),
        )

    def test_a_number_gets_or_loses_names(self):
        both(
            "uint8 a;",
            "bits a;",
            compatible("a", "flags8 bits, was uint8"),
            compatible("a", "uint8, was flags8 bits"),
        )

    @pytest.mark.parametrize(
        ("member", "name"),
        [
            ("uint8 *a[4];", "a pointer to an array of uint8"),
            ("uint8 a[4];", "an array of uint8"),
            ("Pair *a;", "a pointer to a struct"),
            ("None *a;", "a pointer to an empty struct"),
            ("unix_fd a;", "a file descriptor"),
            ("switch (k) { case A: uint32 x; } a;", "a switch"),
        ],
    )
    def test_another_kind(self, member, name):
        types = TYPES + "struct None {};"
        one, two = "kind k; uint32 a;", f"kind k; {member}"
        assert between(one, two, types) == [breaking("a", f"{name}, was uint32")]
        assert between(two, one, types) == [breaking("a", f"uint32, was {name}")]

    @pytest.mark.parametrize(
        ("one", "two"),
        [
            ("[4]", "[5]"),
            ("[4]", "[n]"),
            ("[n]", "[m]"),
            ("[4]", "[]"),
            ("[bytes(n)]", "[n]"),
            ("[bytes(n)]", "[bytes(m)]"),
            ("[image_size(8, n, m)]", "[image_size(1, n, m)]"),
            ("[image_size(8, n, m)]", "[image_size(8, m, n)]"),
        ],
    )
    def test_another_array_size(self, one, two):
        # bytes() has a second name, which only C knows and nothing shows.
        sizes = (re.sub("bytes[(](.)", "bytes(\\g<1>, c", size) for size in (one, two))
        bodies = [f"uint32 n; uint32 m; uint8 a{size};" for size in sizes]
        both(*bodies, breaking("a", f"{two}, was {one}"), breaking("a", f"{one}, was {two}"))

    def test_a_count_that_was_renamed_is_the_same(self):
        both(
            "uint8 n; uint8 a[n];",
            "uint8 m; uint8 a[m];",
            compatible("m", "was 'n'"),
            compatible("n", "was 'm'"),
        )
        one = "bits k; switch (k) { case X: uint8 n; } u; uint8 a[n];"
        two = "bits k; switch (k) { case X: uint8 m; } v; uint8 a[m];"
        assert between(one, two) == [compatible("v", "was 'u'"), compatible("v.m", "was 'n'")]

    def test_elements(self):
        types = TYPES + "struct Wide { uint8 a; uint32 b; };"
        where = breaking("a[].b", "uint32, was uint16")
        assert between("Pair a[2];", "Wide a[2];", types) == [where]
        assert between("uint8 a[2];", "uint16 a[2];") == [breaking("a", "uint16, was uint8")]
        assert between("uint8 a[2];", "Pair a[2];") == [breaking("a", "a struct, was uint8")]

    def test_an_element_gets_a_member_and_the_next_moves(self):
        old, new = "struct S { uint8 x; } a[2];", "struct S { uint8 x; uint8 y; } a[2];"
        one, two = protocol("", old), protocol("", new)
        moved = {"inserted", "removed", "width"}
        assert rules(changes(one, two)) == rules(changes(two, one)) == [moved]

    def test_targets(self):
        old, new = "struct S { uint8 x; } *a;", "struct S { uint8 x; uint8 y; } *a;"
        assert between(old, new) == [breaking("a.y", "added at the end")]
        assert between(new, old) == [breaking("a.y", "removed")]
        assert between("uint8 *a[2];", "uint8 *a[3];") == [breaking("a", "[3], was [2]")]

    def test_an_array_to_the_end_of_a_target_takes_other_targets(self):
        new = "struct S { uint8 x; uint8 rest[]; } *a;"
        assert between("struct S { uint8 x; } *a;", new) == [breaking("a.rest", "added at the end")]

    def test_nonnull(self):
        both(
            "Pair *a;",
            "Pair *a @nonnull;",
            breaking("a", "must not be null now"),
            breaking("a", "may be null now"),
        )


class TestSwitches:
    END = "kind k; switch (k) {{ {} }} u;"
    INSIDE = "kind k; switch (k) {{ {} }} u; uint8 z;"

    def test_another_discriminator(self):
        one = "kind k; kind l; switch (k) { case A: uint8 a; } u;"
        two = "kind k; kind l; switch (l) { case A: uint8 a; } u;"
        both(
            one,
            two,
            breaking("u", "selected by 'l', was 'k'"),
            breaking("u", "selected by 'k', was 'l'"),
        )

    def test_a_discriminator_that_was_renamed_is_the_same(self):
        two = self.END.format("case A: uint8 a;").replace("kind k", "kind l").replace("(k)", "(l)")
        assert between(self.END.format("case A: uint8 a;"), two) == [compatible("l", "was 'k'")]

    def test_a_discriminator_in_a_struct(self):
        text = "struct S { kind k; } s; switch (s.k) { case A: uint8 a; } u;"
        other = "kind k; switch (k) { case A: uint8 a; } u;"
        assert between(text, other) == [compatible("k", "was 's.k'")]

    def test_values_become_bits(self):
        one = "kind k; switch (k) { case A: uint8 a; } u;"
        two = "bits k; switch (k) { case X: uint8 a; } u;"
        assert between(one, two)[0] == breaking("u", "selected by flags8 bits, was enum8 kind")

    def test_padding(self):
        one = self.END.format("case A: uint8 a;")
        both(
            one,
            one.replace(" u;", " u @fixedsize;"),
            breaking("u", "cases are padded to one size now"),
            breaking("u", "cases are not padded to one size now"),
        )

    def test_the_member_of_a_case(self):
        both(
            self.END.format("case A: uint8 a;"),
            self.END.format("case A: uint16 a;"),
            breaking("u.a", "uint16, was uint8"),
            breaking("u.a", "uint8, was uint16"),
        )
        both(
            self.END.format("case A: Pair a;"),
            self.END.format("case A: Pair b;"),
            compatible("u.b", "was 'a'"),
            compatible("u.a", "was 'b'"),
        )

    def test_a_case_for_a_value_that_was_there_before(self):
        both(
            self.END.format("case A: uint8 a;"),
            self.END.format("case A: uint8 a; case B: uint8 b;"),
            breaking("u", "B: bytes now"),
            breaking("u", "B: no bytes now"),
        )

    NEW = TYPES.replace("C = 7", "C = 7, NEW")

    def test_a_case_for_a_new_value_at_the_end_of_a_message(self):
        old = self.END.format("case A: uint8 a;")
        new = self.END.format("case A: uint8 a; case NEW: uint8 b;")
        assert between(old, new, TYPES, self.NEW) == [
            compatible("u", "NEW: bytes now"),
            compatible("enum kind.NEW", "added as 8"),
        ]
        assert between(new, old, self.NEW, TYPES) == [
            breaking("u", "NEW: no bytes now"),
            breaking("enum kind.NEW", "removed, was 8"),
        ]

    def test_a_case_for_a_new_value_at_the_end_of_a_target(self):
        text = "struct S { kind k; switch (k) { case A: uint8 a; } u; } *s; uint8 z;"
        new = text.replace("a; }", "a; case NEW: uint8 b; }")
        assert between(text, new, TYPES, self.NEW)[0] == compatible("s.u", "NEW: bytes now")

    def test_a_case_for_a_new_value_with_more_behind_it(self):
        old = self.INSIDE.format("case A: uint8 a;")
        new = self.INSIDE.format("case A: uint8 a; case NEW: uint8 b;")
        assert between(old, new, TYPES, self.NEW)[0] == breaking("u", "NEW: bytes now")
        elements = "struct S { kind k; switch (k) { case A: uint8 a; } u; } s[2];"
        new = elements.replace("a; }", "a; case NEW: uint8 b; }")
        assert between(elements, new, TYPES, self.NEW)[0] == breaking("s[].u", "NEW: bytes now")

    def test_a_case_for_a_new_value_that_old_readers_take_for_default(self):
        old = self.END.format("case A: uint8 a; default: uint16 d;")
        new = self.END.format("case A: uint8 a; case NEW: uint8 b; default: uint16 d;")
        assert breaking("u.b", "added at the end") in between(old, new, TYPES, self.NEW)
        same = self.END.format("case A: uint8 a; case NEW: uint16 b; default: uint16 d;")
        assert between(old, same, TYPES, self.NEW)[0] == compatible("u.b", "was 'd'")

    def test_default_comes_and_goes(self):
        every = "case A: uint8 a; case B: uint8 b; case C: uint8 c;"
        both(
            self.END.format(every),
            self.END.format(f"{every} default: uint8 d;"),
            compatible("u", "other values: bytes now"),
            breaking("u", "other values: no bytes now"),
        )
        both(
            self.INSIDE.format(every),
            self.INSIDE.format(f"{every} default: uint8 d;"),
            breaking("u", "other values: bytes now"),
            breaking("u", "other values: no bytes now"),
        )

    def test_default_for_values_that_were_there_before(self):
        found = between(
            self.END.format("case A: uint8 a;"),
            self.END.format("case A: uint8 a; default: uint8 d;"),
        )
        assert breaking("u", "B: bytes now") in found

    BITS = "bits k; switch (k) {{ {} }} u;"

    def test_the_order_of_cases_of_flags(self):
        both(
            self.BITS.format("case X: uint8 x; case Y: uint8 y;"),
            self.BITS.format("case Y: uint8 y; case X: uint8 x;"),
            breaking("u", "cases are Y, X, were X, Y"),
            breaking("u", "cases are X, Y, were Y, X"),
        )

    def test_conditions_of_flags(self):
        both(
            self.BITS.format("case X: uint8 x;"),
            self.BITS.format("case !X: uint8 x;"),
            breaking("u", "cases are !X, were X"),
            breaking("u", "cases are X, were !X"),
        )
        both(
            self.BITS.format("case X: default: uint8 x;"),
            self.BITS.format("case X: uint8 x;"),
            breaking("u", "cases are X, were X, default"),
            breaking("u", "default: bytes now"),
        )

    def test_the_members_of_cases_of_flags(self):
        both(
            self.BITS.format("case X: case Y: uint8 x;"),
            self.BITS.format("case X: case Y: uint16 x;"),
            breaking("u.x", "uint16, was uint8"),
            breaking("u.x", "uint8, was uint16"),
        )

    def test_a_case_for_a_bit_that_was_there_before(self):
        found = between(
            self.BITS.format("case X: uint8 x;"),
            self.BITS.format("case X: uint8 x; case Y: uint8 y;"),
        )
        assert found == [breaking("u", "Y: bytes now")]

    def test_a_case_for_a_new_bit(self):
        new_types = TYPES.replace("X, Y, Z", "X, Y, Z, NEW")
        old = self.BITS.format("case X: uint8 x;")
        new = self.BITS.format("case X: uint8 x; case NEW: uint8 y;")
        assert between(old, new, TYPES, new_types)[0] == compatible("u", "NEW: bytes now")
        clear = self.BITS.format("case X: uint8 x; case !NEW: uint8 y;")
        assert between(old, clear, TYPES, new_types)[0] == breaking("u", "!NEW: bytes now")


def enums(old: str, new: str, member: str = "e k;") -> list[tuple[str, str, str]]:
    """What differs between two descriptions with an enum ``e``."""
    return told(changes(protocol(old, member), protocol(new, member)))


class TestEnums:
    def both(self, old: str, new: str, there, back, member: str = "e k;") -> None:
        assert enums(old, new, member) == [there]
        assert enums(new, old, member) == [back]

    def test_declared_and_gone(self):
        self.both(
            "enum8 e { A };",
            "enum8 e { A }; flags8 f { X };",
            compatible("enum f", "added"),
            compatible("enum f", "removed"),
        )

    def test_an_item_added_and_removed(self):
        self.both(
            "enum8 e { A };",
            "enum8 e { A, B = 5 };",
            compatible("enum e.B", "added as 5"),
            breaking("enum e.B", "removed, was 5"),
        )
        self.both(
            "flags8 e { A };",
            "flags8 e { A, B = 5 };",
            compatible("enum e.B", "added as 0x20"),
            breaking("enum e.B", "removed, was 0x20"),
        )

    def test_an_item_renumbered(self):
        self.both(
            "enum8 e { A, B };",
            "enum8 e { A, B = 3 };",
            breaking("enum e.B", "3, was 1"),
            breaking("enum e.B", "1, was 3"),
        )

    def test_an_item_renamed(self):
        self.both(
            "enum8 e { A, B };",
            "enum8 e { A, C };",
            compatible("enum e.C", "was 'B'"),
            compatible("enum e.B", "was 'C'"),
        )

    def test_a_second_name_comes_and_goes(self):
        self.both(
            "enum8 e { A, B };",
            "enum8 e { A, B, C = 1 };",
            compatible("enum e.C", "added as 1"),
            compatible("enum e.B", "was 'C' too"),
        )

    def test_another_width_is_told_once(self):
        self.both(
            "enum8 e { A };",
            "enum16 e { A };",
            breaking("enum e", "16 bits, were 8"),
            breaking("enum e", "8 bits, were 16"),
            member="e k; e l;",
        )

    def test_another_width_of_an_enum_that_no_message_uses(self):
        self.both(
            "enum8 e { A };",
            "enum16 e { A };",
            compatible("enum e", "16 bits, were 8"),
            compatible("enum e", "8 bits, were 16"),
            member="uint8 x;",
        )

    def test_an_enum_becomes_flags(self):
        self.both(
            "enum8 e { A = 1, B };",
            "flags8 e { A, B };",
            breaking("enum e", "flags8 e, was enum8 e"),
            breaking("enum e", "enum8 e, was flags8 e"),
        )

    def test_renamed_with_its_members(self):
        old, new = "enum8 {0} {{ A, B }}; message M {{ {0} k; }};", "channel C {{ M m; M n; }};"
        text = f"{old}{new} protocol P {{{{ C c; }}}};"
        assert told(changes(text.format("e"), text.format("f"))) == [
            compatible("enum f", "was 'e'")
        ]
        assert told(changes(text.format("f"), text.format("e"))) == [
            compatible("enum e", "was 'f'")
        ]

    def test_renamed_and_changed(self):
        assert told(
            changes(protocol("enum8 e { A };", "e k;"), protocol("enum8 f { B };", "f k;"))
        ) == [
            compatible("enum f", "was 'e'"),
            compatible("enum f.B", "was 'A'"),
        ]

    TWO = "enum8 e { A, B }; enum8 f { A, B }; enum8 g { A, C = 7 }; enum16 h { A, B };"

    def test_a_member_takes_its_values_from_another_enum(self):
        for old, new, there in (
            ("e k;", "f k;", [compatible("k", "enum8 f, was enum8 e")]),
            ("e k;", "g k;", [breaking("k", "enum8 g, was enum8 e")]),
            (
                "e k;",
                "h k;",
                [breaking("k", "enum16 h, was enum8 e"), compatible("k", "enum16 h, was enum8 e")],
            ),
        ):
            assert between(old, new, self.TWO) == there

    def test_a_member_is_in_two_enums_that_were_one(self):
        old = protocol("enum8 e { A };", "e k; e l;")
        new = protocol("enum8 f { A }; enum8 g { A };", "f k; g l;")
        assert told(changes(old, new)) == [
            compatible("l", "enum8 g, was enum8 e"),
            compatible("enum f", "was 'e'"),
            compatible("enum g", "added"),
        ]


def test_the_old_protocol_and_the_current_one():
    """A report of real size: what every reader of it looks for is there."""
    texts = [
        (files("caraway.descriptions") / f"{name}.proto").read_text()
        for name in ("spice1", "spice")
    ]
    found = changes(*texts, dialects=(1, 2))
    assert verdict(found) == 2
    assert {
        breaking("pointers", "4 bytes, were 8"),
        compatible("channel webdav", "added with number 11"),
        compatible("main.server.name", "added with number 113"),
        breaking("base.server.notify.zero", "removed"),
        compatible("enum image_type.LZ4", "added as 109"),
    } <= set(told(found))
    assert len(found) < 200
