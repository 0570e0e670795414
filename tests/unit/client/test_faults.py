"""Faults of those who are called: who is told, and what ends by them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from caraway.client import connect
from caraway.errors import ActionFailed, ClosedError
from tests.in_loop import until
from tests.unit.client.scripting import read_to_the_end
from tests.unit.server.joined import URI, Joined, run


def _handler(caught: list[Any]) -> None:
    asyncio.get_running_loop().set_exception_handler(
        lambda loop, context: caught.append(context["exception"])
    )


def _fail(*args: object) -> None:
    raise KeyError("a fault of the user's")


def test_a_fault_where_data_is_taken_ends_its_port_and_names_it(joined: Joined) -> None:
    async def work() -> None:
        caught: list[Any] = []
        _handler(caught)
        server = await joined.serve()
        far = server.add_port("port")
        async with connect(URI) as session:
            near = session.port("port")
            near.on_data = _fail
            far.write(b"x")
            with pytest.raises(ActionFailed, match="KeyError"):
                await read_to_the_end(near)
            assert [type(each) for each in caught] == [KeyError]
            assert not session.is_over
        await server.aclose()

    run(work())


def test_a_fault_where_the_agent_is_heard_is_no_take_over(joined: Joined) -> None:
    async def work() -> None:
        caught: list[Any] = []
        _handler(caught)
        server = await joined.serve()
        server.connect_agent()
        async with connect(URI) as session:
            session.on_agent_data = _fail
            session.start_agent()
            server.clients[0].send_agent(b"x")
            error = await session.wait_ended()
            assert isinstance(error, ActionFailed)
            assert not isinstance(error, ClosedError)
            assert caught
        await server.aclose()

    run(work())


def test_a_fault_of_one_who_is_told_keeps_nothing_from_others(joined: Joined) -> None:
    async def work() -> None:
        caught: list[Any] = []
        _handler(caught)
        server = await joined.serve()
        ports = [server.add_port(f"port{number}") for number in range(3)]
        server.on_client = server.on_client_gone = _fail
        gone: list[str] = []
        for port in ports:
            port.on_change = port.on_client = _fail
        async with connect(URI) as session:
            for near in session.ports.values():
                near.on_change = _fail
            session.port("port2").on_change = lambda: gone.append("port2")
        assert gone == ["port2"]
        await until(lambda: not server.clients)
        assert not any(port.has_client for port in ports)
        assert len(caught) >= 8
        await server.aclose()

    run(work())
