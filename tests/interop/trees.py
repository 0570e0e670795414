"""Folders with names that break clients and servers, and their comparison."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

#: Every character that means something to URLs, XML, HTML, shells or file systems.
ODD_NAMES = (
    *("spa ce", " leading", "trailing ", "trailing.", ".hidden", "tab\ttab", "new\nline"),
    *("per%cent", "encoded%20blank", "encoded%2Fslash", "%", "hash#tag", "que?ry", "am&p"),
    *("pl+us", "semi;colon", "apo'strophe", 'quo"te', "<tag>", "a:b", "~tilde", "@at", "=eq"),
    *(",comma", "$dollar", "!bang", "*star", "|pipe", "back\\slash", "^caret", "`tick`"),
    *("[brackets]", "{braces}", "(parens)", "&amp;", "CON", "\N{GRINNING FACE}"),
    # The same letter composed and decomposed: two files.
    *("\u00fc", "u\u0308"),
    *("x" * 255, "\u00e9" * 110),
)
_FIRST_TIME_S = 1_000_000_000


def make_odd_tree(root: Path) -> None:
    """Fill ``root``: each odd name is a file, and some are folders elsewhere."""
    root.mkdir(exist_ok=True)
    for index, name in enumerate(ODD_NAMES):
        write(root / name, name.encode() * index, mtime_s=_FIRST_TIME_S + index * 86_400)
    deep = root / "fol der" / "qu?ery#x" / "%41" / "\u00e9\u0301"
    deep.mkdir(parents=True)
    write(deep / "a&b", bytes(range(256)) * 300, mtime_s=_FIRST_TIME_S)


def write(path: Path, content: bytes, *, mtime_s: int) -> None:
    """Make a file that was changed at ``mtime_s``, seconds since 1970."""
    path.write_bytes(content)
    os.utime(path, (mtime_s, mtime_s))


def contents(root: Path) -> dict[str, str]:
    """What is below ``root`` by relative name: a digest for files, ``folder`` for folders."""
    return {
        str(path.relative_to(root)): _digest(path) if path.is_file() else "folder"
        for path in root.rglob("*")
    }


def _digest(path: Path) -> str:
    content = path.read_bytes()
    return f"{len(content)} bytes {hashlib.sha256(content).hexdigest()[:16]}"


def times(root: Path) -> dict[str, int]:
    """When each file below ``root`` was changed, whole seconds since 1970."""
    return {
        str(path.relative_to(root)): int(path.stat().st_mtime)
        for path in root.rglob("*")
        if path.is_file()
    }
