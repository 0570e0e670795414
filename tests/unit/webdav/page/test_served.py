"""A page that is made in pieces, over a connection."""

from __future__ import annotations

import re

from caraway.webdav.application import Application
from caraway.webdav.page.render import HELD
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.server.memory import Client, put_file, request, run


def test_a_large_folder_over_a_connection() -> None:
    """HEAD has none of the pieces, so that the answer behind it is found."""
    store = MemoryStore()
    for number in range(HELD + 1):
        put_file(store, (f"f{number}",))

    async def check() -> None:
        client = Client(Application(store))
        client.feed(request("HEAD", "/") + request("GET", "/") + request("GET", "/f1"))
        head = await client.answer("HEAD")
        assert (head.status, head.headers["transfer-encoding"]) == (200, "chunked")
        page = await client.answer()
        assert page.headers["transfer-encoding"] == "chunked"
        assert len(re.findall(rb'<a href="\./f\d+">', page.body)) == HELD + 1
        assert page.body.endswith(b"</html>\n")
        assert (await client.answer()).status == 200

    run(check())
