"""Whatever a server and its clients do, in whatever order, and wherever streams break."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from caraway.client import Session, connect
from caraway.errors import AuthError, CarawayError
from caraway.net.memory import MemoryTransport, join_in_memory
from caraway.net.port import MAX_UNREAD
from caraway.server import Server, ServerLimits
from caraway.server.server import Stream
from caraway.server.tickets import KeyRing
from tests.property.effort import examples
from tests.unit.server.joined import KEY, URI

#: What is done, and to which of those it can be done to.
ACTIONS = (
    "connect",
    "leave",
    "cancel",
    "break",
    "reset",
    "write near",
    "write far",
    "read near",
    "read far",
    "open port",
    "close port",
    "add port",
    "let go of port",
    "show out",
    "name",
    "notify",
    "agent comes",
    "agent goes",
    "agent speaks",
    "speak to agent",
    "pause",
    "resume",
    "password",
    "turns",
)
actions = st.one_of(st.sampled_from(ACTIONS), st.sampled_from(["connect", "turns"]))
scripts = st.lists(st.tuples(actions, st.integers(0, 7)), max_size=80)
#: How bytes are cut on their way: pieces of so many at most.
cuts = st.sampled_from([1, 7, 300, 1 << 20])


class Cut:
    """Passes a stream on in small pieces."""

    def __init__(self, protocol: asyncio.Protocol, size: int) -> None:
        self._whole = protocol.data_received
        self._size = size
        protocol.data_received = self.data_received  # type: ignore[method-assign]  # in between

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), self._size):
            self._whole(data[start : start + self._size])


class World:
    """A server, its clients, and the streams between them."""

    def __init__(self, clients: int, cut: int) -> None:
        self.faults: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, context: self.faults.append(context)
        )
        self.server = Server(password="a", clients=clients)
        self.server._keys = _OneKey()
        self.server.add_port("first")
        self.server.add_port("org.spice-space.webdav.0", is_opened=False)
        self.max_clients = clients
        self.cut = cut
        self.beginning: list[asyncio.Task[Session]] = []
        self.sessions: list[Session] = []
        self.streams: list[tuple[MemoryTransport, MemoryTransport]] = []
        # What was written into each port, and read from it: nothing may be made up.
        self.came = self.went = 0
        self.server.on_client = lambda client: self._count(1, 0)
        self.server.on_client_gone = lambda client: self._count(0, 1)

    def _count(self, came: int, went: int) -> None:
        self.came += came
        self.went += went

    async def dial(
        self, endpoint: object, factory: Callable[[], asyncio.Protocol], **options: object
    ) -> asyncio.Protocol:
        near, far = factory(), Stream(self.server, ServerLimits())
        Cut(near, self.cut)
        Cut(far, self.cut)
        self.streams.append(join_in_memory(near, far))
        return near

    def check(self) -> None:
        """What holds at any time."""
        assert not self.faults, self.faults
        assert len(self.server.clients) <= self.max_clients
        assert self.came - self.went == len(self.server.clients)
        connected = {id(port) for client in self.server.clients for port in client.ports}
        for port in self.server.ports:
            assert port.has_client == (id(port) in connected)
            assert port.is_open == (port.is_opened and port.has_client)
            assert port._unread_size == sum(map(len, port._unread)) <= 3 * MAX_UNREAD
        for session in self.sessions:
            assert not isinstance(session._events.error, AuthError), "it has been let in"
            for near in session.ports.values():
                assert not near.is_open or near.is_connected
                assert not (session.is_over and not near.is_gone)
                assert near._unread_size == sum(map(len, near._unread)) <= 3 * MAX_UNREAD

    async def do(self, action: str, which: int) -> None:
        session = self.sessions[which % len(self.sessions)] if self.sessions else None
        near = (
            list(session.ports.values())[which % len(session.ports)]
            if (session is not None and session.ports)
            else None
        )
        far = self.server.ports[which % len(self.server.ports)]
        client = (
            self.server.clients[which % len(self.server.clients)] if (self.server.clients) else None
        )
        data = bytes([which]) * (10 ** (which % 6))
        if action == "connect":
            self.beginning.append(asyncio.ensure_future(_begun("a" if which < 6 else "wrong")))
        elif action == "cancel" and self.beginning:
            self.beginning[which % len(self.beginning)].cancel()
        elif action == "leave" and session is not None:
            await session.aclose()
        elif action in ("break", "reset") and self.streams:
            pair = self.streams[which % len(self.streams)]
            pair[which % 2].abort() if action == "break" else pair[which % 2].close()
        elif action == "write near" and near is not None:
            near.write(data)
        elif action == "write far":
            far.write(data)
        elif action == "read near" and near is not None and near._unread:
            await near.read(1 + which * 1000)
        elif action == "read far" and far._unread:
            await far.read(1 + which * 1000)
        elif action == "open port":
            far.open()
        elif action == "close port":
            far.close()
        elif action == "add port" and len(self.server.ports) < 5:
            self.server.add_port(f"port{len(self.server.ports)}")
        elif action == "let go of port" and near is not None:
            near.leave()
        elif action == "show out" and client is not None:
            client.disconnect()
        elif action == "name":
            self.server.set_name("n" * which)
        elif action == "notify" and client is not None:
            client.notify("!" * which)
        elif action == "agent comes":
            self.server.connect_agent()
        elif action == "agent goes":
            self.server.disconnect_agent()
        elif action == "agent speaks" and client is not None:
            client.send_agent(data)
        elif action == "speak to agent" and session is not None:
            if which % 2:
                session.start_agent()
            session.send_agent(data)
        elif action == "pause" and near is not None:
            near.pause()
        elif action == "resume" and near is not None:
            near.resume()
        elif action == "password":
            self.server.set_password("a" if which % 2 else "b")
        elif action == "turns":
            for _ in range(5 * which):
                await asyncio.sleep(0)

    def note_begun(self) -> None:
        for task in list(self.beginning):
            if task.done():
                self.beginning.remove(task)
                if not task.cancelled() and task.exception() is None:
                    self.sessions.append(task.result())

    async def end(self) -> None:
        """All is closed; nothing is left."""
        for task in self.beginning:
            task.cancel()
        await asyncio.gather(*self.beginning, return_exceptions=True)
        self.note_begun()
        for session in self.sessions:
            await session.aclose()
            assert isinstance(await session.wait_ended(), CarawayError)
        await self.server.aclose()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not self.server._streams
        assert not self.server._linking
        assert not self.server.clients
        for session in self.sessions:
            assert not session._tasks.running
            assert all(stream.transport is None for stream in session._connections.streams)
        for pair in self.streams:
            assert all(end.is_closing() for end in pair)
        self.check()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, left


class _OneKey(KeyRing):
    """Making keys takes longest."""

    def take(self) -> Any:
        return KEY


async def _begun(password: str) -> Session:
    return await connect(URI, password=password, timeout_s=5)


async def _play(script: list[tuple[str, int]], clients: int, cut: int) -> None:
    world = World(clients, cut)
    # Nobody waits in tests.
    with (
        patch("caraway.client.opener.dial", world.dial),
        patch("caraway.client.connections.ALL_AT_ONCE_S", 0.001),
    ):
        async with asyncio.timeout(30):
            await _perform(world, script)


async def _perform(world: World, script: list[tuple[str, int]]) -> None:
    for action, which in script:
        # Whoever it is done to may be gone; that is said in a way that is ours.
        with suppress(CarawayError):
            await world.do(action, which)
        world.note_begun()
        world.check()
        await asyncio.sleep(0)
    await world.end()


@examples(150)
@given(scripts, st.integers(1, 3), cuts)
def test_scripts(script: list[tuple[str, int]], clients: int, cut: int) -> None:
    asyncio.run(_play(script, clients, cut))


def test_a_script_that_does_most_of_it() -> None:
    script = [("connect", 0), ("turns", 7), ("turns", 7)]
    script += [(action, which) for which in range(6) for action in ACTIONS]
    asyncio.run(_play(script, 2, 300))
