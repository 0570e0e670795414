"""How much a message may make the interpreter build, and how strict it can be."""

from __future__ import annotations

import pytest

from caraway.errors import DecodeError, LimitExceeded
from caraway.wire.limits import Limits
from tests.unit.idl.demo import Demo, demo


def limited(what: Demo, text: str, *words: str) -> None:
    with pytest.raises(LimitExceeded) as caught:
        what.decode(text)
    for word in words:
        assert word in str(caught.value)


def refused(what: Demo, text: str, words: str, *, position: int) -> None:
    with pytest.raises(DecodeError) as caught:
        what.decode(text)
    assert words in str(caught.value)
    assert caught.value.position == position


def test_absent_elements_count_too() -> None:
    what = demo("Pair f[5] @minor(1);", minor=0, limits=Limits(max_elements=4))
    limited(what, "", "lists of 5 elements, the limit is 4")


def test_a_message_has_a_limit() -> None:
    what = demo("uint8 d[];", limits=Limits(max_message=3))
    assert what.decode("010203") == {"d": {"hex": "010203"}}
    limited(what, "01020304", "message of 4 bytes, the limit is 3")


NESTED = ("uint8 n; List t[n];", "struct List { uint8 n; uint16 v[n]; };")


def test_all_lists_together_have_a_limit() -> None:
    text = "02 01 0500 01 0600"
    assert demo(*NESTED, limits=Limits(max_elements=4)).decode(text)["n"] == 2
    limited(demo(*NESTED, limits=Limits(max_elements=3)), text, "lists of 4 elements", "is 3")


@pytest.mark.parametrize(
    ("members", "text"),
    [("uint16 d[];", "0100 0200"), ("uint8 n; uint16 d[bytes(n, c)];", "04 0100 0200")],
)
def test_lists_without_a_count_are_limited_as_well(members: str, text: str) -> None:
    assert demo(members, limits=Limits(max_elements=2)).decode(text)["d"] == [1, 2]
    limited(demo(members, limits=Limits(max_elements=1)), text, "lists of 2 elements", "is 1")


def test_bytes_are_not_elements() -> None:
    assert demo("uint8 d[];", limits=Limits(max_elements=0)).decode("0102")["d"] == {"hex": "0102"}


def test_a_small_message_cannot_claim_one_list_again_and_again() -> None:
    # 64 pointers to the same 250 numbers: 16,064 elements in 765 bytes.
    what = demo(
        "uint8 n; Ref t[n];",
        "struct Ref { uint8 n; uint8 pad; uint32 x; uint32 y; Words *w; };"
        "struct Words { int8 v[250]; };",
        limits=Limits(max_elements=16_063),
    )
    refs = b"".join(bytes(10) + (64 * 14 + 1).to_bytes(4, "little") for _ in range(64))
    limited(what, (b"\x40" + refs + bytes(250)).hex(), "16064", "16063")


def test_overlap_is_refused_on_request() -> None:
    members = "uint8 *a[2]; uint8 *b[2];"
    strict = demo(members, limits=Limits(allow_overlap=False))
    assert strict.decode("08000000 0a000000 01020304")["b"] == {"hex": "0304"}
    assert strict.decode("0a000000 08000000 01020304")["b"] == {"hex": "0102"}
    refused(strict, "08000000 09000000 010203", "overlap at byte 9", position=9)
    refused(strict, "07000000 09000000 010203", "overlap at byte 7", position=7)


def test_trailing_bytes_are_refused_on_request() -> None:
    strict = demo("uint8 a; uint8 *p[2];", limits=Limits(allow_trailing=False))
    assert strict.decode("01 05000000 0203")["a"] == 1
    refused(strict, "01 05000000 020304", "1 bytes left over behind the 7 used", position=7)
    refused(strict, "01 00000000 02", "1 bytes left over behind the 5 used", position=5)


def test_a_circle_of_pointers_is_followed_as_deep_as_the_types_go() -> None:
    depth = 60
    types = "struct S0 { uint8 x; };" + "".join(
        f"struct S{n} {{ S{n - 1} *p @nonnull; }};" for n in range(1, depth + 1)
    )
    # The pointer at byte 1 leads to byte 1.
    value = demo(f"uint8 pad; S{depth} s;", types).decode("ff 01000000")["s"]
    for _ in range(depth):
        assert isinstance(value, dict)
        value = value["p"]
    assert value == {"x": 1}
