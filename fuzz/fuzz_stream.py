"""Whole streams of requests against a share that may be written to.

An input is what a peer sends. A store in memory gets it whole and in pieces of
random sizes, and has to answer and to end the same; a folder gets it in
pieces, and nothing outside may change or be told. What is shared for reading
stays as it is. Nothing may raise a fault.
"""

from __future__ import annotations

import random
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["caraway.webdav"]):
    from caraway.webdav.store.interface import Store
    from fuzz.served import Grounds, Player, fast_folder, furnished_memory, steady


def cut(stream: bytes, sizes: Iterator[int]) -> Iterator[bytes]:
    """Pieces of ``stream``; an endless iterator says how long."""
    start = 0
    while start < len(stream):
        end = start + next(sizes)
        yield stream[start:end]
        start = end


def random_sizes(stream: bytes) -> Iterator[int]:
    """The same for the same stream, so that a crash can be seen again."""
    numbers = random.Random(zlib.crc32(stream))
    while True:
        yield numbers.choice((1, 2, 7, 40, 300))


def difference(cut_up: bytes, whole: bytes) -> str:
    """Where two answers begin to differ."""
    pairs = enumerate(zip(cut_up, whole, strict=False))
    shorter = min(len(cut_up), len(whole))
    start = next((place for place, (one, other) in pairs if one != other), shorter)
    around = slice(max(0, start - 100), start + 100)
    return f"at {start}, cut: {cut_up[around]!r}\nwhole: {whole[around]!r}"


def content(store: Store, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], object]:
    """Everything in a store."""
    found: dict[tuple[str, ...], object] = {path: dict(store.properties(path))}
    for entry in store.members(path):
        member = (*path, entry.name)
        if entry.is_collection:
            found |= content(store, member)
        else:
            reader = store.open(member)
            found[member] = reader.read(0, entry.size), dict(store.properties(member))
            reader.close()
    return found


class Target:
    """What inputs are tried on."""

    def __init__(self, folder: Path) -> None:
        self._player = Player()
        self._grounds = Grounds(folder)

    def check(self, data: bytes) -> None:
        """One input."""
        store = furnished_memory()
        whole = steady(self._player.play(store, iter([data])))
        other = furnished_memory()
        answer = steady(self._player.play(other, cut(data, random_sizes(data))))
        assert answer == whole, difference(answer, whole)
        assert content(other) == content(store), "another tree"
        closed = furnished_memory()
        self._player.play(closed, iter([data]), read_only=True)
        assert content(closed) == content(furnished_memory()), "changed what can only be read"
        self._grounds.restore()
        folder = self._grounds.store()
        try:
            self._grounds.check(self._player.play(folder, cut(data, random_sizes(data))))
        finally:
            folder.close()


def main() -> None:
    with tempfile.TemporaryDirectory(dir=fast_folder()) as name:
        atheris.Setup(sys.argv, Target(Path(name)).check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
