"""A thousand sessions of one process: what they take to connect, to keep, and to leave alone."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from benchmarks._client import WrongAnswer
from benchmarks._echo_process import EchoServer
from benchmarks._echo_servers import PORTS
from benchmarks._figures import Metric, Sample
from caraway.client import Session, connect
from caraway.client.opener import Opener
from caraway.errors import CarawayError
from caraway.net.connection import ChannelConnection
from caraway.net.endpoint import parse_uri
from caraway.protocol.capabilities import Capabilities
from caraway.protocol.channel import Event
from caraway.protocol.link import LinkRequest
from caraway.protocol.port import PORT, PortClient, PortData

MANY = 1000
#: Sessions that connect at the same time.
AT_A_TIME = 16
#: How long they are left alone, seconds.
IDLE_S = 5.0
#: How long they may take to connect, seconds.
TIMEOUT_S = 300.0


async def _open_port(
    uri: str, session: Session, number: int
) -> tuple[ChannelConnection[PortClient], asyncio.Queue[bytes]]:
    """One of the server's ports; a session by itself would open all of them."""
    said: asyncio.Queue[bytes] = asyncio.Queue()

    def take(event: Event) -> None:
        said.put_nowait(bytes(event.data) if isinstance(event, PortData) else b"")

    connection = await Opener(parse_uri(uri)).open(
        LinkRequest(PORT, number, session.init.session_id, Capabilities()),
        PortClient,
        on_event=take,
    )
    await said.get()
    return connection, said


async def _ask(connection: ChannelConnection[PortClient], said: asyncio.Queue[bytes]) -> None:
    connection.channel.send_data(b"hello")
    connection.flush()
    answer = await said.get()
    if answer != b"hello":
        raise WrongAnswer(f"a port answered {answer!r}")


async def _measure(server: EchoServer, *, has_ports: bool) -> Sample:
    uris = list(map(str, server.addresses.values()))
    before, cpu_before = server.pss(), server.cpu_s()
    turns = asyncio.Semaphore(AT_A_TIME)
    async with AsyncExitStack() as stack:

        async def begin(number: int) -> None:
            uri = uris[1 + number // PORTS] if has_ports else uris[0]
            async with turns:
                session = await connect(uri, timeout_s=60, wanted_ports=lambda kind: False)
                stack.push_async_callback(session.aclose)
                if has_ports:
                    connection, said = await _open_port(uri, session, number % PORTS)
                    stack.push_async_callback(connection.aclose)
                    await _ask(connection, said)

        start = time.perf_counter()
        await asyncio.gather(*map(begin, range(MANY)))
        took = time.perf_counter() - start
        cpu_s = server.cpu_s() - cpu_before
        # What was needed for linking may go.
        await asyncio.sleep(1)
        each = (server.pss() - before) / MANY
        idle_before = server.cpu_s()
        await asyncio.sleep(IDLE_S)
        idle = (server.cpu_s() - idle_before) / IDLE_S
    return Sample(
        each,
        {
            "seconds to connect all": took,
            "server ms/session": cpu_s / MANY * 1e3,
            "server busy when idle, %": idle * 100,
        },
    )


def measure(folder: Path, *, has_ports: bool) -> Sample:
    """Bytes that a fresh server takes for each session.

    Raises:
        WrongAnswer: Not all of them connected.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with EchoServer("many", folder) as server:

        async def work() -> Sample:
            async with asyncio.timeout(TIMEOUT_S):
                return await _measure(server, has_ports=has_ports)

        try:
            return asyncio.run(work())
        except CarawayError as error:
            raise WrongAnswer(str(error)) from error
        except TimeoutError:
            raise WrongAnswer(f"{MANY} sessions took longer than {TIMEOUT_S:g} s") from None


#: What is measured of a thousand sessions.
SESSIONS: tuple[tuple[Metric, Callable[[Path], Sample]], ...] = (
    (
        Metric("main", "1,000 sessions", "kB each", (), more_is_better=False, scale=1e-3),
        lambda folder: measure(folder, has_ports=False),
    ),
    (
        Metric(
            "main-port",
            "1,000 sessions with a port",
            "kB each",
            (),
            more_is_better=False,
            scale=1e-3,
        ),
        lambda folder: measure(folder, has_ports=True),
    ),
)
