"""XML writing: RFC 4918 §4.3 (what of a property is kept); XML 1.0 §2.2 (characters)."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.webdav.xml.parser import DAV, parse
from caraway.webdav.xml.writer import escape, escape_attribute, tag, write
from tests.unit.webdav.xml.bodies import meaning


@pytest.mark.parametrize(
    ("text", "escaped", "in_attribute"),
    [
        ("plain é 🚀", "plain é 🚀", "plain é 🚀"),
        ("a<b>&\"'", "a&lt;b&gt;&amp;\"'", "a&lt;b>&amp;&quot;'"),
        ("\t\n\r", "\t\n&#13;", "&#9;&#10;&#13;"),
        ("\x00\x1f\x0b\ufffe\uffff\udcff", "�" * 6, "�" * 6),
    ],
)
def test_escaping(text, escaped, in_attribute):
    assert (escape(text), escape_attribute(text)) == (escaped, in_attribute)


_NO_CHAR = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_whatever_is_escaped_stays_well_formed(text):
    parsed = parse(f'<a b="{escape_attribute(text)}">{escape(text)}</a>'.encode())
    assert parsed.text == parsed.attributes[0][2] == _NO_CHAR.sub("\ufffd", text)


@pytest.mark.parametrize(
    ("body", "written"),
    [
        (b'<r xmlns="u"><p><q/></p></r>', '<p xmlns="u"><q/></p>'),
        (b"<r><p>t</p></r>", '<p xmlns="">t</p>'),
        (b'<r xmlns:x="u"><x:p/></r>', '<x:p xmlns:x="u"/>'),
        (b'<r xmlns:x="u"><x:p><q/></x:p></r>', '<x:p xmlns="" xmlns:x="u"><q/></x:p>'),
        (b'<r xmlns:x="u" xmlns:y="v"><x:p y:a="1"/></r>',
         '<x:p xmlns:x="u" xmlns:y="v" y:a="1"/>'),
        (b'<r><p xmlns="u" a="1"/></r>', '<p xmlns="u" a="1"/>'),
        (b'<r xmlns:x="u"><x:p xmlns:x="v"/></r>', '<x:p xmlns:x="v"/>'),
        (b'<r xmlns:x="u"><p xmlns="">x:qname</p></r>', '<p xmlns="" xmlns:x="u">x:qname</p>'),
        (b'<r xmlns:x="u"><p xmlns="" t="x:q"/></r>', '<p xmlns="" xmlns:x="u" t="x:q"/>'),
        (b'<r xmlns:x="u"><p xmlns="">at 12:30</p></r>', '<p xmlns="">at 12:30</p>'),
        (b'<r xml:lang="de"><p xmlns=""/></r>', '<p xmlns="" xml:lang="de"/>'),
        (b'<r xml:lang="de"><p xmlns="" xml:lang="en"/></r>', '<p xmlns="" xml:lang="en"/>'),
        (b'<r><p xmlns="">a<b>c</b>d &lt; &#13;</p></r>',
         '<p xmlns="">a<b>c</b>d &lt; &#13;</p>'),
    ],
)  # fmt: skip
def test_a_property_is_written_so_that_it_stands_alone(body, written):
    element = parse(body).children[0]
    assert write(element) == written
    # In a listing it stands below a default namespace and a prefix of ours.
    again = parse(f'<m xmlns="DAV:" xmlns:D="DAV:">{written}</m>'.encode()).children[0]
    assert (again.name, again.content and again.text) == (
        element.name,
        element.content and element.text,
    )


_NAME = st.sampled_from(["a", "b-c", "é"])
_PREFIX = st.sampled_from(["", "x:", "y:"])
_TEXT = st.text(st.sampled_from("ab:xy<&>\"'\r\n\t é🚀"), max_size=6)


@st.composite
def _xml(draw, depth=3):
    name = draw(_PREFIX) + draw(_NAME)
    declared = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{draw(st.sampled_from(["urn:1", "DAV:"]))}"'
        for prefix in draw(st.sets(st.sampled_from(["", "x", "y"])))
    )
    attributes = "".join(
        f' {each}="{escape_attribute(draw(_TEXT))}"'
        for each in draw(st.sets(st.sampled_from(["p", "x:p", "xml:lang"]), max_size=2))
    )
    inside = ""
    if depth:
        parts = st.one_of(_TEXT.map(escape), _xml(depth - 1))
        inside = "".join(draw(st.lists(parts, max_size=3)))
    return f"<{name}{declared}{attributes}>{inside}</{name}>"


@given(_xml())
def test_a_property_keeps_its_meaning(text):
    outside = f'<r xmlns="urn:0" xmlns:x="urn:1" xmlns:y="urn:2">{text}</r>'
    element = parse(outside.encode()).children[0]
    again = parse(f'<m xmlns="DAV:" xmlns:x="urn:9">{write(element)}</m>'.encode()).children[0]
    assert meaning(again) == meaning(element)
    # Written once more, nothing is added.
    assert write(again) == write(element)


def test_a_megabyte_of_text_is_written_in_linear_time():
    element = parse(b"<a xmlns:x='u'>" + b"x" * 500_000 + b":" * 500_000 + b"</a>")
    before = time.process_time()
    assert len(write(element)) > 1_000_000
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize(
    ("name", "content", "prefix", "expected"),
    [
        ((DAV, "a"), "", "D:", "<D:a/>"),
        ((DAV, "a"), "1", "", "<a>1</a>"),
        (("", "a"), "", "", '<a xmlns=""/>'),
        (('u"&', "a"), "1", "D:", '<a xmlns="u&quot;&amp;">1</a>'),
    ],
)
def test_tag(name, content, prefix, expected):
    assert tag(name, content, prefix=prefix) == expected
