"""The client's side of the link stage, byte by byte, with servers that are odd or hostile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from struct import pack

import pytest

from caraway.errors import AuthError, DecodeError, LimitExceeded, LinkRefused
from caraway.messages.link import enums
from caraway.protocol import link as module
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.link import ClientLink, Credentials, LinkRequest, SaslClient, refused
from tests.unit.protocol.test_link import KEY, SASL, credentials

LinkErr = enums.LinkErr
OLD = 0b1000  # MINI_HEADER
TICKETS = 0b1011
SASL_CAPS = 0b1101


def header(size: int, *, magic: bytes = b"REDQ", major: int = 2, minor: int = 2) -> bytes:
    return magic + pack("<3I", major, minor, size)


def reply(
    common: Sequence[int] = (TICKETS,),
    channel: Sequence[int] = (),
    *,
    error: int = 0,
    offset: int = 178,
    gap: bytes = b"",
    behind: bytes = b"",
) -> bytes:
    words = pack(f"<{len(common) + len(channel)}I", *common, *channel)
    body = pack("<I", error) + KEY + pack("<3I", len(common), len(channel), offset)
    body += gap + words + behind
    return header(len(body)) + body


def counted(common: int, channel: int, offset: int, *, more: bytes = b"") -> bytes:
    body = pack("<I", 0) + KEY + pack("<3I", common, channel, offset) + more
    return header(len(body)) + body


def start(common: frozenset[int] = SASL, who: Credentials | None = None) -> ClientLink:
    request = LinkRequest(1, capabilities=Capabilities(common))
    link = ClientLink(request, who or credentials())
    link.take_output()
    return link


def test_what_goes_out_first() -> None:
    request = LinkRequest(10, 2, 0xABCDEF01, Capabilities(frozenset({0, 3}), frozenset({33})))
    assert ClientLink(request, None).take_output().hex() == (
        "52454451" + "02000000" + "02000000" + "1e000000"
        "01efcdab" + "0a" + "02" + "01000000" + "02000000" + "12000000"
        "09000000" + "00000000" + "02000000"
    )  # fmt: skip


def test_a_ticket_on_the_wire() -> None:
    link = start()
    link.feed(reply())
    assert link.take_output() == pack("<I", 1) + b"secret\0".ljust(128, b"\xaa")
    assert link.ended() is None
    link.feed(pack("<I", 0) + b"first messages")
    assert link.outcome is not None
    assert link.rest == b"first messages"


def test_an_old_server_is_not_told_which_way() -> None:
    link = start()
    link.feed(reply([OLD]))
    assert link.take_output() == b"secret\0".ljust(128, b"\xaa")


@pytest.mark.parametrize("size", range(len(reply()) + 4))
def test_truncated_at_every_length(size: int) -> None:
    link = start()
    link.feed((reply() + pack("<I", 0))[:size])
    assert link.outcome is None


@pytest.mark.parametrize(
    "data",
    [
        header(178, magic=b"RFB "),
        b"HTTP/1.1 400 Bad Request\r\n",
        b"\x15\x03\x01\0\x02\x02\x46" + bytes(9),
        bytes(16),
    ],
)
def test_other_servers(data: bytes) -> None:
    with pytest.raises(DecodeError, match="no SPICE server: it begins with") as caught:
        start().feed(data)
    assert "VNC or HTTP" in str(caught.value.hint)


@pytest.mark.parametrize("major", [0, 1, 3, 0xFFFFFFFF])
def test_other_versions(major: int) -> None:
    with pytest.raises(DecodeError, match=rf"the server speaks protocol {major}, this is 2"):
        start().feed(header(178, major=major))


@pytest.mark.parametrize("minor", [0, 1, 3, 0xFFFFFFFF])
def test_other_minor_versions_are_no_matter(minor: int) -> None:
    start().feed(header(178, minor=minor))


@pytest.mark.parametrize("size", [0, 177, 178 + 2 * 4096 + 1, 0x7FFFFFFF, 0xFFFFFFFF])
def test_sizes_that_no_reply_has(size: int) -> None:
    with pytest.raises(LimitExceeded, match=rf"link reply of {size} bytes, it has 178 to 8370"):
        start().feed(header(size))


# Capabilities


def test_capability_words() -> None:
    link = ClientLink(LinkRequest(1), None)
    link.feed(reply([TICKETS, 0, 1], [2, 1]))
    assert link.outcome is not None
    assert link.outcome.peer == Capabilities(frozenset({0, 1, 3, 64}), frozenset({1, 32}))


def test_the_minor_version_is_not_judged() -> None:
    link = ClientLink(LinkRequest(1), None)
    answer = bytearray(reply([], []))
    answer[8:12] = (7).to_bytes(4, "little")
    link.feed(bytes(answer))
    assert link.outcome is not None
    assert link.outcome.minor_version == 7


def test_a_gap_before_and_bytes_behind() -> None:
    link = ClientLink(LinkRequest(1), None)
    link.feed(reply([1], [2], offset=182, gap=b"\xff" * 4, behind=b"\xff" * 5))
    assert link.outcome is not None
    assert link.outcome.peer == Capabilities(frozenset({0}), frozenset({1}))


def test_no_capabilities_and_an_offset_of_nothing() -> None:
    for offset in (0, 178, 0xFFFFFFFF):
        link = ClientLink(LinkRequest(1), None)
        link.feed(counted(0, 0, offset))
        assert link.outcome is not None
        assert link.outcome.peer == Capabilities()


@pytest.mark.parametrize(
    ("common", "channel", "offset", "more"),
    [
        (1, 0, 0, 4),
        (1, 0, 177, 4),
        (1, 0, 179, 4),
        (0, 1, 178, 3),
        (2, 1, 178, 11),
        (1, 1, 0xFFFFFFFF, 8),
        (1024, 1024, 178, 0),
    ],
)
def test_capabilities_outside_the_message(
    common: int, channel: int, offset: int, more: int
) -> None:
    with pytest.raises(DecodeError, match=rf"from byte {offset} to .* of {178 + more} bytes"):
        start().feed(counted(common, channel, offset, more=bytes(more)))


@pytest.mark.parametrize("counts", [(1025, 0), (0, 1025), (0xFFFFFFFF, 0xFFFFFFFF)])
def test_more_words_than_are_read(counts: tuple[int, int]) -> None:
    with pytest.raises(
        LimitExceeded, match=rf"{max(counts)} words of capabilities, the limit is 1024"
    ):
        start().feed(counted(*counts, 178))


# Refusals


def _refusal(code: int) -> bytes:
    return header(178) + pack("<I", code) + bytes(174)


@pytest.mark.parametrize("code", [*range(1, 10), 10, 99, 0xFFFFFFFF])
@pytest.mark.parametrize("when", ["before", "behind"])
def test_every_code(code: int, when: str) -> None:
    link = start()
    data = _refusal(code) if when == "before" else reply() + pack("<I", code)
    expected = AuthError if (code, when) == (7, "behind") else LinkRefused
    with pytest.raises(expected) as caught:
        link.feed(data)
    if isinstance(caught.value, LinkRefused):
        assert caught.value.code == code
        name = LinkErr(code).name if code < 10 else f"code {code}"
        assert f"with {name}: " in str(caught.value)


def test_what_can_be_done_about_it() -> None:
    assert "spice+tls://" in str(refused(LinkErr.NEED_SECURED).hint)
    assert "plain port" in str(refused(LinkErr.NEED_UNSECURED).hint)
    assert refused(LinkErr.BAD_CONNECTION_ID).hint is None


def test_a_whole_reply_in_the_place_of_a_result() -> None:
    with pytest.raises(LinkRefused, match="VERSION_MISMATCH"):
        start().feed(reply() + _refusal(4))


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_broken_reply_in_the_place_of_a_result(size: int) -> None:
    with pytest.raises(LimitExceeded, match="link reply of"):
        start().feed(reply() + header(size))


# Tickets


def test_passwords_of_60_bytes_and_more() -> None:
    for password in ("x" * 60, "ü" * 30):
        start(who=credentials(password)).feed(reply())
    link = start(who=credentials("x" * 60))
    with pytest.raises(AuthError) as caught:
        link.feed(reply() + pack("<I", 7))
    assert "first 59 bytes" in str(caught.value.hint)
    with pytest.raises(AuthError, match="the password has 62 bytes, a ticket holds 60"):
        start(who=credentials("ü" * 31)).feed(reply())


# SASL


def _sasl(names: bytes = b",SCRAM-SHA-256,") -> bytes:
    return reply([SASL_CAPS]) + pack("<I", len(names)) + names


class Script:
    """A mechanism that says what it is told to."""

    name = "PLAIN"

    def __init__(self, *answers: bytes | None, is_done: bool = True) -> None:
        self.answers = list(answers)
        self.heard: list[bytes | None] = []
        self.is_done = is_done

    def respond(self, challenge: bytes | None) -> bytes | None:
        self.heard.append(challenge)
        return self.answers.pop(0) if self.answers else b"more"


def _with(script: Script) -> Credentials:
    return replace(credentials(), choose_sasl=lambda names: script)


def test_sasl_on_the_wire() -> None:
    script = Script(b"hello", None)
    link = start(who=_with(script))
    link.feed(_sasl(b",PLAIN,"))
    start_bytes = pack("<I", 2) + pack("<I", 5) + b"PLAIN" + pack("<I", 6) + b"hello\0"
    assert link.take_output() == start_bytes
    link.feed(pack("<I", 3) + b"hi\0" + b"\0")
    assert link.take_output() == pack("<I", 0)
    # What SASL came to, and then what the link came to.
    link.feed(pack("<I", 0) + b"\x01" + pack("<2I", 0, 0) + b"rest")
    assert script.heard == [None, b"hi"]
    assert link.outcome is not None
    assert link.rest == b"rest"


def test_empty_data_and_none_are_two_things() -> None:
    script = Script(b"", None)
    link = start(who=_with(script))
    link.feed(_sasl() + pack("<I", 1) + b"\0" + b"\0" + pack("<I", 0) + b"\0")
    assert link.take_output().endswith(
        pack("<I", 1) + b"\0" + pack("<I", 0) + pack("<I", 5) + b"more\0"
    )
    assert script.heard == [None, b"", None]


@pytest.mark.parametrize("names", [b"", b",", b",,,", b"GSSAPI", b",\xff,"])
def test_mechanisms_that_will_not_do(names: bytes) -> None:
    with pytest.raises(AuthError, match="offers SASL by"):
        start().feed(_sasl(names))


@pytest.mark.parametrize("choose", [None, lambda names: None])
def test_no_way_to_choose(choose: None) -> None:
    who = replace(credentials(), choose_sasl=choose)
    with pytest.raises(AuthError, match="the server offers SASL by GSSAPI, X"):
        start(who=who).feed(_sasl(b",GSSAPI,X,"))


@pytest.mark.parametrize("size", [8193, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_list_of_mechanisms_that_is_too_long(size: int) -> None:
    with pytest.raises(LimitExceeded, match=rf"list of SASL mechanisms of {size} bytes"):
        start().feed(reply([SASL_CAPS]) + pack("<I", size))


@pytest.mark.parametrize("size", [module.MAX_SASL + 1, 1 << 20, 0xFFFFFFFF])
def test_a_challenge_that_is_too_long(size: int) -> None:
    with pytest.raises(LimitExceeded, match=rf"SASL message of {size} bytes, the limit is 65536"):
        start(who=_with(Script())).feed(_sasl() + pack("<I", size))


def test_the_longest_challenge() -> None:
    script = Script()
    data = b"x" * (module.MAX_SASL - 1)
    start(who=_with(script)).feed(_sasl() + pack("<I", module.MAX_SASL) + data + b"\0\0")
    assert script.heard == [None, data]


def test_a_server_that_never_comes_to_an_end() -> None:
    link = start(who=_with(Script()))
    with pytest.raises(LimitExceeded, match="SASL of more than 16 steps"):
        link.feed(_sasl() + (pack("<I", 2) + b"x\0" + b"\0") * 17)


@pytest.mark.parametrize("last", [b"", b"\0", b"proof\0"])
def test_a_server_that_proves_nothing(last: bytes) -> None:
    link = start(who=_with(Script(is_done=False)))
    with pytest.raises(AuthError, match="without proof"):
        link.feed(_sasl() + pack("<I", len(last)) + last + b"\x01")


def test_a_real_mechanism_wants_proof() -> None:
    # The server says at once that all is well.
    with pytest.raises(AuthError, match="without proof"):
        start().feed(_sasl() + pack("<I", 0) + b"\x01")


def test_proof_before_the_last_message() -> None:
    class Early(Script):
        def respond(self, challenge: bytes | None) -> bytes | None:
            self.is_done = challenge == b"proof"
            return None

    link = start(who=_with(Early(is_done=False)))
    link.feed(_sasl() + pack("<I", 6) + b"proof\0" + b"\0")
    link.feed(pack("<I", 0) + b"\x01" + pack("<2I", 0, 0))
    assert link.outcome is not None


def test_sasl_refused_at_the_end() -> None:
    link = start(who=_with(Script()))
    with pytest.raises(AuthError, match="the server refused SASL"):
        link.feed(_sasl() + pack("<I", 0) + b"\x01" + pack("<I", 1) + b"\x16\0\0\0Authentication")


def test_where_closing_means_a_wrong_password() -> None:
    link = start(who=_with(Script()))
    assert link.ended() is None
    link.feed(_sasl())
    assert isinstance(link.ended(), AuthError)


def test_mechanisms_are_protocols() -> None:
    mechanism: SaslClient = Script()
    assert mechanism.name == "PLAIN"
