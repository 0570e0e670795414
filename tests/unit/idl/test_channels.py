"""Channels: bases, the numbers of messages, and the protocol block."""

from __future__ import annotations

import pytest

from caraway.idl.model import Channel
from tests.unit.idl.compiling import compiled, description, marks

EMPTY = "message Empty {};"


def channel(text: str, name: str = "test") -> Channel:
    """A channel of a description without errors; the protocol lists ``TestChannel``."""
    made = description(f"{EMPTY}{text} protocol P {{ TestChannel test = 1; }};").channel(name)
    assert made
    return made


def numbers(made: Channel, direction: str = "server") -> dict[str, int]:
    assert direction in ("server", "client")
    every = made.messages("server" if direction == "server" else "client")
    return {message.name: message.number for message in every}


def found(text: str) -> list[tuple[str, str]]:
    compilation = compiled(f"{EMPTY}{text} protocol P {{ TestChannel test = 1; }};")
    return [mark for mark in marks(compilation) if mark[0] != "W301"]


class TestMessageNumbers:
    def test_the_first_is_1_then_one_more_each_time(self):
        made = channel("channel TestChannel { Empty a; Empty b; Empty c; };")
        assert numbers(made) == {"a": 1, "b": 2, "c": 3}

    def test_a_gap_is_made_by_a_number(self):
        made = channel(
            "channel TestChannel { Empty a; Empty b = 0x65; Empty c; Empty d = 5; Empty e; };"
        )
        assert numbers(made) == {"a": 1, "d": 5, "e": 6, "b": 101, "c": 102}

    def test_each_direction_counts_for_itself(self):
        made = channel("channel TestChannel { server: Empty a; client: Empty a; Empty b; };")
        assert (numbers(made), numbers(made, "client")) == ({"a": 1}, {"a": 1, "b": 2})

    def test_a_repeated_section_goes_on_counting(self):
        made = channel("""channel TestChannel {
            server: Empty a = 101; client: Empty x = 7; server: Empty b; client: Empty y; };""")
        assert numbers(made) == {"a": 101, "b": 102}
        assert numbers(made, "client") == {"x": 7, "y": 8}

    def test_0_is_not_taken_for_no_number(self):
        assert found("channel TestChannel { Empty a = 0; Empty b; };") == [("E209", "0")]

    @pytest.mark.parametrize("number", ["65536", "-1", "0x10000"])
    def test_a_number_fits_the_header(self, number):
        assert found(f"channel TestChannel {{ Empty a = {number}; }};") == [("E209", number)]
        assert numbers(channel("channel TestChannel { Empty a = 65535; };")) == {"a": 65535}

    def test_a_number_that_was_counted_fits_too(self):
        assert found("channel TestChannel { Empty a = 65535; Empty b; };") == [("E209", "b")]

    def test_a_number_and_a_name_are_used_once(self):
        assert found("channel TestChannel { Empty a; Empty b = 1; };") == [("E210", "1")]
        assert found("channel TestChannel { Empty a = 2; Empty b = 1; Empty c; };") == [
            ("E210", "c")
        ]
        assert found("channel TestChannel { Empty a; Empty a; };") == [("E210", "a")]


class TestInheritance:
    BASE = "channel Base { server: Empty a; Empty base_last = 100; client: Empty b; };"

    def test_a_derived_channel_inherits_all_messages_with_their_numbers(self):
        made = channel(self.BASE + "channel TestChannel : Base { Empty own = 101; };")
        assert numbers(made) == {"a": 1, "base_last": 100, "own": 101}
        assert numbers(made, "client") == {"b": 1}
        assert [message.name for message in made.own] == ["own"]
        assert [message.channel.type_name for message in made.messages("server")] == [
            "Base",
            "Base",
            "TestChannel",
        ]

    def test_inheritance_goes_through_channels_without_messages(self):
        made = channel(
            f"{self.BASE} channel TestChannel : Middle {{}}; channel Middle : Base {{}};"
        )
        assert numbers(made) == {"a": 1, "base_last": 100}
        assert [each.type_name for each in made.lineage()] == ["TestChannel", "Middle", "Base"]

    def test_base_last_reserves_the_numbers_up_to_100(self):
        text = f"{self.BASE} channel TestChannel : Base {{ Empty own = 100; }};"
        assert found(text) == [("E210", "100")]

    def test_base_last_is_a_message_of_every_channel(self):
        made = channel(self.BASE + "channel TestChannel : Base {};")
        last = made.messages("server")[-1]
        assert (last.name, last.number, last.body.members) == ("base_last", 100, [])

    def test_the_counter_of_a_derived_channel_starts_at_1_again(self):
        text = f"{self.BASE} channel TestChannel : Base {{ Empty own; }};"
        assert found(text) == [("E210", "own")]

    def test_a_number_or_name_of_the_base_cannot_be_redefined(self):
        for written, marked in (("Empty a = 101;", "a"), ("Empty own = 1;", "1")):
            text = f"{self.BASE} channel TestChannel : Base {{ {written} }};"
            assert found(text) == [("E210", marked)]
            (remark,) = [
                r for r in compiled(f"{EMPTY}{text} protocol P {{}};").diagnostics if r.hint
            ]
            assert remark.hint == "a derived channel cannot replace what it inherits"

    def test_the_other_direction_of_the_base_does_not_matter(self):
        text = "channel TestChannel : Base { server: Empty b = 101; client: Empty a = 100; };"
        assert numbers(channel(self.BASE + text), "client") == {"b": 1, "a": 100}

    def test_abstract_channels_own_their_messages(self):
        made = description(f"""
            {EMPTY} {self.BASE}
            channel SpicevmcChannel : Base {{ server: Empty data = 101; }};
            channel UsbredirChannel : SpicevmcChannel {{}};
            channel PortChannel : SpicevmcChannel {{ server: Empty init = 201; }};
            channel WebDAVChannel : PortChannel {{}};
            protocol P {{ UsbredirChannel usbredir = 9; PortChannel port; WebDAVChannel webdav; }};
        """)
        webdav = made.channel("webdav")
        assert webdav
        assert numbers(webdav) == {"a": 1, "base_last": 100, "data": 101, "init": 201}
        assert webdav.own == []
        spicevmc = made.channel("spicevmc")
        assert spicevmc
        assert (spicevmc.number, [message.name for message in spicevmc.own]) == (None, ["data"])
        assert [(each.name, each.number) for each in made.listed] == [
            ("usbredir", 9),
            ("port", 10),
            ("webdav", 11),
        ]

    def test_a_channel_is_not_its_own_base(self):
        assert found("channel TestChannel : TestChannel {};") == [("E211", "TestChannel")]
        text = "channel TestChannel : A {}; channel A : B {}; channel B : A {};"
        assert found(text) == [("E211", "A")]

    def test_a_base_is_a_channel(self):
        assert found("channel TestChannel : Nothing {};") == [("E101", "Nothing")]
        assert found("channel TestChannel : Empty {};") == [("E106", "Empty")]

    def test_bases_do_not_go_on_without_end(self):
        chain = [f"channel C{n} : C{n + 1} {{}};" for n in range(60)]
        for order in (chain, chain[::-1]):
            text = f"{' '.join(order)} channel C60 {{}}; channel TestChannel : C0 {{}};"
            assert [code for code, _ in found(text)] == ["E003"]


class TestProtocol:
    def test_channel_numbers_start_with_what_is_given_then_count(self):
        made = description("""
            channel A {}; channel B {}; channel C {};
            protocol P { A a = 5; B b; C c = 0x10; };
        """)
        assert [(each.name, each.number) for each in made.listed] == [("a", 5), ("b", 6), ("c", 16)]

    def test_the_first_channel_number_is_1(self):
        made = description("channel A {}; channel B {}; protocol P { A a; B b; };")
        assert [each.number for each in made.listed] == [1, 2]

    def test_listed_channels_are_called_as_the_protocol_calls_them(self):
        made = description(
            "channel WebDAVChannel {}; channel Other {}; protocol P { WebDAVChannel dav; };"
        )
        assert [each.name for each in made.channels] == ["dav", "other"]
        assert made.channel("webdav") is None

    def test_an_entry_documents_a_channel_that_has_no_words(self):
        made = description("""
            // of A
            channel A {};
            channel B {};
            protocol P {
                A a; // not used
                B b; // of B
            };
        """)
        assert [each.doc for each in made.channels] == ["of A", "of B"]

    @pytest.mark.parametrize(
        ("entries", "marked"),
        [
            ("A a = 0;", "0"),
            ("A a = 256;", "256"),
            ("A a = 255; B b;", "b"),
            ("A a = 1; B b = 1;", "1"),
            ("A a = 2; B b = 1; C c;", "c"),
            ("A a; B a;", "a"),
            ("A a; A b;", "A"),
        ],
    )
    def test_numbers_and_names_are_used_once_and_fit(self, entries, marked):
        text = f"channel A {{}}; channel B {{}}; channel C {{}}; protocol P {{ {entries} }};"
        assert marks(compiled(text)) == [("E212", marked)]

    def test_only_channels_are_listed(self):
        assert marks(compiled("enum8 E { A }; protocol P { X x; E e; };")) == [
            ("E101", "X"),
            ("E106", "E"),
        ]


class TestBodies:
    def test_a_named_message_is_shared(self):
        made = channel("message M { uint8 x; }; channel TestChannel { M a; M b; };")
        assert made.own[0].body is made.own[1].body
        assert made.own[0].body.name == "M"

    def test_a_body_of_its_own_is_named_after_its_message(self):
        made = channel("channel TestChannel { client: message { uint8 x; } go; };")
        assert (made.own[0].body.name, made.own[0].body.is_message) == (
            "TestChannel.client.go",
            True,
        )

    def test_a_named_body_is_a_message(self):
        assert found("struct S {}; enum8 e { A }; channel TestChannel { S a; e b; X c; Other d; };"
                     "channel Other {};") == [
            ("E106", "S"),
            ("E106", "e"),
            ("E101", "X"),
            ("E106", "Other"),
        ]  # fmt: skip

    def test_a_message_with_errors_of_its_own_is_not_unknown(self):
        text = "message M { uint8 ; } oops; channel TestChannel { M a; };"
        assert {code for code, _ in found(text)} == {"E002"}

    def test_features_come_from_the_message_or_its_channel(self):
        made = channel("""channel TestChannel { message {} @ifdef(M) a; Empty b; } @ifdef(C);""")
        assert [message.feature for message in made.own] == ["M", "C"]
        assert made.feature == "C"

    def test_inline_structs_in_messages_and_their_switches(self):
        made = description(f"""
            {EMPTY} enum8 e {{ A }};
            channel TestChannel {{ message {{
                e k; struct S {{ uint8 x; }} s; switch (k) {{ case A: struct T {{ S s; }} t; }} u;
            }} m; }};
            protocol P {{ TestChannel test; }};
        """)
        assert [struct.name for struct in made.structs] == ["Empty", "S", "T"]
