"""The reference page."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from caraway.idl import Source, compile_source
from caraway.idl.backends.markdown import render

GOLDEN = Path(__file__).parent / "golden"
DESCRIPTIONS = sorted(
    each.name for each in files("caraway.descriptions").iterdir() if each.name.endswith(".proto")
)


def page_of(text: str, *, dialect: int = 2, name: str = "demo.proto") -> str:
    return render(compile_source(Source(name, text), dialect=dialect).description)


@pytest.fixture(scope="module")
def showcase() -> str:
    return page_of((GOLDEN / "showcase.proto").read_text(), name="some/where/showcase.proto")


@pytest.fixture(scope="module", params=["showcase.proto", *DESCRIPTIONS])
def page(request) -> str:
    folder = GOLDEN if request.param == "showcase.proto" else files("caraway.descriptions")
    dialect = 1 if request.param == "spice1.proto" else 2
    return page_of((folder / request.param).read_text(), dialect=dialect, name=request.param)


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def section(page: str, anchor: str) -> str:
    """The page from an anchor to the next one."""
    return page.split(f'<a id="{anchor}"></a>')[1].split('<a id="')[0]


def test_the_showcase_is_written_as_it_was_checked_in(showcase):
    assert showcase == (GOLDEN / "showcase.md").read_text()


# What holds for every page


def test_every_internal_link_leads_to_an_anchor(page):
    anchors = re.findall(r'<a id="([^"]+)"></a>', page)
    links = re.findall(r"\]\(([^)]*)\)", page)
    assert links
    assert [link for link in links if not link.startswith("#")] == []
    assert {link.removeprefix("#") for link in links} - set(anchors) == set()


def test_no_anchor_is_there_twice(page):
    counts = Counter(re.findall(r'<a id="([^"]+)"></a>', page))
    assert [anchor for anchor, count in counts.items() if count > 1] == []


def test_every_row_of_a_table_has_as_many_cells_as_its_head(page):
    lines = page.split("\n")
    heads = [index for index, line in enumerate(lines) if re.fullmatch(r"\|( --- \|)+", line)]
    assert heads
    for head in heads:
        assert lines[head - 2] == "", f"no empty line before {lines[head - 1]}"
        at = head - 1
        while lines[at]:
            assert len(cells(lines[at])) == len(cells(lines[head])), lines[at]
            at += 1


def test_headings_and_lists_stand_apart(page):
    lines = page.split("\n")
    for index, line in enumerate(lines):
        if line.startswith("#") and index:
            assert (lines[index - 1], lines[index + 1]) == ("", ""), line
    assert "\n\n\n" not in page
    assert page.endswith("\n")
    assert not page.endswith("\n\n")


def test_no_line_ends_with_blanks(page):
    assert [line for line in page.split("\n") if line != line.rstrip()] == []


def test_every_message_struct_and_enum_has_its_place():
    text = (files("caraway.descriptions") / "spice.proto").read_text()
    description = compile_source(Source("spice.proto", text)).description
    page = render(description)
    anchors = set(re.findall(r'<a id="([^"]+)"></a>', page))
    for message in description.messages:
        assert f"{message.channel.name}-{message.direction}-{message.name}" in anchors
    for type_ in [*description.structs, *description.enums]:
        assert f"type-{type_.name}" in anchors


def test_it_is_the_same_every_time():
    text = (GOLDEN / "showcase.proto").read_text()
    assert page_of(text) == page_of(text)


# How layouts are told


def rows(page: str, anchor: str) -> dict[str, list[str]]:
    """The rows of the table at an anchor by member."""
    lines = [line for line in section(page, anchor).split("\n") if line.startswith("| ")]
    found = {row[2]: row for row in map(cells, lines[2:])}
    assert len(found) == len(lines) - 2
    return found


def layout(members: str, types: str = "", *, dialect: int = 2) -> dict[str, list[str]]:
    text = f"{types} channel C {{ server: message {{ {members} }} x; }}; protocol Demo {{ C c; }};"
    return rows(page_of(text, dialect=dialect), "c-server-x")


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ("int16 x;", "`int16`"),
        ("unix_fd x;", "file descriptor"),
        ("uint8 x[16];", "16 bytes"),
        ("uint16 x[16];", "16 × `uint16`"),
        ("uint8 x[];", "bytes up to the end of the message"),
        ("uint8 x[] @zero_terminated;", "bytes of text up to the end of the message"),
        ("uint16 x[];", "any number of `uint16`, up to the end of the message"),
        ("uint8 n; uint8 x[n];", "`n` bytes"),
        ("uint8 n; uint8 x[n] @zero_terminated;", "`n` bytes of text"),
        ("uint8 n; uint16 x[n];", "`n` × `uint16`"),
        ("uint8 n; uint8 x[bytes(n, m)];", "`n` bytes"),
        ("uint8 n; uint16 x[bytes(n, m)];", "any number of `uint16`, in `n` bytes"),
        ("uint8 n; uint8 x[image_size(8, n, n)];", "`n` × `n` bytes"),
        ("uint8 n; uint8 x[image_size(4, n, n)];", "`n` × ⌈`n` × 4 / 8⌉ bytes"),
        ("uint16 *x;", "offset of `uint16` (0 for none)"),
        ("uint16 *x @nonnull;", "offset of `uint16` (never 0)"),
        ("uint8 n; uint16 *x[n];", "offset of `n` × `uint16` (0 for none)"),
        ("uint8 n; uint8 *x[n] @zero_terminated;", "offset of `n` bytes of text (0 for none)"),
    ],
)
def test_a_type_is_told_in_words(members, words):
    assert layout(members)["`x`"][3] == words


@pytest.mark.parametrize(
    ("members", "meaning"),
    [
        ("uint8 x; // so", "so"),
        ("uint8 x @zero;", "reserved: written as 0, ignored when read"),
        ("uint8 x @virtual(5); uint8 y;", "not on the wire: always 5"),
        ("uint8 x @minor(3); uint8 y;", "present from minor 3 on"),
        ("uint8 x @zero; // pad", "pad; reserved: written as 0, ignored when read"),
        ("uint8 x @minor(3); // A pad.\n uint8 y;", "A pad. Present from minor 3 on"),
        ("uint8 x; // a|b, see y_y", r"a\|b, see `y_y`"),
    ],
)
def test_what_is_special_about_a_member_is_said(members, meaning):
    assert layout(members + "\n")["`x`"][4] == meaning


def test_offsets_and_sizes_say_where_they_vary():
    found = layout("uint32 a; uint16 n; uint8 b[n]; uint8 c; uint8 d @minor(1); uint8 e;")
    assert [row[:2] for row in found.values()] == [
        ["0", "4"],
        ["4", "2"],
        ["6", "0+"],
        ["6+", "1"],
        ["7+", "1"],
        ["7+", "1"],
    ]


def test_a_pointer_of_the_old_dialect_takes_8_bytes():
    assert layout("uint8 *x;", dialect=1)["`x`"][1] == "8"


ENUM = "enum8 kind { A, B, C }; flags8 bits { D, E };"


def test_the_cases_of_a_switch_are_rows_below_it():
    found = layout("kind k; switch (k) { case A: case B: uint8 x; case C: uint16 y; } u;", ENUM)
    assert list(found) == [
        "`k`",
        "`u`",
        "↳ if A or B: `x`",
        "↳ if C: `y`",
        "↳ otherwise",
    ]
    assert found["`u`"] == ["1", "0+", "`u`", "depends on `k`", ""]
    assert found["↳ otherwise"] == ["", "0", "↳ otherwise", "nothing", ""]


def test_a_default_case_is_otherwise():
    found = layout("kind k; switch (k) { case A: uint8 x; default: uint16 y; } u;", ENUM)
    assert list(found)[2:] == ["↳ if A: `x`", "↳ otherwise: `y`"]


def test_cases_of_flags_ask_for_bits():
    found = layout("bits k; switch (k) { case D: uint8 x; case !E: uint16 y; } u;", ENUM)
    assert found["`u`"][3] == "the first case that applies by `k`"
    assert list(found)[2:4] == ["↳ if D is set: `x`", "↳ if E is clear: `y`"]


def test_a_case_that_is_padded_says_so():
    found = layout("kind k; switch (k) { case A: uint32 x; } u @fixedsize;", ENUM)
    assert found["`u`"][1] == "4"
    assert found["`u`"][4] == "every case is padded with zeros to 4 bytes"
    assert found["↳ otherwise"][1:4] == ["4", "↳ otherwise", "padding"]


def test_a_discriminator_inside_a_struct_names_its_type():
    types = ENUM + "struct S { kind k; };"
    found = layout("S s; switch (s.k) { case A: uint32 x; } u;", types)
    assert found["`u`"][3] == "depends on `s.k` ([kind](#type-kind))"


@pytest.mark.parametrize(
    ("members", "size"),
    [
        ("", "no bytes"),
        ("uint8 x;", "1 byte"),
        ("uint16 x;", "2 bytes"),
        ("uint8 x; uint8 y[];", "at least 1 byte"),
        ("uint8 y[];", "any number of bytes"),
        ("uint8 *y;", "4 bytes, and what its offsets lead to"),
    ],
)
def test_the_size_of_a_message_is_said_in_words(members, size):
    text = f"channel C {{ server: message {{ {members} }} x; }}; protocol Demo {{ C c; }};"
    facts = section(page_of(text), "c-server-x").split("\n")[4]
    assert facts == f"Number 1 from the server · {size} · `DEMO_MSG_C_X` in C · `ServerX` in Python"


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ("Inner *p;", True),
        ("uint8 *p[2];", True),
        ("Inner s;", True),
        ("Inner s[2];", True),
        ("kind k; switch (k) { case A: uint8 *p; } u;", True),
        ("kind k; switch (k) { case A: uint8 p; } u;", False),
    ],
)
def test_offsets_inside_are_noticed(members, expected):
    text = (
        f"{ENUM} struct Inner {{ uint8 *p; }};"
        f"channel C {{ server: message {{ {members} }} x; }}; protocol Demo {{ C c; }};"
    )
    facts = section(page_of(text), "c-server-x").split("\n")[4]
    assert ("what its offsets lead to" in facts) is expected


# Where things stand


def test_a_struct_stands_below_the_only_one_that_uses_it():
    text = (
        "struct Inner { uint8 x; }; struct Outer { Inner a; Inner b; };"
        "channel C { server: message { Outer o; } x; }; protocol Demo { C c; };"
    )
    order = re.findall(r'<a id="((?:c|type|structs)[^"]*)"', page_of(text))
    assert order == ["channels", "channel-c", "c-server-x", "type-Outer", "type-Inner", "structs"]


def test_a_struct_that_nothing_uses_stands_among_the_structs():
    text = "struct Lonely { uint8 x; }; protocol Demo { };"
    assert "1 byte.\n" in section(page_of(text), "type-Lonely")


def test_the_old_dialect_is_told_apart():
    assert page_of("protocol Spice { };", dialect=1).startswith("# Spice protocol 1: reference\n")


def test_a_base_that_has_no_messages_gives_none():
    text = """
    channel BaseChannel { };
    channel MiddleChannel : BaseChannel { server: message { uint8 x; } a; message { uint8 x; } b; };
    channel LastChannel : MiddleChannel { };
    protocol Demo { LastChannel last; };
    """
    page = page_of(text)
    inherited = re.findall(r"^From .*", section(page, "channel-last"), re.MULTILINE)
    assert inherited == ["From [middle](#channel-middle) it has messages 1–2 from the server."]
    assert "It has no messages." in section(page, "channel-base")
    assert "It has no messages." not in section(page, "channel-last")


def test_a_protocol_without_anything_has_neither_structs_nor_enums():
    page = page_of("protocol Demo { };")
    assert re.findall(r'<a id="([^"]+)"', page) == ["overview", "reading", "channels"]


def test_aliases_are_listed_even_without_structs():
    page = page_of("typedef meters uint32; // length\nprotocol Demo { };")
    assert "| `meters` | `uint32` | length |" in section(page, "structs")


def test_a_view_whose_number_is_no_enum_shows_numbers_alone():
    text = """
    channel V { server: message { uint8 x; } a = 3; };
    struct Inner { uint8 kind; uint8 data[1] @view(V, kind); };
    channel C { server: message { Inner i; } x; };
    protocol Demo { C c; };
    """
    page = page_of(text)
    view = section(page, "channel-v")
    assert "`data` of [Inner](#type-Inner) can have these layouts; `kind` there says which." in view
    assert "| 3 | [a](#v-server-a) |  |" in view
    assert "Value 3 · 1 byte" in section(page, "v-server-a")


def test_names_in_comments_lead_to_what_the_reader_means():
    text = """
    // Not pa_ck but other_one; Elsewhere and MainChannel.
    flags8 mode_x { A };
    struct Elsewhere { uint8 x; };
    channel MainChannel {
      server:
        // Tells mode_x. Not to itself: other_one.
        message {
            mode_x size_m; // mode_x, size_m, and pong
            Elsewhere e;
            Elsewhere f;
        } mode_x;
        // Answers mode_x.
        message { Elsewhere e; } other_one;
      client:
        // Answers mode_x, from main_two.
        message { uint8 x; } mode_x;
    };
    channel TwoChannel { server: message { uint8 x; } same_one; };
    channel ThreeChannel { server: message { uint8 x; } same_one; };
    // Of main_two, or same_one.
    struct Last { uint8 x; };
    protocol Demo { MainChannel main; TwoChannel main_two; ThreeChannel three; };
    """
    page = page_of(text)
    server = section(page, "main-server-mode_x")
    assert "Tells [mode_x](#main-client-mode_x). Not to itself: [other_one]" in server
    assert "| [mode_x](#type-mode_x), `size_m`, and pong |" in server
    client = section(page, "main-client-mode_x")
    assert "Answers [mode_x](#main-server-mode_x), from [main_two](#channel-main_two)." in client
    flags = section(page, "type-mode_x")
    assert "Not `pa_ck` but [other_one](#main-server-other_one); [Elsewhere]" not in flags
    assert "Not `pa_ck` but [other_one](#main-server-other_one); Elsewhere and" in flags
    assert "Of [main_two](#channel-main_two), or `same_one`." in section(page, "type-Last")


def test_a_message_does_not_link_to_itself():
    text = """
    channel MainChannel {
      server:
        // This one_two is alone.
        message { uint8 x; } one_two;
    };
    protocol Demo { MainChannel main; };
    """
    assert "This `one_two` is alone." in section(page_of(text), "main-server-one_two")
