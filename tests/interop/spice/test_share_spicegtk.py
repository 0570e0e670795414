"""A folder that spice-gtk shares, through our server and our guest's end of the mux."""

from __future__ import annotations

import asyncio
from http.client import HTTPConnection
from pathlib import Path

from caraway.protocol.port import WEBDAV_PORT
from caraway.server import Server
from caraway.share.guest import FolderGuest
from tests.in_loop import in_loop, until
from tests.interop.spice.spicegtk import SpiceGtk

#: Some times what may be on its way.
CONTENT = bytes(range(256)) * (16 << 10)


def use(port: int) -> None:
    """Requests of a program, one after the other on the same connection."""
    program = HTTPConnection("127.0.0.1", port, timeout=30)
    # spice-gtk ends the connection after each answer, and takes more for all that.
    for _ in range(3):
        assert ask(program, "GET", "/small") == (200, b"small")
        assert ask(program, "GET", "/big") == (200, CONTENT)
    assert ask(program, "PUT", "/up", CONTENT)[0] in (200, 201)
    assert ask(program, "GET", "/nothing")[0] == 404
    program.close()


def ask(program: HTTPConnection, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    """A request's status, and what was answered."""
    program.request(method, path, body or None)
    answer = program.getresponse()
    return answer.status, answer.read()


@in_loop
async def test_spicegtk_shares(place: Path) -> None:
    folder = place / "shared"
    folder.mkdir()
    (folder / "big").write_bytes(CONTENT)
    (folder / "small").write_bytes(b"small")
    server = Server()
    guest = FolderGuest(server.add_port(WEBDAV_PORT))
    number = (await server.listen_tcp("127.0.0.1", 0)).rpartition(":")[2]
    url = await guest.listen_tcp("127.0.0.1", 0)
    port = int(url.rpartition(":")[2].strip("/"))
    # Two clients, one after the other.
    for index in range(2):
        home = place / f"home{index}"
        properties = {"host": "127.0.0.1", "port": number, "shared_dir": str(folder)}
        async with SpiceGtk(home, share_dir_ro=False, **properties) as peer:
            await peer.wait("port", name=WEBDAV_PORT, open=True)
            await asyncio.to_thread(use, port)
            assert (folder / "up").read_bytes() == CONTENT
            (folder / "up").unlink()
            assert not guest.takes_credits
        await until(lambda: not guest.is_shared, "the client is still there")
        await until(lambda: not guest.connections, "programs are still connected")
    await guest.aclose()
    await server.aclose()
