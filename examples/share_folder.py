"""Share a folder through a whole SPICE session, and move files through it both ways.

Run it as ``make demo`` or ``python examples/share_folder.py``. A SPICE server with the agent that
would run in a virtual machine, and the client that shares the folder, are in this process; the
programs of the "virtual machine" speak HTTP to the agent. Everything is compared by checksum.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from caraway.share.embedded import share_here
from caraway.webdav import Application, FolderStore, Policy

MIB = 1 << 20
BIG = 64 * MIB
FILES = 200
PIECE = MIB


class Program:
    """A program in the virtual machine, with one connection to the agent there."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname is not None
        self._connection = HTTPConnection(address.hostname, address.port)

    def ask(
        self, method: str, path: str, body: bytes | Iterator[bytes] = b"", **headers: str
    ) -> bytes:
        """Send a request.

        Raises:
            SystemExit: It was not answered with success.
        """
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {answer.reason}: {content.decode()[:200]}")
        return content

    def digest(self, path: str) -> str:
        """The checksum of a file, read piece by piece."""
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        found = hashlib.sha256()
        while piece := answer.read(PIECE):
            found.update(piece)
        return found.hexdigest()


@contextmanager
def told(what: str, *, files: int = 0, size: int = 0) -> Iterator[None]:
    """Print what is done in the body, how long it took, and the rate."""
    print(f"  {what:<52}", end="", flush=True)
    begin = time.perf_counter()
    yield
    took_s = time.perf_counter() - begin
    rate = f"{size / MIB / took_s:8.0f} MiB/s" if size else ""
    rate = f"{files / took_s:8.0f} files/s" if files else rate
    print(f"{took_s * 1000:8.0f} ms {rate}")


def check(is_so: bool, what: str) -> None:
    """End the demo if something is not as it has to be."""
    if not is_so:
        sys.exit(f"\nnot as it has to be: {what}")


def move_files(folder: Path, url: str) -> None:
    """What programs in the virtual machine do, compared with what is in the folder."""
    program = Program(url)
    content = os.urandom(MIB)
    digest = hashlib.sha256(content * (BIG // MIB)).hexdigest()

    with told("read a file of 64 MiB", size=BIG):
        check(program.digest("/from-here") == digest_of(folder / "from-here"), "what was read")
    with told("write one of 64 MiB", size=BIG):
        pieces = (content for _ in range(BIG // MIB))
        program.ask("PUT", "/from-there", pieces, **{"Content-Length": str(BIG)})
    check(digest_of(folder / "from-there") == digest, "what was written")

    with told(f"write {FILES} files of 1 KiB", files=FILES):
        program.ask("MKCOL", "/many")
        for number in range(FILES):
            program.ask("PUT", f"/many/{number}", content[number : number + 1024])
    with told("list them"):
        listing = program.ask("PROPFIND", "/many/", Depth="1")
    check(listing.count(b"<response>") == FILES + 1, "the listing")
    with told(f"read them, {FILES} files of 1 KiB", files=FILES):
        read = [program.ask("GET", f"/many/{number}") for number in range(FILES)]
    check(read == [content[number : number + 1024] for number in range(FILES)], "what was read")

    with told("copy the folder, move the copy, delete the original"):
        program.ask("COPY", "/many/", Destination=f"{url}copy/")
        program.ask("MOVE", "/copy/", Destination=f"{url}moved/")
        program.ask("DELETE", "/many/")
    names = {path.name for path in folder.iterdir()}
    check(names == {"from-here", "from-there", "moved"}, f"the folder, which has {names}")
    check(len(list((folder / "moved").iterdir())) == FILES, "the moved folder")


def digest_of(path: Path) -> str:
    """The checksum of a file of this machine."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def demo(work: Callable[[Path, str], None]) -> None:
    """Share a new folder while ``work`` is done with it in a thread."""
    with TemporaryDirectory(prefix="caraway-demo-") as name:
        folder = Path(name)
        (folder / "from-here").write_bytes(os.urandom(BIG))
        application = Application(FolderStore(folder), Policy(read_only=False, hosts=frozenset()))
        async with share_here(application) as share:
            print(f"the folder {folder} is shared;")
            print(f"in the virtual machine it is at {share.url}")
            print("program → agent → SPICE server → SPICE client → folder:")
            await asyncio.to_thread(work, folder, share.url)
    print("all checksums are right; 'caraway share FOLDER' shares one of yours")


if __name__ == "__main__":
    asyncio.run(demo(move_files))
