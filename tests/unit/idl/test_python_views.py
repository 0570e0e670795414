"""Typed views of payloads, and texts."""

from __future__ import annotations

import pytest

from tests.unit.idl.made import made, made_all

INNER = """
enum8 kind { A, B, C };
channel Inner {
  server:
    message { uint8 x; } a = 1;
    message { uint16 y @minor(1); uint8 rest[]; } both = 2;
  client:
    message { uint32 z; } both = 2;
    message { uint8 *p[2]; } c = 3;
};
channel OneSided { client: message { uint8 only; } one = 1; };
channel Silent {};
"""


def outer(members: str, direction: str = "server"):
    text = f"""{INNER}
        channel Outer {{ {direction}: message {{ {members} }} m; }};
        protocol P {{ Outer outer = 1; }};
    """
    return made_all(text)[-1].kind


def seen(kind, number: int, text: str, **options: int) -> str | None:
    view = kind(k=number, d=bytes.fromhex(text)).d_view(**options)
    return None if view is None else repr(view)


@pytest.mark.parametrize(
    ("direction", "number", "text", "view"),
    [
        ("server", 1, "05", "ServerA(x=5)"),
        ("client", 1, "05", "ServerA(x=5)"),
        ("server", 2, "0500", "ServerBoth(y=5, rest=b'')"),
        ("client", 2, "05000000", "ClientBoth(z=5)"),
        ("server", 3, "04000000aabb", r"ClientC(p=b'\xaa\xbb')"),
        ("server", 9, "05", None),
    ],
)
def test_a_view_is_of_the_same_direction_if_there_is_one(direction, number, text, view):
    assert seen(outer("kind k; uint8 d[] @view(Inner, k);", direction), number, text) == view


def test_a_view_may_be_of_the_only_direction_there_is():
    kind = outer("kind k; uint8 d[] @view(OneSided, k);")
    assert seen(kind, 1, "05") == "ClientOne(only=5)"
    assert seen(outer("kind k; uint8 d[] @view(Silent, k);"), 1, "05") is None


def test_a_view_has_a_minor():
    kind = outer("kind k; uint8 d[] @view(Inner, k);")
    assert seen(kind, 2, "05", minor=0) == r"ServerBoth(y=0, rest=b'\x05')"


def test_a_null_pointer_has_no_view():
    kind = outer("kind k; uint8 n; uint8 *d[n] @view(Inner, k);")
    assert kind(k=1, d=None).d_view() is None
    assert repr(kind(k=1, d=b"\x05").d_view()) == "ServerA(x=5)"


def test_a_struct_may_have_a_view():
    text = f"""{INNER}
        struct Holder {{ kind k; uint8 d[] @view(Inner, k); }};
        struct Unseen {{ kind k; uint8 d[] @view(Outer, k); }};
        channel Outer {{ client: message {{ Holder h; }} m; message {{ Unseen s; }} unseen; }};
        protocol P {{ Outer outer = 1; }};
    """
    holder, unseen = [each.parse("01 05") for each in made_all(text)[-2:]]
    assert repr(holder.h.d_view()) == "ServerA(x=5)"
    assert repr(unseen.s.d_view()) == "ClientM(h=Holder(k=5, d=b''))"


# Texts


@pytest.mark.parametrize(
    ("members", "values", "text"),
    [
        ("uint8 d[] @zero_terminated;", {"d": b"abc\0"}, "abc"),
        ("uint8 d[4] @zero_terminated;", {"d": b"abc\0"}, "abc"),
        ("uint8 n; uint8 *d[n] @zero_terminated;", {"d": b"abc"}, "abc"),
        ("uint8 n; uint8 *d[n] @zero_terminated;", {"d": None}, None),
        ("uint8 n; uint8 *d[n] @zero_terminated @nonnull;", {"d": b"abc"}, "abc"),
    ],
)
def test_texts_have_a_helper(members, values, text):
    assert made(members).kind(**values).d_text == text


def test_signed_bytes_are_numbers_not_text():
    assert not hasattr(made("int8 d[] @zero_terminated;").kind, "d_text")
