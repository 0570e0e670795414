"""Our server and spice-html5 in a browser: SPICE in WebSockets."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from caraway.errors import AuthError
from caraway.messages.link import enums
from caraway.server import Server
from tests.in_loop import in_loop, until
from tests.interop.chromium import Browser, Tab
from tests.patience import PATIENCE_S

SOURCES = "/usr/share/spice-html5"
PORT = "org.example.echo.0"
#: spice-html5 shows what comes to a port by events of the window.
CONNECT = """
(async () => {
    const { SpiceMainConn } = await import('/main.js');
    window.seen = [];
    for (const kind of ['spice-port-data', 'spice-port-event'])
        addEventListener(kind, ({ detail }) => seen.push(
            new TextDecoder().decode(detail.data ?? detail.spiceEvent)));
    window.main = new SpiceMainConn({
        ...%s,
        onerror: error => seen.push(String(error)),
        onsuccess: () => seen.push('success'),
    });
})()
"""
SEND = """
(async () => {
    const { SpiceMiniData } = await import('/spicemsg.js');
    const message = new SpiceMiniData();
    const data = new TextEncoder().encode(%s);
    message.build_msg(101, {
        buffer_size: () => data.length,
        to_buffer: (buffer, at) => new Uint8Array(buffer).set(data, at ?? 0),
    });
    main.ports[0].send_msg(message);
})()
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Where spice-html5 is served."""
    assert Path(SOURCES).exists(), f"{SOURCES} is missing: run scripts/preflight.py"
    handler = partial(_Quiet, directory=SOURCES)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def tab(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A page of that site."""
    browser = Browser(tmp_path_factory.mktemp("chromium") / "profile")
    yield browser.open(f"{site}/main.js")
    browser.close()


async def connect(tab: Tab, uri: str, password: str) -> None:
    options = {"uri": uri.replace("spice://", "ws://"), "password": password}
    await asyncio.to_thread(tab.run, CONNECT % json.dumps(options))


@in_loop
async def test_session(tab: Tab, site: str) -> None:
    # It does not know of names: it must not be told.
    server = Server(password="secret", name="not for everybody", allow_origins=[site])
    port = server.add_port(PORT)
    uri = await server.listen_tcp("127.0.0.1", 0)
    await connect(tab, uri, "secret")
    await until(lambda: port.is_open, "spice-html5 does not open the port")
    await asyncio.to_thread(tab.until, "seen.includes('success')")
    ready = "main.state === 'ready' && main.ports[0].state === 'ready'"
    await asyncio.to_thread(tab.until, ready)

    assert not server.clients[0].capabilities.channel & {enums.MainCap.NAME_AND_UUID}

    port.write(b"to the browser" * 10_000)
    await asyncio.to_thread(tab.until, "seen.join('').includes('to the browser'.repeat(10000))")
    await asyncio.to_thread(tab.run, SEND % "'from the browser'")
    assert await asyncio.wait_for(port.read(), PATIENCE_S) == b"from the browser"
    port.send_event(2)
    await asyncio.to_thread(tab.until, "seen.includes('\\x02')")

    await asyncio.to_thread(tab.run, "main.stop()")
    await until(lambda: not server.clients, "the server still has a client")
    await server.aclose()


@in_loop
async def test_wrong_password(tab: Tab, site: str) -> None:
    server = Server(password="secret", allow_origins=[site])
    refused: list[Exception] = []
    server.on_refused = lambda _, error: refused.append(error)
    uri = await server.listen_tcp("127.0.0.1", 0)
    await connect(tab, uri, "wrong")
    await asyncio.to_thread(tab.until, "seen.join().includes('Permission denied')")
    assert [type(error) for error in refused] == [AuthError]
    await server.aclose()


@in_loop
async def test_page_of_another_site(tab: Tab) -> None:
    """Unlike the real server, ours lets no page in that nobody has allowed."""
    server = Server()
    uri = await server.listen_tcp("127.0.0.1", 0)
    await connect(tab, uri, "")
    await asyncio.to_thread(tab.until, "seen.length > 0")
    assert not server.clients
    assert await asyncio.to_thread(tab.run, "main.state") != "ready"
    await server.aclose()
