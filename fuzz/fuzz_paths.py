"""Paths and destinations against a folder: nothing outside of it is changed or told.

An input is lines of a letter for the method, a request target and, behind a
blank, a destination. Beside the folder lie secrets, and links in it lead there.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["caraway.webdav"]):
    from fuzz.served import Grounds, Player, fast_folder

#: By the first letter of a line.
METHODS = {
    b"G": b"GET",
    b"H": b"HEAD",
    b"P": b"PUT",
    b"D": b"DELETE",
    b"M": b"MKCOL",
    b"C": b"COPY",
    b"V": b"MOVE",
    b"F": b"PROPFIND",
    b"S": b"PROPPATCH",
    b"L": b"LOCK",
    b"A": b"PATCH",
}
PROPPATCH = (
    b'<propertyupdate xmlns="DAV:"><set><prop><x xmlns="u:">1</x><getlastmodified>'
    b"Sun, 06 Nov 1994 08:49:37 GMT</getlastmodified></prop></set></propertyupdate>"
)
LOCK = (
    b'<lockinfo xmlns="DAV:"><lockscope><shared/></lockscope>'
    b"<locktype><write/></locktype></lockinfo>"
)
BODIES = {b"PUT": b"changed", b"PROPPATCH": PROPPATCH, b"LOCK": LOCK, b"PATCH": b"!"}
#: What else a request needs.
FIELDS = {
    b"PATCH": b"Content-Type: application/x-sabredav-partialupdate\r\nX-Update-Range: append\r\n"
}


def request(line: bytes) -> bytes:
    """The request that a line stands for; nothing for a line that stands for none."""
    method = METHODS.get(line[:1])
    target, _, destination = line[1:].replace(b"\r", b"").partition(b" ")
    if method is None or b" " in target:
        return b""
    body = BODIES.get(method, b"")
    fields = FIELDS.get(method, b"") + b"Content-Length: %d\r\n" % len(body)
    if destination:
        fields += b"Destination: " + destination + b"\r\n"
    return b"%s %s HTTP/1.1\r\nHost: h\r\n%s\r\n%s" % (method, target, fields, body)


class Target:
    """What inputs are tried on."""

    def __init__(self, folder: Path) -> None:
        self._player = Player()
        self._grounds = Grounds(folder)

    def check(self, data: bytes) -> None:
        """One input."""
        self._grounds.restore()
        store = self._grounds.store()
        answers = []
        try:
            for line in data.split(b"\n"):
                if asked := request(line):
                    # Each on its own connection: a bad one would end it for the others.
                    answers.append(self._player.play(store, iter([asked])))
        finally:
            store.close()
        self._grounds.check(b"\n".join(answers))


def main() -> None:
    with tempfile.TemporaryDirectory(dir=fast_folder()) as name:
        atheris.Setup(sys.argv, Target(Path(name)).check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
