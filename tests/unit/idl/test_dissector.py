"""The Wireshark dissector as text; tests/interop/dissector runs it.

``golden/dissector.lua`` is what is made from the showcase, without the code
that is the same for every protocol. ``python -m tests.unit.idl.test_dissector``
in the project's folder writes it anew.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

import caraway
from caraway.errors import DescriptionError
from caraway.idl import Source, compile_source
from caraway.idl.backends.dissector import render
from caraway.idl.backends.dissector.lua_connections import CONNECTIONS
from caraway.idl.backends.dissector.lua_driver import DRIVER
from caraway.idl.backends.dissector.lua_fields import FIELDS
from caraway.idl.backends.dissector.lua_layouts import LAYOUTS
from caraway.idl.backends.dissector.lua_messages import MESSAGES
from caraway.idl.model import Description

GOLDEN = Path(__file__).parent / "golden"
DESCRIPTIONS = Path(caraway.__file__).parent / "descriptions"

DEMO = """
    channel MainChannel { server: message { uint8 a; } hello; };
    protocol Demo { MainChannel main; };
"""


def compiled(text: str, *, name: str = "demo.proto", dialect: int = 2) -> Description:
    return compile_source(Source(name, text), dialect=dialect).description


def builtin(name: str, *, dialect: int = 2, without: str = "") -> Description:
    """A description that comes with caraway, without one part of its text."""
    text = (DESCRIPTIONS / name).read_text("utf-8")
    assert without in text
    return compiled(text.replace(without, ""), name=name, dialect=dialect)


def made(source: str) -> str:
    """A dissector without the code that is the same for every protocol."""
    for name, code in (
        ("fields", FIELDS),
        ("layouts", LAYOUTS),
        ("connections", CONNECTIONS),
        ("messages", MESSAGES),
        ("driver", DRIVER),
    ):
        assert source.count(code) == 1
        source = source.replace(code, f"\n-- … {name} …\n")
    return source


def showcase() -> str:
    text = (GOLDEN / "showcase.proto").read_text("utf-8")
    return made(render(compiled(text, name="some/where/showcase.proto")))


def lines(text: str, **options: int) -> list[str]:
    """The dissector's lines for a protocol with one channel whose server messages are given."""
    dialect = options.get("dialect", 2)
    source = f"{text}\nprotocol Demo {{ MainChannel main; }};"
    return made(render(compiled(source, dialect=dialect))).splitlines()


class TestGolden:
    def test_the_showcase_is_written_as_it_was_checked_in(self):
        assert showcase() == (GOLDEN / "dissector.lua").read_text("utf-8")

    def test_the_same_description_gives_the_same_text(self):
        assert render(compiled(DEMO)) == render(compiled(DEMO))

    def test_the_path_of_the_description_does_not_show(self):
        assert "from showcase.proto;" in showcase()
        assert "some/where" not in showcase()


#: Lua's tokens, as far as they matter here: comments and strings are one token each.
TOKEN = re.compile(
    r"""--[^\n]* | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | 0x[0-9a-f]+ | \d+(?:\.\d+)?
      | [A-Za-z_]\w* | \.\.\.? | [=~<>]= | // | [-+*/%^\#<>=(){}\[\];:,.] | \s+ | (?P<odd>.)""",
    re.VERBOSE,
)


def tokens(lua: str) -> list[str]:
    found = []
    for match in TOKEN.finditer(lua):
        assert match["odd"] is None, f"{match.group()!r} in {lua[match.start() :][:60]!r}"
        if not match.group().isspace() and not match.group().startswith("--"):
            found.append(match.group())
    return found


@pytest.fixture(scope="module")
def whole() -> str:
    return render(builtin("spice.proto"), link=builtin("link.proto"), mux=builtin("mux.proto"))


class TestLua:
    """What can be said of the Lua without running it."""

    def test_brackets_and_blocks_are_closed(self, whole):
        partner = {")": "(", "}": "{", "]": "[", "end": "block"}
        opened = []
        for token in tokens(whole):
            if token in "({[":
                opened.append(token)
            elif token in ("function", "if", "do"):
                opened.append("block")
            elif token in partner:
                assert opened.pop() == partner[token]
        assert opened == []

    def test_it_runs_on_every_version_of_lua_from_5_2(self, whole):
        found = tokens(whole)
        # The tokenizer refuses the bit operators of 5.3.
        assert "//" not in found
        calls = {name for name, point in pairwise(found) if point in (".", "(")}
        assert not {"bit", "bit32", "unpack", "setfenv", "module"} & calls

    def test_it_stays_below_the_limit_of_local_variables(self, whole):
        names = re.findall(r"^local (?:function )?([^=\n]+)", whole, re.MULTILINE)
        assert sum(len(name.split("(")[0].split(",")) for name in names) < 180

    def test_every_field_has_one_meaning(self, whole):
        """Members of the same name declare the same field, so each name has one layout."""
        layouts = re.findall(r'member\("([^"]+)", (\w+(?:\("[^"]*"\))?)', whole)
        meanings = Counter(name for name, _ in set(layouts))
        assert {name for name, count in meanings.items() if count > 1} == set()
        assert len(meanings) > 400

    def test_every_message_is_there(self, whole):
        spice = builtin("spice.proto")
        reached = {id(each) for channel in spice.listed for each in channel.lineage()}
        assert len(reached) == 13
        for message in spice.messages:
            if id(message.channel) in reached:
                family = f'"{message.channel.type_name}", "{message.direction}"'
                assert f'message({family}, {message.number}, "{message.name}", ' in whole


class TestNames:
    def test_a_struct_named_as_a_channel_gets_a_number(self):
        text = """
            struct main { uint8 a; };
            struct message_ { uint8 b; };
            channel MainChannel { server: message { main a; message_ b; } hello; };
        """
        found = lines(text)
        assert '  member("main.hello.a", struct("main_2")),' in found
        assert 'define_struct("main_2", {' in found
        assert '  member("main_2.a", u8),' in found

    def test_names_that_the_fixed_code_uses_are_taken(self):
        text = """
            enum8 channel { A }; flags8 link { B };
            struct serial { channel a; link b; };
            channel MainChannel { server: message { serial a; } hello; };
        """
        found = lines(text)
        assert 'define_struct("serial_2", {' in found
        assert 'define_enum("channel_2", 1, {' in found
        assert 'define_flags("link_2", 1, {' in found

    def test_both_directions_share_what_is_the_same(self):
        text = """
            channel MainChannel {
              server:
                message { uint8 a; /* one */ } same; message { uint8 a; } other;
              client:
                message { uint8 a; /* two */ } same; message { uint16 a; } other;
            };
        """
        found = "\n".join(lines(text))
        assert 'message("MainChannel", "client", 1, "same", "main.same"' in found
        assert 'message("MainChannel", "server", 2, "other", "main.other"' in found
        assert 'message("MainChannel", "client", 2, "other", "main.other_client"' in found

    @pytest.mark.parametrize(
        ("server", "client"),
        [
            ("uint8 a;", ""),
            ("uint8 a;", "int8 a;"),
            ("uint8 a[2];", "uint8 a[3];"),
            ("uint16 a[2];", "uint32 a[2];"),
            ("uint8 *a[2];", "uint8 *a[2] @nonnull;"),
            ("uint8 a[];", "uint8 a[] @zero_terminated;"),
            ("uint8 a;", "uint8 a @zero;"),
            ("E e; switch (e) { case A: uint8 b; } u;", "E e; switch (e) { case B: uint8 b; } u;"),
            (
                "E e; switch (e) { case A: uint8 b; } u;",
                "E e; switch (e) { case A: uint8 b; } u @fixedsize;",
            ),
        ],
    )
    def test_members_differ(self, server, client):
        text = f"""
            enum8 E {{ A, B }};
            channel MainChannel {{
              server: message {{ {server} }} it;
              client: message {{ {client} }} it;
            }};
        """
        assert any('"main.it_client"' in line for line in lines(text))
        same = text.replace(f"client: message {{ {client}", f"client: message {{ {server}")
        assert not any('"main.it_client"' in line for line in lines(same))


class TestLayouts:
    def test_pointers_have_the_size_of_the_dialect(self):
        text = "channel MainChannel { server: message { uint8 *a[2]; } hello; };"
        assert "POINTER = u32" in lines(text)
        assert "POINTER = u64" in lines(text, dialect=1)

    def test_docs_are_one_sentence_in_one_line(self):
        text = """
            channel MainChannel { server: message {
                uint8 a; // Says "hi" \\ twice. And more.
            } hello; };
        """
        assert '  member("main.hello.a", u8, "Says \\"hi\\" \\\\ twice."),' in lines(text)

    def test_the_first_of_two_items_with_one_value_is_shown(self):
        text = """
            enum8 e { A = 1, B = 1 };
            channel MainChannel { server: message { e a; } hello; };
        """
        assert '  [1] = "A",' in lines(text)
        assert '  [1] = "B",' not in lines(text)

    def test_only_what_messages_use_is_written(self):
        text = """
            struct Unused { uint8 a; };
            struct Used { uint8 a; };
            channel ViewChannel { server: message { Used used; } inside = 5; };
            channel LooseChannel { server: message { Unused unused; } outside = 1; };
            channel MainChannel {
              server: message { uint8 n; uint8 a[] @view(ViewChannel, n); } hello;
            };
        """
        found = "\n".join(lines(text))
        assert 'view(member("main.hello.a", bytes(rest)), "ViewChannel", "n")' in found
        assert "inside" in found
        assert 'define_struct("Used"' in found
        assert "Unused" not in found
        assert "outside" not in found

    def test_a_list_is_marked_if_its_body_is_nothing_else(self):
        text = """
            message Data { uint8 data[]; };
            channel MainChannel { server: Data list; Data other; client: Empty list; };
            message Empty { };
        """
        marked = [line for line in lines(text) if line.endswith(", true)")]
        assert marked == ["}, true)"]


class TestLinkAndMux:
    def test_without_link_messages_come_first(self):
        text = made(render(compiled(DEMO)))
        assert "link.client.mini_data_header = find_message" in text
        assert "link.client.header" not in text
        assert "AUTH_SASL = " not in text
        assert '"REDQ"' not in text

    def test_capabilities_come_from_the_channel_or_its_base(self):
        text = made(render(builtin("spice.proto"), link=builtin("link.proto")))
        assert 'channel_capabilities[3] = { [0] = "KEY_SCANCODE" }' in text
        for number in (9, 10, 11):
            assert f'channel_capabilities[{number}] = {{ [0] = "DATA_COMPRESS_LZ4" }}' in text
        assert "channel_capabilities[4]" not in text
        assert "MINI_HEADER = 3" in text
        assert "link.reply_least = 178" in text

    def test_the_link_stage_has_names_of_its_own(self):
        text = made(render(builtin("spice.proto"), link=builtin("link.proto")))
        assert '"link.mess"' in text
        assert 'define_enum("link_err"' in text
        assert 'define_enum("link.link_err"' in text

    @pytest.mark.parametrize(
        ("without", "message"),
        [
            (
                "    message {\n        uint8 encrypted_data[128];\n    } ticket = 4;",
                "link.proto has no client message 'link.ticket', which the dissector needs",
            ),
            (
                "uint32 sub_list; // where in the body a sub_message_list starts, 0 for none",
                "'link.data_header' of the server in link.proto has no 'sub_list'",
            ),
            (
                "    MINI_HEADER // data headers of 6 bytes instead of 18\n",
                "'common_cap' in link.proto has no 'MINI_HEADER'",
            ),
        ],
    )
    def test_what_the_dissector_needs_must_be_there(self, without, message):
        with pytest.raises(DescriptionError, match=re.escape(message)):
            render(compiled(DEMO), link=builtin("link.proto", without=without))

    def test_capabilities_are_looked_for_by_the_name_of_their_enum(self):
        text = (DESCRIPTIONS / "link.proto").read_text("utf-8").replace("common_cap ", "caps ")
        with pytest.raises(DescriptionError, match=r"link\.proto has no enum 'common_cap'"):
            render(compiled(DEMO), link=compiled(text, name="link.proto"))

    def test_a_description_without_a_link_channel_is_none(self):
        with pytest.raises(DescriptionError, match=r"no server message 'link\.header'"):
            render(compiled(DEMO), link=compiled(DEMO))

    def test_frames_are_looked_for_in_webdav(self):
        text = made(render(builtin("spice.proto"), mux=builtin("mux.proto")))
        assert 'mux = find_message("mux.MuxChannel", "server", 1)' in text
        assert "channels[11].carries_mux = true" in text

    def test_without_webdav_there_are_no_frames(self):
        assert "carries_mux = true" not in made(render(compiled(DEMO), mux=builtin("mux.proto")))

    def test_webdav_without_data_cannot_carry_frames(self):
        text = "channel WebDAVChannel { }; protocol Demo { WebDAVChannel webdav; };"
        with pytest.raises(DescriptionError, match=r"no server message 'webdav\.data'"):
            render(compiled(text), mux=builtin("mux.proto"))


class TestHead:
    def test_the_examples_are_messages_of_the_description(self):
        text = render(compiled(DEMO))
        assert 'caraway_spice.message == "hello"' in text
        assert "caraway_spice.main.hello " in text

    def test_a_protocol_without_messages_has_fewer_examples(self):
        text = render(compiled("channel C { }; protocol Demo { C c; };"))
        assert "caraway_spice.message ==" not in text


if __name__ == "__main__":
    (GOLDEN / "dissector.lua").write_text(showcase(), "utf-8")
