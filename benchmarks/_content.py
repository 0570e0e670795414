"""What the measured servers serve, and what a listing of it has to say."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from benchmarks._client import WrongAnswer

#: Bytes of small.txt, big.bin and huge.bin, and how many files are in many/.
SMALL = 1024
BIG = 100 << 20
HUGE = 1 << 30
FILES = 1000


@dataclass(frozen=True, slots=True)
class Content:
    """What every server shares: made once, linked into each share.

    Attributes:
        upload: An open file of :data:`BIG` bytes, in memory.
        digest: The SHA-256 of it and of the big file.
    """

    folder: Path
    upload: int
    digest: str


def make_content(folder: Path) -> Content:
    """Write the files below ``folder``."""
    folder.mkdir()
    (folder / "small.txt").write_bytes(_random_text(SMALL))
    (folder / "many").mkdir()
    for number in range(FILES):
        (folder / "many" / f"file number {number:04}.txt").write_bytes(b"x" * (number % 97))
    big = os.urandom(BIG)
    (folder / "big.bin").write_bytes(big)
    with (folder / "huge.bin").open("wb") as huge:
        huge.truncate(HUGE)
    upload = os.memfd_create("upload")
    view = memoryview(big)
    while view:
        view = view[os.write(upload, view) :]
    return Content(folder, upload, hashlib.sha256(big).hexdigest())


def _random_text(size: int) -> bytes:
    return os.urandom(size // 2).hex().encode()


def link_content(content: Content, share: Path) -> None:
    """Let a share have all of it."""
    for source in content.folder.rglob("*"):
        target = share / source.relative_to(content.folder)
        if source.is_dir():
            target.mkdir()
        else:
            target.hardlink_to(source)
    (share / "drop").mkdir()
    (share / "drop").chmod(0o777)


def check_listing(body: bytes, sizes: dict[str, int | None]) -> None:
    """Hold a multistatus against the files it has to list.

    Args:
        sizes: By path; None where the length does not count.

    Raises:
        WrongAnswer: A file is missing, is there twice, or has another length.
    """
    dav = "{DAV:}"
    found: dict[str, int | None] = {}
    for response in ElementTree.fromstring(body).iter(f"{dav}response"):
        href = response.findtext(f"{dav}href", "").strip()
        path = unquote("/" + href.split("/", 3)[3] if "://" in href else href)
        if path in found:
            raise WrongAnswer(f"{path} is listed twice")
        for propstat in response.iter(f"{dav}propstat"):
            if " 200" not in propstat.findtext(f"{dav}status", ""):
                continue
            if propstat.find(f"{dav}prop/{dav}getlastmodified") is None:
                raise WrongAnswer(f"{path} is listed without getlastmodified")
            length = propstat.findtext(f"{dav}prop/{dav}getcontentlength")
            found[path] = None if sizes.get(path) is None or not length else int(length)
    if found != sizes:
        wrong = sorted(found.items() ^ sizes.items(), key=str)[:3]
        raise WrongAnswer(f"the listing has {len(found)} of {len(sizes)} entries; wrong: {wrong}")
