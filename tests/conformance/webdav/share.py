"""A share with a client on it: the whole server but its socket, over every store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path as File
from typing import Any
from xml.etree import ElementTree

from caraway.webdav.application import Application
from caraway.webdav.call import Policy
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.interface import Store
from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.server.memory import Answer, Client, put_file, run

#: What is shared: ``/a.txt``, ``/c/``, ``/c/b.txt``.
CONTENT = b"0123456789"


class Share:
    """Asks one server over one connection, and reads what it says."""

    def __init__(self, store: Store, *, read_only: bool = False) -> None:
        self.store = store
        self.application = Application(store, Policy(read_only=read_only))

    def play(self, *requests: tuple[Any, ...]) -> list[Answer]:
        """Ask ``(method, target, headers, body)`` one after another; the tail may be left out."""

        async def work() -> list[Answer]:
            client = Client(self.application)
            answers = []
            for method, target, *rest in requests:
                headers: Mapping[str, str] = rest[0] if rest else {}
                body = rest[1] if len(rest) > 1 else b""
                content = body.encode() if isinstance(body, str) else body
                if client.transport.is_lost or client.transport.has_ended:
                    client = Client(self.application)
                answers.append(await client.ask(method, target, headers, content))
            return answers

        return run(work())

    def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | str = b"",
    ) -> Answer:
        """One request."""
        return self.play((method, target, headers or {}, body))[0]

    def status(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | str = b"",
    ) -> int:
        """One request's status."""
        return self.ask(method, target, headers, body).status

    def content(self, target: str) -> bytes | None:
        """A file's content; None where there is none."""
        answer = self.ask("GET", target)
        return answer.body if answer.status == 200 else None

    def etag(self, target: str) -> str:
        """A file's entity tag."""
        return self.ask("HEAD", target).headers["etag"]

    def lock(
        self, target: str, *, scope: str = "exclusive", depth: str = "infinity", **fields: str
    ) -> str:
        """Lock something; returns the token."""
        answer = self.ask("LOCK", target, {"Depth": depth, **fields}, lockinfo(scope))
        assert answer.status in (200, 201), answer
        return answer.headers["lock-token"].strip("<>")

    def find(self, target: str, body: str = "", depth: str = "0") -> str:
        """The text of a PROPFIND's answer."""
        answer = self.ask("PROPFIND", target, {"Depth": depth}, body)
        assert answer.status == 207, answer
        return answer.body.decode()

    def patch(self, target: str, body: str) -> str:
        """The text of a PROPPATCH's answer."""
        answer = self.ask("PROPPATCH", target, {}, propertyupdate(body))
        assert answer.status == 207, answer
        return answer.body.decode()


def memory_share(_: File) -> Share:
    return _filled(MemoryStore())


def folder_share(path: File) -> Share:
    folder = path / "share"
    folder.mkdir()
    return _filled(FolderStore(folder, state=path / "state"))


SHARES: dict[str, Callable[[File], Share]] = {"memory": memory_share, "folder": folder_share}


def _filled(store: Store) -> Share:
    put_file(store, ("a.txt",), CONTENT)
    store.make_collection(("c",))
    put_file(store, ("c", "b.txt"), b"inside")
    return Share(store)


def hrefs(text: str) -> list[str]:
    """The resources that a multistatus names, in its order; it has to be well-formed."""
    tree = ElementTree.fromstring(text.encode())
    return [each.findtext("{DAV:}href", "") for each in tree.iter("{DAV:}response")]


def lockinfo(scope: str = "exclusive") -> str:
    return (
        f'<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:{scope}/></D:lockscope>'
        "<D:locktype><D:write/></D:locktype><D:owner><x>me</x></D:owner></D:lockinfo>"
    )


def propfind(names: str) -> str:
    return f'<D:propfind xmlns:D="DAV:" xmlns:x="urn:x"><D:prop>{names}</D:prop></D:propfind>'


def propertyupdate(changes: str) -> str:
    return f'<D:propertyupdate xmlns:D="DAV:" xmlns:x="urn:x">{changes}</D:propertyupdate>'


def setting(properties: str) -> str:
    return f"<D:set><D:prop>{properties}</D:prop></D:set>"


def removing(properties: str) -> str:
    return f"<D:remove><D:prop>{properties}</D:prop></D:remove>"
