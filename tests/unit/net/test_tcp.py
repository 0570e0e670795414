"""Which of several addresses is taken."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from caraway.errors import ConnectError
from caraway.net import tcp
from caraway.net.tcp import Address, connect, reason_of, resolve, tune
from tests.unit.net.streams import run

V4, V6 = socket.AF_INET, socket.AF_INET6


def _patch_resolver(monkeypatch: pytest.MonkeyPatch, outcome: Any) -> None:
    async def getaddrinfo(self: object, host: str, port: int, **options: object) -> Any:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)


def test_families_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(V6, 1, 6, "", (f"::{at}", 1, 0, 0)) for at in (1, 2, 3)]
    found += [(V4, 1, 6, "", ("10.0.0.1", 1))]
    _patch_resolver(monkeypatch, found)
    hosts = [address[0] for _, address in run(resolve("vm", 1))]
    assert hosts == ["::1", "10.0.0.1", "::2", "::3"]


def test_no_more_addresses_than_are_worth_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    _patch_resolver(monkeypatch, [(V4, 1, 6, "", ("10.0.0.1", at)) for at in range(100)])
    assert len(run(resolve("vm", 1))) == 16


@pytest.mark.parametrize(
    ("host", "error", "text", "hint"),
    [
        ("vm", socket.gaierror(-2, "Name or service not known"), "'vm' is not known: Name", None),
        ("a:b", socket.gaierror(-2, "No"), "'a:b' is not known: No", "proxy"),
        ("a..b", UnicodeError("label empty"), "label empty", None),
    ],
)
def test_hosts_that_are_not_known(
    monkeypatch: pytest.MonkeyPatch, host: str, error: Exception, text: str, hint: str | None
) -> None:
    _patch_resolver(monkeypatch, error)
    with pytest.raises(ConnectError) as caught:
        run(resolve(host, 1))
    assert text in str(caught.value)
    assert caught.value.hint is None if hint is None else hint in str(caught.value.hint)


#: After how long an address answers, or how it fails, or both.
Answer = float | Exception | tuple[float, Exception]


class Network:
    """Sockets without a network: each address answers, refuses, or is silent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **answers: Answer) -> None:
        self.answers = answers
        self.tried: list[str] = []
        self.sockets: list[socket.socket] = []
        monkeypatch.setattr(tcp, "_STAGGER_S", 0.01)
        network = self

        async def sock_connect(self: object, sock: socket.socket, address: str) -> None:
            network.tried.append(address)
            network.sockets.append(sock)
            answer = network.answers[address]
            delay, error = answer if isinstance(answer, tuple) else (answer, None)
            if isinstance(delay, Exception):
                raise delay
            await asyncio.sleep(delay)
            if error is not None:
                raise error

        monkeypatch.setattr(asyncio.BaseEventLoop, "sock_connect", sock_connect, raising=False)
        monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", sock_connect, raising=False)

    def connect(self, *names: str) -> int:
        """Which of the sockets is the one."""
        addresses: list[Address] = [(V4, name) for name in names]

        async def work() -> int:
            sock = await connect(addresses, "vm:1")
            await asyncio.sleep(0.02)
            index = self.sockets.index(sock)
            open_ones = [each for each in self.sockets if each.fileno() >= 0]
            assert open_ones == [sock]
            sock.close()
            return index

        return run(work())


def test_the_first_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(monkeypatch, a=0.0, b=0.0)
    assert network.connect("a", "b") == 0
    assert network.tried == ["a"]


def test_one_that_refuses_costs_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(monkeypatch, a=ConnectionRefusedError(111, "no"), b=0.0)
    assert network.connect("a", "b") == 1


def test_one_that_is_silent_is_overtaken(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(monkeypatch, a=60.0, b=0.0)
    assert network.connect("a", "b") == 1


def test_one_that_refuses_late_leaves_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(monkeypatch, a=(0.05, ConnectionRefusedError(111, "no")), b=0.1)
    assert network.connect("a", "b") == 1


def test_of_two_at_once_one_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(monkeypatch)
    both = asyncio.Event()

    async def together(self: object, sock: socket.socket, address: str) -> None:
        network.sockets.append(sock)
        if address == "b":
            both.set()
        await both.wait()

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", together)
    network.connect("a", "b")


def test_none_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(
        monkeypatch,
        a=ConnectionRefusedError(111, "x"),
        b=ConnectionRefusedError(111, "x"),
        c=OSError("strange"),
    )
    with pytest.raises(ConnectError, match="vm:1: Connection refused; strange") as caught:
        network.connect("a", "b", "c")
    assert "firewall" in (caught.value.hint or "")
    assert all(each.fileno() < 0 for each in network.sockets)


def test_giving_up_leaves_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(monkeypatch, a=60.0, b=60.0)

    async def work() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connect([(V4, "a"), (V4, "b")], "vm:1"), 0.05)
        await asyncio.sleep(0)
        assert all(each.fileno() < 0 for each in network.sockets)

    run(work())


def test_a_socket_that_nobody_wants_is_closed() -> None:
    async def work() -> None:
        async def late() -> socket.socket:
            return socket.socket()

        task = asyncio.create_task(late())
        task.add_done_callback(tcp._discard)
        sock = await task
        await asyncio.sleep(0)
        assert sock.fileno() < 0

    run(work())


def test_reasons() -> None:
    assert reason_of(OSError(111, "Connect call failed ('127.0.0.1', 1)")) == "Connection refused"
    assert reason_of(socket.gaierror(-2, "Name unknown")) == "Name unknown"
    assert reason_of(OSError("odd")) == "odd"
    assert reason_of(UnicodeError("label")) == "label"
    assert reason_of(OSError()) == "OSError"


def test_sockets_are_tuned(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as sock:
        tune(sock)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    monkeypatch.delattr(socket, "TCP_KEEPIDLE", raising=False)
    with socket.socket() as sock:
        tune(sock)
