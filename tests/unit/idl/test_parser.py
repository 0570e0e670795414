"""The grammar: what each construct reads as, what comments document, the way back after errors."""

from __future__ import annotations

import pytest

from caraway.idl.parser import MAX_NESTING
from caraway.idl.syntax import (
    ArraySize,
    Body,
    ChannelDeclaration,
    EnumDeclaration,
    InlineStruct,
    MemberDeclaration,
    Name,
    Number,
    StructDeclaration,
    SwitchDeclaration,
    TypedefDeclaration,
    TypeName,
)
from tests.unit.idl.compiling import compiled, marks, plain, tree

PROTOCOL = "protocol P { };"


def definition(text: str):
    """The only definition of a file."""
    (made,) = tree(text + PROTOCOL).declarations
    return made


def statement(text: str) -> MemberDeclaration | SwitchDeclaration:
    """The only member of a struct."""
    made = definition(f"struct S {{ {text} }};")
    assert isinstance(made, StructDeclaration)
    (member,) = made.body.members
    return member


def size(text: str) -> ArraySize | None:
    made = statement(f"uint8 a{text};")
    assert isinstance(made, MemberDeclaration)
    return made.size


def texts(names) -> list[str]:
    return [name.text for name in names]


def errors(text: str) -> list[tuple[str, str, str]]:
    """Code, marked text and message of each error."""
    compilation = compiled(text)
    return [
        (*mark, remark.message)
        for mark, remark in zip(marks(compilation), compilation.diagnostics, strict=True)
        if remark.code[0] == "E"
    ]


class TestDefinitions:
    def test_a_typedef_names_the_new_type_first(self):
        made = definition("typedef fixed int32 @ctype(SPICE_FIXED);")
        assert isinstance(made, TypedefDeclaration)
        assert isinstance(made.type, TypeName)
        assert (made.name.text, made.type.name.text) == ("fixed", "int32")
        assert [attribute.name for attribute in made.attributes] == ["ctype"]

    def test_a_typedef_may_declare_its_struct(self):
        made = definition("typedef Point struct XY { int32 x; };")
        assert isinstance(made, TypedefDeclaration)
        assert isinstance(made.type, InlineStruct)
        assert made.type.struct.name.text == "XY"

    def test_structs_and_messages(self):
        struct, message = tree(f"struct S {{}} @declare; message M {{}};{PROTOCOL}").declarations
        assert isinstance(struct, StructDeclaration)
        assert isinstance(message, StructDeclaration)
        assert (struct.is_message, message.is_message) == (False, True)
        assert struct.body.members == []

    @pytest.mark.parametrize("bits", [8, 16, 32])
    @pytest.mark.parametrize("word", ["enum", "flags"])
    def test_enums_and_flags_of_each_width(self, word, bits):
        made = definition(f"{word}{bits} e {{ A, B = 0x10, 1C = -2 @deprecated }} @prefix(P_);")
        assert isinstance(made, EnumDeclaration)
        assert (made.is_flags, made.bits) == (word == "flags", bits)
        assert [item.name.text for item in made.items] == ["A", "B", "1C"]
        assert [item.number and item.number.value for item in made.items] == [None, 16, -2]
        assert [item.attributes for item in made.items][:2] == [(), ()]

    @pytest.mark.parametrize("name", ["1BIT_LE", "32_ARGB", "_hidden", "7", "0x12", "A"])
    def test_the_name_of_an_item_may_begin_with_anything(self, name):
        made = definition(f"enum8 e {{ {name} }};")
        assert isinstance(made, EnumDeclaration)
        assert made.items[0].name.text == name

    @pytest.mark.parametrize("comma", ["", ","])
    def test_a_comma_may_stand_behind_the_last_item(self, comma):
        made = definition(f"enum8 e {{ A, B{comma} }};")
        assert isinstance(made, EnumDeclaration)
        assert len(made.items) == 2

    def test_a_channel_and_its_base(self):
        made = definition("channel A : B {} @ifdef(X);")
        assert isinstance(made, ChannelDeclaration)
        assert made.base
        assert (made.name.text, made.base.text, made.messages) == ("A", "B", [])

    def test_before_the_first_section_messages_are_the_servers(self):
        made = definition(
            "channel A { Empty a; client: Empty b; server: Empty c; client: Empty d; };"
        )
        assert isinstance(made, ChannelDeclaration)
        assert [(m.direction, m.name.text) for m in made.messages] == [
            ("server", "a"),
            ("client", "b"),
            ("server", "c"),
            ("client", "d"),
        ]

    def test_a_message_has_a_body_or_the_name_of_one(self):
        made = definition("channel A { message { uint8 x; } @ifdef(X) a = 0x65; Empty b; };")
        assert isinstance(made, ChannelDeclaration)
        first, second = made.messages
        assert isinstance(first.body, Body)
        assert isinstance(second.body, Name)
        assert first.number
        assert first.number.value == 0x65
        assert (second.body.text, second.number) == ("Empty", None)
        assert [attribute.name for attribute in first.attributes] == ["ifdef"]

    def test_section_words_are_names_elsewhere(self):
        made = definition("channel A { server server; client client = 2; message message; };")
        assert isinstance(made, ChannelDeclaration)
        assert texts(m.name for m in made.messages) == ["server", "client", "message"]

    def test_the_protocol_lists_channels(self):
        made = tree("protocol P { MainChannel main = 1; OtherChannel other; };").protocol
        assert made
        assert made.name.text == "P"
        assert [
            (e.channel.text, e.name.text, e.number and e.number.value) for e in made.entries
        ] == [
            ("MainChannel", "main", 1),
            ("OtherChannel", "other", None),
        ]


class TestMembers:
    def test_a_plain_member(self):
        made = statement("uint8 a;")
        assert isinstance(made, MemberDeclaration)
        assert (made.is_pointer, made.size, made.attributes) == (False, None, ())

    def test_a_pointer(self):
        made = statement("uint8 *a;")
        assert isinstance(made, MemberDeclaration)
        assert made.is_pointer

    def test_an_inline_struct_with_attributes(self):
        made = statement("struct T { uint8 x; } @declare a;")
        assert isinstance(made, MemberDeclaration)
        assert isinstance(made.type, InlineStruct)
        assert [attribute.name for attribute in made.type.struct.attributes] == ["declare"]
        assert made.name.text == "a"

    @pytest.mark.parametrize("word", ["switch", "message", "case", "default", "channel", "enum8"])
    def test_words_of_the_language_are_names_where_they_can_be(self, word):
        made = statement(f"uint8 {word};")
        assert made.name.text == word

    def test_a_type_may_be_called_switch(self):
        made = statement("switch a;")
        assert isinstance(made, MemberDeclaration)

    def test_sizes_of_arrays(self):
        assert size("") is None
        rest, constant, count = size("[]"), size("[16]"), size("[n]")
        assert rest
        assert constant
        assert count
        assert (rest.kind, rest.names, rest.number) == ("rest", (), None)
        assert (constant.kind, constant.number and constant.number.value) == ("constant", 16)
        assert (count.kind, texts(count.names)) == ("count", ["n"])

    def test_sizes_that_are_computed(self):
        image, count, string = (
            size("[image_size(8, w, h)]"),
            size("[bytes(n, m)]"),
            size("[cstring()]"),
        )
        assert image
        assert count
        assert string
        assert image.number
        assert (image.kind, image.number.value, texts(image.names)) == ("image_size", 8, ["w", "h"])
        assert (count.kind, texts(count.names)) == ("bytes", ["n", "m"])
        assert (string.kind, string.names) == ("cstring", ())

    def test_a_count_may_be_called_like_a_function(self):
        made = size("[bytes]")
        assert made
        assert (made.kind, texts(made.names)) == ("count", ["bytes"])

    def test_attributes_take_names_and_numbers(self):
        made = statement("uint8 a @x @y(1) @z(n, -2, 0x3);")
        assert [attribute.name for attribute in made.attributes] == ["x", "y", "z"]
        arguments = made.attributes[2].arguments
        assert isinstance(arguments[0], Name)
        assert [a.value for a in arguments if isinstance(a, Number)] == [-2, 3]

    def test_a_switch(self):
        made = statement("switch (a.b) { case X: case !Y: uint8 p; default: uint8 q; } u @anon;")
        assert isinstance(made, SwitchDeclaration)
        assert texts(made.path) == ["a", "b"]
        first, second = made.cases
        assert [(label.item and label.item.text, label.negated) for label in first.labels] == [
            ("X", False),
            ("Y", True),
        ]
        assert [(label.item, label.negated) for label in second.labels] == [(None, False)]
        assert (first.member.name.text, made.name.text) == ("p", "u")

    @pytest.mark.parametrize("label", ["1BIT_LE", "7", "_x"])
    def test_labels_are_item_names(self, label):
        made = statement(f"switch (a) {{ case {label}: uint8 p; }} u;")
        assert isinstance(made, SwitchDeclaration)
        item = made.cases[0].labels[0].item
        assert item
        assert item.text == label


class TestSpans:
    """Every name and number knows where it stands."""

    def test_spans_cover_what_was_written(self):
        text = "struct S { uint8 *a[n] @x(1); };" + PROTOCOL
        (made,) = tree(text).declarations
        assert isinstance(made, StructDeclaration)
        (member,) = made.body.members
        assert isinstance(member, MemberDeclaration)
        assert member.size
        spans = [made.name, member, member.name, member.size, member.attributes[0], made.body]
        assert [text[each.span.start : each.span.end] for each in spans] == [
            "S",
            "uint8 *a[n] @x(1);",
            "a",
            "[n]",
            "@x(1)",
            "{ uint8 *a[n] @x(1); }",
        ]


class TestDocumentation:
    def test_the_block_above_and_the_comment_behind_document_a_member(self):
        made = statement("/* far */\n\n// one\n/* two */\nuint8 a; // three\n// four\n")
        assert made.doc == "one\ntwo\nthree"

    def test_a_blank_line_parts_a_comment_from_what_follows(self):
        assert statement("\n// far\n\nuint8 a;").doc == ""

    def test_definitions_messages_switches_and_channels(self):
        file = tree("""
            // a struct
            struct S {
                // a switch
                switch (a) {
                case X:
                    // a member
                    uint8 x; // of a case
                } u;
            };
            // a typedef
            typedef t uint8;
            // an enum
            enum8 e { A };
            // a channel
            channel C {
              server:
                // a message
                Empty m; // without members
            }; // and no more
            // a protocol
            protocol P {
                // an entry
                C c = 1;
            };
        """)
        struct, typedef, enum, channel = file.declarations
        assert isinstance(struct, StructDeclaration)
        assert isinstance(channel, ChannelDeclaration)
        (switch,) = struct.body.members
        assert isinstance(switch, SwitchDeclaration)
        assert [each.doc for each in (struct, switch, switch.cases[0].member, typedef, enum)] == [
            "a struct",
            "a switch",
            "a member\nof a case",
            "a typedef",
            "an enum",
        ]
        assert channel.doc == "a channel\nand no more"
        assert channel.messages[0].doc == "a message\nwithout members"
        assert file.protocol
        assert (file.protocol.doc, file.protocol.entries[0].doc) == ("a protocol", "an entry")

    def test_a_comment_behind_the_comma_belongs_to_the_item_before(self):
        made = definition("""enum8 e {
            A, // one
            // above
            B, /* two */ C, // three
            D // four
        };""")
        assert isinstance(made, EnumDeclaration)
        assert [item.doc for item in made.items] == ["one", "above\ntwo", "three", "four"]

    def test_an_inline_struct_shares_the_comment_of_its_member(self):
        made = statement("\n// about both\nstruct T { uint8 x; } a;")
        assert isinstance(made, MemberDeclaration)
        assert isinstance(made.type, InlineStruct)
        assert (made.doc, made.type.struct.doc) == ("about both", "about both")
        other = statement("struct T { uint8 x; } a;")
        assert isinstance(other, MemberDeclaration)
        assert isinstance(other.type, InlineStruct)
        assert other.type.struct.doc == ""

    def test_the_file_is_documented_by_its_first_comments(self):
        assert tree("// the file\n\n// the protocol\nprotocol P { };").doc == "the file"
        assert tree("// the file\n\nprotocol P { };").doc == "the file"
        assert tree("// one\n\n// two\n\nprotocol P { };").doc == "one\ntwo"

    def test_a_comment_directly_above_the_first_definition_is_not_the_files(self):
        file = tree("// the protocol\nprotocol P { };")
        assert file.protocol
        assert (file.doc, file.protocol.doc) == ("", "the protocol")
        assert tree("protocol P { };").doc == ""

    def test_comments_may_stand_between_any_tokens(self):
        text = "struct S { struct T { uint8 * a [ n ] @ x ( 1 , y ) ; } t ; } ; protocol P { } ;"
        commented = "/* c */".join(["", *(f" {word} " for word in text.split()), ""])
        lines = " // c\n".join(text.split())
        without = plain(tree(text))
        for other in (commented, lines):
            assert str(plain(tree(other))).replace("c\\n", "").replace("'c'", "''") == str(without)


class TestOnePerFile:
    def test_a_file_without_a_protocol(self):
        assert errors("struct S {};") == [("E002", ";", "the description has no protocol block")]
        assert errors("") == [("E002", "", "the description has no protocol block")]

    def test_the_protocol_is_the_last_thing_in_a_file(self):
        assert errors("protocol P { };\nstruct S {};\nenum8 e { A };") == [
            ("E002", "struct", "expected end of file, found 'struct'"),
            ("E002", "enum8", "expected end of file, found 'enum8'"),
        ]


class TestNothingElse:
    """There are no expressions, imports, constants or preprocessor."""

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('import "other";', "expected a definition, found 'import'"),
            ("const uint8 x = 1;", "expected a definition, found 'const'"),
            ("define X 1;", "expected a definition, found 'define'"),
            ("struct S { uint8 a[n*2]; };", "expected ']' after this, found '*'"),
            ("struct S { uint8 a[2 3]; };", "expected ']' after this, found '3'"),
            ("struct S { uint8 a = 1; };", "expected ';' after this, found '='"),
            ("struct S { uint8 **a; };", "expected the member's name, found '*'"),
            ("struct S { uint8 a[2][2]; };", "expected ';' after this, found '['"),
            ("enum8 e { A = B };", "expected a number, found 'B'"),
            ("enum8 e { A = (1) };", "expected a number, found '('"),
            ("enum64 e { A };", "expected a definition, found 'enum64'"),
            ("channel C { both: Empty m; };", "expected the message's name, found ':'"),
            ("channel C { enum8 e { A }; };", "expected '}' after this, found 'enum8'"),
            ("struct S { uint8 x; } s;", "expected ';' after this, found 's'"),
            ("struct S { switch (a) { case X: { uint8 p; } } u; };", "expected a type, found '{'"),
        ],
    )
    def test_it_is_refused(self, text, message):
        found = errors(f"{text}\n{PROTOCOL}")
        assert next(what for code, _, what in found if code == "E002") == message

    def test_a_name_does_not_begin_with_an_underscore(self):
        (remark,) = compiled(f"struct _S {{}};\n{PROTOCOL}").diagnostics
        assert (remark.message, remark.hint) == (
            "expected a name, found '_S'",
            "a name begins with a letter",
        )


class TestRecovery:
    """After an error the rest of the file is read."""

    def test_one_run_reports_errors_in_many_places(self):
        found = errors("""
            struct A { uint8 a uint8 b; };
            enum8 e { X Y, Z = };
            channel C {
              server:
                message { uint8 x; uint8 } = 3;
                message { uint8 x } m;
            };
            protocol P { C c = x; C; };
        """)
        assert [mark for _, mark, _ in found] == ["a", "X", "}", "}", "=", "x", "x", ";"]

    def test_a_statement_with_braces_is_skipped_whole(self):
        found = errors(f"struct S {{ 5 {{ x; }} y; uint8 a; uint8 [; }};\n{PROTOCOL}")
        assert [mark for _, mark, _ in found] == ["5", "["]

    def test_a_missing_brace_is_found_where_the_next_definition_begins(self):
        for behind in (
            "struct B { uint8 x; };",
            "message B { uint8 x; };",
            "enum8 B { X };",
            "typedef B uint8;",
            "typedef B struct C { uint8 x; };",
            "channel B { };",
            "channel B : A { };",
            "protocol B { };",
        ):
            for before in ("struct A { uint8 x;", "channel A { server:", "enum8 A { X, Y"):
                found = errors(f"{before}\n{behind}\n{PROTOCOL}")
                assert found[0][2].startswith("expected '}' after this"), (before, behind)

    def test_a_brace_that_is_missing_deep_inside_costs_one_message(self):
        found = errors(f"""
            struct S {{ struct T {{ uint8 x; switch (x) {{ case A: uint8 a;
            enum8 e {{ A }};
            {PROTOCOL}
        """)
        assert [(mark, message) for _, mark, message in found] == [
            (";", "expected '}' after this, found 'enum8'")
        ]

    def test_an_inline_struct_is_not_taken_for_a_definition(self):
        assert errors(f"struct A {{ struct B {{ uint8 x; }} @declare b; }};\n{PROTOCOL}") == []

    def test_names_of_definitions_with_errors_are_not_complained_about(self):
        found = errors("""
            enum8 e X, Y };
            struct A { uint8 x;
            message M { ;
            channel Base { server: message { uint8 ; } m; } oops;
            typedef t = uint8;
            channel C : Base { server: message { A a; e b; t c; switch (b) { case X: A d; } u; } m;
              M n; };
            protocol P { C c = 1; Base b = 2; };
        """)
        assert {code for code, _, _ in found} == {"E002"}

    def test_unbalanced_braces_end_somewhere(self):
        assert errors("}}}} struct S {")[0][2] == "expected a definition, found '}'"
        assert errors("struct S { { { {")[0][2] == "expected a type, found '{'"
        assert errors("channel C")[0][2] == "expected '{', found end of file"
        assert errors("enum8 e { A ;")[0][2] == "expected ',' after this, found ';'"

    def test_a_broken_protocol_is_one_error(self):
        assert errors("protocol {};") == [("E002", "{", "expected the protocol's name, found '{'")]
        assert errors("message")[0][2] == "expected a name, found end of file"

    def test_text_that_ends_too_early_is_an_error_wherever_it_ends(self):
        text = (
            "typedef t int8 @ctype(X); struct S { struct T { int8 *x[n] @as_ptr(l); } t; "
            "switch (a.b) { case !X: int8 y[image_size(1, a, b)]; default: int8 z; } u; } @declare;"
            "enum8 e { A, B = 1 @deprecated } @prefix(P); channel C : D { server: message { int8 q;"
            " } @ifdef(X) m = 3; client: S n; } @ifdef(Y); protocol P { C c = 1; };"
        )
        assert tree(text).protocol
        for end in range(len(text)):
            assert compiled(text[:end]).failed


def nested(depth: int) -> str:
    opening = "".join(f"struct S{n} {{ " for n in range(depth))
    closing = "".join(f"}} s{n}; " for n in range(1, depth))
    return f"{opening} uint8 x; {closing} }};\n{PROTOCOL}"


def test_structs_may_stand_in_structs_but_not_without_end():
    assert tree(nested(MAX_NESTING)).protocol
    found = errors(nested(MAX_NESTING + 1) + "and this is not even read")
    assert [(code, mark) for code, mark, _ in found] == [("E003", "{")]


def test_only_three_functions_are_array_sizes():
    assert errors(f"struct S {{ uint8 a[sizeof(b)]; uint8 b[4(; }};\n{PROTOCOL}") == [
        ("E002", "sizeof", "'sizeof' is not an array size"),
        ("E002", "4", "expected ']' after this, found '('"),
    ]


def test_a_label_needs_a_value_and_a_case_needs_a_label():
    found = errors("""
        enum8 e { A };
        struct S { e t; switch (t) { case @: uint8 a; uint8 b; case A: uint8 c; } u; };
        protocol P { };
    """)
    assert found == [
        ("E002", "@", "expected a value of the switched type, found '@'"),
        ("E002", "uint8", "expected 'case' or 'default', found 'uint8'"),
    ]


def test_a_switch_has_at_least_one_case():
    found = errors(f"enum8 e {{ A }}; struct S {{ e t; switch (t) {{}} u; }};\n{PROTOCOL}")
    assert found == [("E002", "}", "expected 'case' or 'default', found '}'")]


def test_an_enum_has_at_least_one_item():
    assert errors(f"enum8 e {{}};\n{PROTOCOL}") == [
        ("E002", "}", "expected an item's name, found '}'")
    ]
