"""Requests of a virtual machine's programs, answered through a port."""

from __future__ import annotations

import asyncio

import pytest

from caraway.net.mux_link import MuxLink
from caraway.protocol.mux_frames import frame_header
from caraway.share import host as host_module
from caraway.share.host import serve
from caraway.webdav import Exchange
from tests.in_loop import in_loop, settle, until
from tests.patience import PATIENCE_S
from tests.unit.net.cable import CableEnd, joined
from tests.unit.net.test_mux import Recorder
from tests.unit.share.requests import BIG, HOST, application, request


class Plain:
    """A port whose other end is a real agent, played by the test."""

    def __init__(self) -> None:
        self.end = CableEnd()
        self.end.is_open = True

    def say(self, number: int, data: bytes) -> None:
        """The agent sends bytes of a connection."""
        assert self.end.on_data is not None
        for start in range(0, max(len(data), 1), 60_000):
            piece = data[start : start + 60_000]
            self.end.on_data(frame_header(number, len(piece)) + piece)

    @property
    def sent(self) -> bytes:
        """All that was sent to the agent."""
        return b"".join(self.end.sent)


@in_loop
async def test_a_get_in_one_frame() -> None:
    done: list[Exchange] = []
    plain = Plain()
    host = serve(plain.end, application(), on_exchange=done.append)
    plain.say(-7, request(b"PUT", b"/a.txt", b"hello"))
    await until(lambda: b"201 Created" in plain.sent)
    del plain.end.sent[:]
    plain.say(-7, request(b"GET", b"/a.txt"))
    await until(lambda: plain.sent)
    message = plain.sent
    assert message.startswith(frame_header(-7, len(message) - 10) + b"HTTP/1.1 200 OK\r\n")
    assert message.endswith(b"\r\n\r\nhello")
    assert [each.status for each in done] == [201, 200]
    assert host.connections == 1
    assert not host.takes_credits
    assert host.transfers() == []
    host.close()
    assert host.connections == 0


@in_loop
async def test_with_our_agent() -> None:
    host_end, agent_end = joined()
    agent = MuxLink(agent_end)
    host = serve(host_end, application())
    await settle()
    assert host.takes_credits
    client = Recorder()
    transport = agent.open(client)
    transport.write(request(b"PUT", b"/big", BIG))
    await until(lambda: any(b"201" in each for each in client.told if isinstance(each, bytes)))
    del client.told[:]
    transport.write(request(b"GET", b"/big"))

    def got() -> bytes:
        return b"".join(each for each in client.told if isinstance(each, bytes))

    await until(lambda: got().endswith(BIG))
    transport.close()
    await until(lambda: not host.connections)
    host.close()
    agent.close()


@in_loop
async def test_a_number_comes_again_while_its_answer_is_on_its_way() -> None:
    plain = Plain()
    host = serve(plain.end, application())
    plain.say(5, request(b"PUT", b"/big", BIG))
    await until(lambda: b"201 Created" in plain.sent)
    plain.end.is_writable = False
    plain.say(5, request(b"GET", b"/big"))
    await settle()
    assert [each.method for each in host.transfers()] == ["GET"]
    del plain.end.sent[:]
    # Its program was killed, and another got the same number.
    plain.say(5, request(b"GET", b"/nothing"))
    await settle()
    plain.end.give_room()
    await until(lambda: b"404" in plain.sent)
    assert plain.sent.startswith(frame_header(5, len(plain.sent) - 10) + b"HTTP/1.1 404")
    host.close()


@in_loop
async def test_an_upload_is_not_taken_for_another_connection() -> None:
    plain = Plain()
    host = serve(plain.end, application())
    plain.end.is_writable = False
    body = request(b"GET", b"/nothing") * 3
    head = request(b"PUT", b"/a", body)[: -len(body)]
    plain.say(5, head[:-2] + b"Expect: 100-continue\r\n\r\n")
    await settle()
    plain.say(5, body)
    await settle()
    plain.end.give_room()
    await until(lambda: b"201 Created" in plain.sent)
    assert b"404" not in plain.sent
    host.close()


@in_loop
async def test_a_number_comes_again_after_its_connection_was_closed() -> None:
    """Its program was killed, of which the agent says nothing, and another has come."""
    plain = Plain()
    host = serve(plain.end, application())
    await settle()
    last = b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    for count in range(1, 4):
        plain.say(-64, last)
        await settle()
        await until(lambda: not host.connections)
        assert plain.sent.count(b"HTTP/1.1 ") == count
    # The rest of a body is none.
    plain.say(-64, b"GET out of here")
    await settle()
    assert plain.sent.count(b"HTTP/1.1 ") == 3
    host.close()


@in_loop
async def test_idle_connections_are_given_up_and_come_back() -> None:
    plain = Plain()
    host = serve(plain.end, application())
    plain.say(5, request(b"GET", b"/"))
    plain.say(6, b"GET / HTTP")
    await until(lambda: b"200 OK" in plain.sent)
    loop = asyncio.get_running_loop()
    host._sweep(loop.time())
    assert host.connections == 2
    sent = plain.sent
    host._sweep(loop.time() + host_module._IDLE_S + 1)
    await settle()
    assert b"408" in plain.sent[len(sent) :]
    assert frame_header(5, 0) not in plain.sent[len(sent) :]
    # The other says so, and stays a moment.
    assert host.connections == 1
    del plain.end.sent[:]
    plain.say(5, request(b"GET", b"/"))
    await until(lambda: b"200 OK" in plain.sent)
    host.close()


@in_loop
async def test_an_answer_that_waits_for_the_port_is_not_idle() -> None:
    """The virtual machine stood still for a minute."""
    plain = Plain()
    host = serve(plain.end, application())
    await settle()
    plain.end.is_writable = False
    plain.say(5, request(b"GET", b"/nothing"))
    await until(lambda: all(each.is_idle for each in host._connections.values()))
    host._sweep(asyncio.get_running_loop().time() + host_module._IDLE_S + 1)
    await settle()
    plain.end.give_room()
    await until(lambda: b"404 Not Found" in plain.sent)
    host.close()


@in_loop
async def test_finishing_answers_what_is_under_way() -> None:
    plain = Plain()
    host = serve(plain.end, application())
    await host.finish()
    host = serve(plain.end, application())
    body = b"x" * 1000
    upload = request(b"PUT", b"/a", body)
    plain.say(5, upload[:-500])
    plain.say(6, request(b"GET", b"/"))
    await until(lambda: b"200 OK" in plain.sent)
    finishing = asyncio.create_task(host.finish())
    await until(lambda: host.connections == 1)
    plain.say(5, upload[-500:])
    await until(lambda: b"201 Created" in plain.sent)
    # The server may have the answer still, and drops it when we leave: until the agent
    # says that the program has gone, it is not known to have come.
    await until(lambda: not host.connections)
    await settle()
    assert not finishing.done()
    plain.say(5, b"")
    await finishing


@in_loop
async def test_finishing_does_not_wait_for_ever_for_an_answer_to_arrive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host_module, "_ARRIVES_S", 0.05)
    plain = Plain()
    host = serve(plain.end, application())
    plain.say(5, request(b"PUT", b"/a", b"hello")[:-2])
    await settle()
    finishing = asyncio.create_task(host.finish())
    await settle()
    plain.say(5, b"lo")
    await finishing
    assert b"201 Created" in plain.sent


@in_loop
async def test_our_agent_says_when_an_answer_has_arrived() -> None:
    host_end, agent_end = joined()
    agent = MuxLink(agent_end)
    host = serve(host_end, application())
    await settle()
    client = Recorder()
    transport = agent.open(client)
    upload = request(b"PUT", b"/a", b"hello")
    transport.write(upload[:-2])
    await until(lambda: host.connections)
    finishing = asyncio.create_task(host.finish())
    await settle()
    transport.pause_reading()
    transport.write(upload[-2:])
    await until(lambda: not host.connections)
    await asyncio.sleep(0.05)
    assert not finishing.done()
    transport.resume_reading()
    await finishing
    assert any(b"201" in each for each in client.told if isinstance(each, bytes))
    agent.close()


@in_loop
async def test_an_answer_that_has_just_left_is_waited_for_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host_module, "_ARRIVES_S", PATIENCE_S)
    host_end, agent_end = joined()
    agent = MuxLink(agent_end)
    host = serve(host_end, application())
    await settle()
    clients = [Recorder() for _ in range(100)]
    transports = [agent.open(client) for client in clients]
    transports[0].pause_reading()
    for transport in transports:
        transport.write(request(b"GET", b"/nothing"))
    await until(lambda: agent.mux.incoming_size and all(each.told for each in clients[1:]))
    finishing = [asyncio.create_task(host.finish()) for _ in range(2)]
    await until(lambda: not host.connections)
    await asyncio.sleep(0.05)
    assert [each.done() for each in finishing] == [False, False]
    began = asyncio.get_running_loop().time()
    transports[0].resume_reading()
    await asyncio.gather(*finishing)
    assert asyncio.get_running_loop().time() - began < PATIENCE_S / 2
    told = [b"".join(each for each in client.told if isinstance(each, bytes)) for client in clients]
    assert all(b"404 Not Found" in each for each in told)
    agent.close()


@in_loop
async def test_who_comes_while_it_finishes_is_answered_once() -> None:
    plain = Plain()
    host = serve(plain.end, application())
    plain.say(5, request(b"PUT", b"/a", b"hello")[:-2])
    await settle()
    finishing = asyncio.create_task(host.finish())
    await settle()
    plain.say(6, request(b"GET", b"/"))
    await until(lambda: b"200 OK" in plain.sent)
    await until(lambda: host.connections == 1)
    plain.say(5, b"lo")
    await until(lambda: not host.connections)
    plain.say(5, b"")
    await finishing


@in_loop
async def test_one_that_is_cut_off_is_gone_though_the_port_takes_nothing() -> None:
    plain = Plain()
    host = serve(plain.end, application())
    plain.say(5, b"GET / HT")
    await settle()
    plain.end.is_writable = False
    for connection in host._connections.values():
        connection.abort()
    plain.say(5, b"late")
    await settle()
    assert host.connections == 0
    plain.say(5, b"later")
    assert host.connections == 0
    host.close()
    await settle()
