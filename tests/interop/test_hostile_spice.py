"""SPICE peers that are made to hurt, in both directions: refused in little time and memory."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from struct import pack

import pytest

from caraway.errors import AuthError
from tests.interop.command import eventually
from tests.interop.spice_raw import (
    PATIENCE_S,
    HostileServer,
    ServedVictim,
    list_body,
    message,
    receive,
)

MIB = 1 << 20
#: What a server may grow by in the course of all of this, KiB.
GROWTH_KIB = 24 << 10
#: What a client may need, KiB; a quiet session needs 40 MiB, the interpreter among them.
CLIENT_KIB = 80 << 10
#: On a machine that is busy otherwise.
ANSWER_S = 10.0


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedVictim]:
    started = ServedVictim(tmp_path_factory.mktemp("spice"))
    _is_well(started)
    yield started
    started.stop()


def _is_well(victim: ServedVictim) -> float:
    """A right client is let in, and gets its channels; how long that takes, seconds."""
    begin = time.monotonic()
    stream, session = victim.session()
    with stream:
        stream.sendall(message(104))
        port, data = victim.link(10, 1, session)
        with port:
            receive(port, 6 + 9 + 5, data)
            port.sendall(message(101, b"hello"))
            assert receive(port, 11).endswith(b"hello")
    took = time.monotonic() - begin
    assert took < ANSWER_S
    return took


def _is_closed(stream: socket.socket) -> bool:
    """The server has closed a stream, or does so; what it sends before goes."""
    stream.settimeout(ANSWER_S)
    try:
        while stream.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


# Strangers


def _link(size: int, body: bytes = b"", *, magic: bytes = b"REDQ", major: int = 2) -> bytes:
    return magic + pack("<3I", major, 2, size) + body


def _mess(common: int, channel: int, offset: int, words: bytes = b"") -> bytes:
    body = pack("<IBB3I", 0, 1, 0, common, channel, offset) + words
    return _link(len(body), body)


STRANGERS = {
    "bad magic": _link(18, magic=b"RFB "),
    "NUL": bytes(MIB),
    "0xFF": b"\xff" * MIB,
    "version 1": _link(18, major=1),
    "a short link message": _link(17),
    "a long link message": _link(4097) + bytes(4097),
    "2 GiB": _link(0x7FFFFFFF) + bytes(MIB),
    "4 GiB": _link(0xFFFFFFFF) + bytes(MIB),
    "more words than are there": _mess(1000, 1000, 18),
    "words without end": _mess(0xFFFFFFFF, 0xFFFFFFFF, 18),
    "words before the message": _mess(1, 0, 0, bytes(4)),
    "words behind the message": _mess(1, 0, 0xFFFFFFFF, bytes(4)),
    "another mechanism": _mess(1, 0, 18, pack("<I", 9)) + pack("<I", 77),
    "SASL that is not offered": _mess(1, 0, 18, pack("<I", 9)) + pack("<I", 2) + bytes(MIB),
    "a broken ticket": _mess(1, 0, 18, pack("<I", 9)) + pack("<I", 1) + b"\xff" * MIB,
    "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long HTTP request": b"GET /" + b"a" * MIB,
    "TLS": b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(500),
}


def test_strangers(victim: ServedVictim) -> None:
    before = victim.memory_kib()
    for what, data in STRANGERS.items():
        begin = time.monotonic()
        with victim.connect() as stream:
            with suppress(ConnectionError):
                stream.sendall(data)
            assert _is_closed(stream), what
        assert time.monotonic() - begin < ANSWER_S, what
    _is_well(victim)
    grown = victim.memory_kib() - before
    print(f"{len(STRANGERS)} kinds of strangers: {grown} KiB more")
    assert grown < GROWTH_KIB


def test_links_that_end_at_every_byte(victim: ServedVictim) -> None:
    whole = _mess(1, 1, 18, pack("<II", 9, 0)) + pack("<I", 1) + bytes(128)
    before = victim.descriptors()
    for size in range(0, len(whole), 3):
        with victim.connect() as stream:
            stream.sendall(whole[:size])
    _is_well(victim)
    eventually(lambda: victim.descriptors() <= before, lambda: "streams stay open")


def test_wrong_passwords_are_counted(tmp_path: Path) -> None:
    victim = ServedVictim(tmp_path)
    refused = 0
    for _ in range(40):
        with suppress(ConnectionError), pytest.raises(AuthError):
            victim.link(password=b"wrong")
        refused += 1
    with pytest.raises(ConnectionError):
        victim.link()
    print(f"after {refused} wrong passwords the address waits")
    victim.stop()


def test_half_open_links(tmp_path: Path) -> None:
    victim = ServedVictim(tmp_path, link_timeout_s=2.0)
    quiet = _is_well(victim)
    at_rest, before = victim.descriptors(), victim.memory_kib()
    with ExitStack() as crowd:
        for index in range(200):
            stream = crowd.enter_context(victim.connect())
            # Some say nothing, some begin, some get as far as the password.
            stream.sendall([b"", b"REDQ", _mess(1, 0, 18, pack("<I", 9))][index % 3])
        took = _is_well(victim)
        held = victim.descriptors() - at_rest
        grown = victim.memory_kib() - before
        eventually(lambda: victim.descriptors() <= at_rest, lambda: "half-open links stay")
    print(
        f"200 half-open links from one address: {held} kept, {grown} KiB more,"
        f" a right client in {took:.3f} s (quiet: {quiet:.3f} s); all gone by their deadline"
    )
    assert held <= 2 * 32 + 4
    assert grown < GROWTH_KIB
    victim.stop()


# Clients that have the password


def _flood(stream: socket.socket, data: bytes, *, total: int, seconds: float = 5.0) -> int:
    """Send ``data`` again and again and read nothing; how many bytes the server took."""
    sent = 0
    stream.settimeout(0.5)
    end = time.monotonic() + seconds
    with suppress(OSError):
        while sent < total and time.monotonic() < end:
            sent += stream.send(data)
    return sent


def test_messages_of_clients_that_are_none(victim: ServedVictim) -> None:
    before = victim.memory_kib()
    cases = {
        "2 GiB": message(104, size=0x7FFFFFFF) + bytes(MIB),
        "4 GiB": message(104, size=0xFFFFFFFF) + bytes(MIB),
        "short": message(106, b"abc"),
    }
    for what, data in cases.items():
        stream, _ = victim.session()
        with stream:
            with suppress(ConnectionError):
                stream.sendall(data)
            assert _is_closed(stream), what
    for data in (message(201, b""), message(201, b"\2\2"), message(102, b"\1\xff\xff\xff\xff" * 9)):
        stream, session = victim.session()
        with stream, victim.link(10, 0, session)[0] as port:
            port.sendall(data)
            assert _is_closed(port), data
    _is_well(victim)
    assert victim.memory_kib() - before < GROWTH_KIB


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("ATTACH_CHANNELS", message(104)),
        ("unknown messages", message(999, b"abc")),
        ("ACK", message(2)),
        ("ACK_SYNC", message(1, pack("<I", 0xFFFFFFFF))),
        ("PONG", message(3, bytes(12))),
        ("AGENT_DATA", message(107, bytes(2048))),
        ("AGENT_TOKEN", message(106, pack("<I", 0xFFFFFFFF)) + message(108, b"\xff" * 4)),
        ("lists", message(8, list_body([102] * 25, message(104)))),
    ],
)
def test_floods_of_clients_that_read_nothing(victim: ServedVictim, what: str, data: bytes) -> None:
    before = victim.memory_kib()
    stream, _ = victim.session()
    with stream:
        taken = _flood(stream, data * (65536 // len(data)), total=2 * MIB, seconds=1)
        grown = victim.memory_kib() - before
        _is_well(victim)
    print(f"{taken / MIB:.1f} MiB of {what} by a client that reads nothing: {grown} KiB more")
    assert grown < GROWTH_KIB


def test_data_for_a_port_that_nobody_reads(victim: ServedVictim) -> None:
    before = victim.memory_kib()
    stream, session = victim.session()
    with stream, victim.link(10, 0, session)[0] as port:
        taken = _flood(port, message(101, bytes(60_000)), total=64 * MIB, seconds=2)
        grown = victim.memory_kib() - before
        assert taken < 16 * MIB
    print(f"a port that nobody reads: {taken / MIB:.1f} MiB taken, {grown} KiB more")
    assert grown < GROWTH_KIB
    _is_well(victim)


def test_compressed_data_that_becomes_large(victim: ServedVictim) -> None:
    before = victim.peak_kib()
    stream, session = victim.session()
    # 16 MiB of zeros in 64 KiB.
    block = b"\x1f\0\x01\0" + b"\xff" * (16 * MIB // 255 - 2)
    size = 1 + 4 + 15 + 255 * (16 * MIB // 255 - 2)
    body = b"\x01" + pack("<I", size + 5) + block + b"\0" + b"\x50" + bytes(5)
    with stream, victim.link(10, 0, session)[0] as port:
        _flood(port, message(102, body), total=64 * len(body), seconds=2)
    _is_well(victim)
    grown = victim.peak_kib() - before
    print(f"a port that nobody reads, 64 messages that become 16 MiB each: peak {grown} KiB more")
    assert grown < 80 << 10


def test_a_message_byte_by_byte(victim: ServedVictim) -> None:
    before = victim.memory_kib()
    stream, _ = victim.session()
    with stream:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream.sendall(message(999, size=8 * MIB))
        for _ in range(100_000):
            stream.send(b"x")
        grown = victim.memory_kib() - before
    print(f"100,000 bytes of a message, one by one: {grown} KiB more")
    assert grown < 4 << 10
    _is_well(victim)


# Servers


INIT = message(103, pack("<8I", 77, 1, 3, 1, 0, 10, 0, 0))
CHANNELS = message(104, pack("<I2B", 1, 10, 0))
PORT = message(201, pack("<IIB", 5, 9, 1) + b"port\0")
Act = Callable[[socket.socket, int], None]


def _attack(act: Act, seconds: float = 2.0, *, links: bool = True) -> tuple[str, float, int]:
    """How a client comes through it, how long that takes, and its peak in KiB."""
    server = HostileServer(act, links=links)
    try:
        script = Path(__file__).with_name("spice_attacked.py")
        done = subprocess.run(
            [sys.executable, str(script), server.uri, str(seconds)],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S + seconds,
            check=True,
        )
    finally:
        server.close()
    assert not done.stderr, done.stderr
    outcome, took, peak = json.loads(done.stdout)
    return outcome, took, peak


def _say(data: bytes) -> Act:
    """Send ``data``, then wait until the client goes."""

    def act(stream: socket.socket, kind: int) -> None:
        with suppress(ConnectionError):
            stream.sendall(data)
        while stream.recv(65536):
            pass

    return act


def _main(data: bytes) -> Act:
    """Begin a session on the main channel, and send ``data`` there; a port works as it should."""

    def act(stream: socket.socket, kind: int) -> None:
        _say(INIT + CHANNELS + data if kind == 1 else PORT)(stream, kind)

    return act


def _port(data: bytes) -> Act:
    """Begin a session, and send ``data`` as a port."""

    def act(stream: socket.socket, kind: int) -> None:
        _say(INIT + CHANNELS if kind == 1 else data)(stream, kind)

    return act


REPLY = b"REDQ" + pack("<3I", 2, 2, 186)
REFUSED = "DecodeError", "LimitExceeded", "LinkRefused", "RemoteProtocolError"
BEFORE_LINKING = {
    "NUL": bytes(MIB),
    "HTTP": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "a short reply": REPLY[:12] + pack("<I", 177),
    "2 GiB": REPLY[:12] + pack("<I", 0x7FFFFFFF) + bytes(MIB),
    "no key": REPLY + pack("<I", 0) + bytes(162) + pack("<5I", 1, 1, 178, 0b1011, 0),
    "words outside": REPLY + pack("<I", 0) + bytes(162) + pack("<5I", 9, 9, 178, 0b1011, 0),
    "SASL of 4 GiB": REPLY
    + pack("<I", 0)
    + bytes(162)
    + pack("<5I", 1, 1, 178, 0b1101, 0)
    + b"\xff" * 4,
}


@pytest.mark.parametrize("what", BEFORE_LINKING)
def test_servers_that_are_none(what: str) -> None:
    outcome, took, peak = _attack(_say(BEFORE_LINKING[what]), links=False)
    print(f"{what}: {outcome} after {took:.2f} s, peak {peak} KiB")
    assert outcome.startswith(REFUSED)
    assert took < ANSWER_S
    assert peak < CLIENT_KIB


@pytest.mark.parametrize("links", [False, True])
def test_servers_that_fall_silent(links: bool) -> None:
    outcome, took, _ = _attack(_say(b""), 1.5, links=links)
    assert outcome.startswith("DeadlineExceeded")
    assert 1.5 <= took < ANSWER_S


AFTER_LINKING = {
    "2 GiB": _main(message(104, size=0x7FFFFFFF) + bytes(MIB)),
    "4 GiB": _main(message(999, size=0xFFFFFFFF)),
    "INIT twice": _main(INIT),
    "no INIT": _say(CHANNELS),
    "a message that is too short": _main(message(103, b"abc")),
    "a million channels": _main(message(104, pack("<I", 0xFFFFFFFF))),
    "2,000 channels": _main(
        message(
            104,
            pack("<I", 2000) + b"".join(pack("<BB", 12 + n // 250, n % 250) for n in range(2000)),
        )
    ),
    "a list outside": _main(message(8, list_body([0xFFFFFFFF]))),
    "65,535 messages": _main(message(8, list_body([2] * 65_535))),
    "a ping of 2 MiB": _main(message(4, bytes(12 + 2 * MIB))),
    "a name outside": _main(message(113, pack("<I", 0xFFFFFFFF))),
}


@pytest.mark.parametrize("what", AFTER_LINKING)
def test_sessions_that_break_the_rules(what: str) -> None:
    outcome, took, peak = _attack(AFTER_LINKING[what])
    print(f"{what}: {outcome} after {took:.2f} s, peak {peak} KiB")
    assert outcome.startswith(REFUSED)
    assert took < ANSWER_S
    assert peak < CLIENT_KIB


PORTS = {
    "PORT_INIT twice": PORT + PORT,
    "an event of two bytes": PORT + message(202, b"\1\1"),
    "an event of none": PORT + message(202),
    "2 GiB": PORT + message(101, size=0x7FFFFFFF),
    "data that becomes 4 GiB": PORT + message(102, b"\1\xff\xff\xff\xff" + bytes(MIB)),
    "a name outside": message(201, pack("<IIB", 5, 0xFFFFFFFF, 1)),
}


@pytest.mark.parametrize("what", PORTS)
def test_ports_that_break_the_rules(what: str) -> None:
    outcome, took, peak = _attack(_port(PORTS[what]), 1.0)
    print(f"{what}: {outcome} after {took:.2f} s, peak {peak} KiB")
    # A port that breaks the rules is closed; the session may go on without it.
    assert outcome.startswith((*REFUSED, "stayed"))
    assert took < ANSWER_S
    assert peak < CLIENT_KIB


FLOODS = {
    "pings": message(4, bytes(12)),
    "pings of 60,000 bytes": message(4, bytes(60_000)),
    "windows": message(3, pack("<II", 1, 1)),
    "a window of one": message(3, pack("<II", 1, 1)) + message(106, bytes(4)) * 1000,
    "unknown messages": message(999),
    "names": message(113, pack("<I", 60_000) + bytes(60_000)),
    "notices": message(7, pack("<QIIII", 0, 1, 2, 0, 1000) + bytes(1000)),
    "agents": message(107) + message(108, bytes(4)),
    "waiting": message(5, b"\xff" + bytes(10 * 255)),
}


@pytest.mark.parametrize("what", FLOODS)
def test_servers_that_flood_and_read_nothing(what: str) -> None:
    data = FLOODS[what] * max(1, 65536 // len(FLOODS[what]))
    sent = 0

    def act(stream: socket.socket, kind: int) -> None:
        nonlocal sent
        if kind != 1:
            _say(PORT)(stream, kind)
            return
        stream.sendall(INIT + CHANNELS)
        sent = _flood(stream, data, total=2 * MIB, seconds=1)

    outcome, took, peak = _attack(act, 1.0)
    print(f"{what}, {sent / MIB:.0f} MiB: {outcome} after {took:.2f} s, peak {peak} KiB")
    assert peak < CLIENT_KIB


def test_a_port_that_floods_a_client_that_does_not_read() -> None:
    taken = 0

    def act(stream: socket.socket, kind: int) -> None:
        nonlocal taken
        if kind == 1:
            _say(INIT + CHANNELS)(stream, kind)
            return
        stream.sendall(PORT)
        taken = _flood(stream, message(101, bytes(60_000)), total=256 * MIB, seconds=1)

    outcome, _, peak = _attack(act, 2.0)
    print(f"a port that floods: {taken / MIB:.1f} MiB taken, {outcome}, peak {peak} KiB")
    assert outcome == "stayed"
    assert taken < 16 * MIB
    assert peak < CLIENT_KIB
