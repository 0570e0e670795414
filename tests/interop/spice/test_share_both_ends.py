"""A folder through our client, our server and our agent's end of the mux, over TCP."""

from __future__ import annotations

import asyncio
from pathlib import Path

from caraway.client import Session, connect
from caraway.net.mux_link import MuxLink
from caraway.protocol.port import WEBDAV_PORT
from caraway.server import Server
from caraway.share.host import serve
from caraway.webdav import Application, FolderStore, Policy
from tests.in_loop import in_loop, until

#: More than all that is on the way at any time.
CONTENT = bytes(range(256)) * (40 << 10)


class Program(asyncio.Protocol):
    """A program of the virtual machine that has sent a request."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.is_over = False

    def data_received(self, data: bytes) -> None:
        self.received += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over = True

    @property
    def body(self) -> bytes:
        """Behind the head of the answer."""
        return bytes(self.received.partition(b"\r\n\r\n")[2])


def request(method: str, path: str, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def use(session: Session, application: Application, agent: MuxLink, shared: Path) -> None:
    """Read and write, one reader standing still all the while."""
    host = serve(await session.wait_port(WEBDAV_PORT), application)
    await until(lambda: agent.mux.takes_credits, "the hello has not come")
    stuck, big, small, upload = Program(), Program(), Program(), Program()
    standing = agent.open(stuck)
    standing.pause_reading()
    standing.write(request("GET", "/big"))
    agent.open(big).write(request("GET", "/big"))
    for count in range(1, 11):
        begun = agent.open(small)
        begun.write(request("GET", "/small"))
        await until(lambda: small.body == b"small", f"answer {count} has not come")
        begun.close()
        small.received.clear()
    await until(lambda: len(big.body) == len(CONTENT), "one reader stops another")
    assert big.body == CONTENT
    assert len(stuck.received) == 0
    standing.resume_reading()
    await until(lambda: stuck.body == CONTENT, "what waited has not come")

    agent.open(upload).write(request("PUT", "/up", CONTENT))
    await until(lambda: upload.received, "the upload was not answered")
    assert (shared / "up").read_bytes() == CONTENT
    (shared / "up").unlink()
    host.close()
    await until(lambda: big.is_over and stuck.is_over, "the end was not told")


@in_loop
async def test_read_and_write(place: Path) -> None:
    shared = place / "shared"
    shared.mkdir()
    (shared / "big").write_bytes(CONTENT)
    (shared / "small").write_bytes(b"small")
    server = Server()
    server_port = server.add_port(WEBDAV_PORT)
    uri = await server.listen_tcp("127.0.0.1", 0)
    agent = MuxLink(server_port)
    policy = Policy(read_only=False)
    application = Application(FolderStore(shared), policy)
    # Another client finds all as the first one did.
    for _ in range(2):
        async with connect(uri) as session:
            await use(session, application, agent, shared)
        await until(lambda: not server_port.is_open, "the client is still there")
    agent.close()
    await server.aclose()
