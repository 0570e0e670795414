"""Builds the agent for virtual machines as one file that Python 3.9 or newer runs.

Usage: build_agent.py [FILE]

FILE is dist/caraway-agent.pyz if not given. It holds caraway.agent and the modules
that are imported from there, and nothing else; the same sources make the same bytes.
"""

from __future__ import annotations

import ast
import io
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"
OUTPUT = Path("dist/caraway-agent.pyz")
ENTRY = "caraway.agent.command"
#: The oldest Python that runs it.
OLDEST = (3, 9)
#: Parsed by any Python 3, to say what is wrong with an older one.
MAIN = f"""\
import sys

if sys.version_info < {OLDEST}:
    sys.exit("caraway-agent needs Python {OLDEST[0]}.{OLDEST[1]} or newer, this is %s"
             % sys.version.split()[0])

from {ENTRY} import main

sys.exit(main(sys.argv[1:]))
"""
#: The earliest that an archive can say.
_DATE = (1980, 1, 1, 0, 0, 0)


def needed(entry: str = ENTRY, source: Path = SOURCE) -> list[str]:
    """The names of all modules of the package that are imported, directly or not, in order.

    Raises:
        ValueError: One of them cannot be found.
    """
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        waiting += _parents(name)
        waiting += _imports(name, source)
    return sorted(found)


def _parents(name: str) -> list[str]:
    words = name.split(".")
    return [".".join(words[:count]) for count in range(1, len(words))]


def _imports(name: str, source: Path) -> Iterator[str]:
    """What a module imports of its own package, wherever in it; not what is for types alone."""
    path = _path(name, source)
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=OLDEST)
    for node in _executed(tree):
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            if node.level:
                raise ValueError(f"{path}:{node.lineno}: imports say the whole name here")
            names = [node.module]
            # What is imported may be a module itself.
            inner = [f"{node.module}.{each.name}" for each in node.names]
            names += [each for each in inner if _exists(each, source)]
        else:
            continue
        yield from (each for each in names if each.split(".")[0] == "caraway")


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Everything below a node but what runs in type checkers alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            for each in child.orelse:
                yield each
                yield from _executed(each)
            continue
        yield child
        yield from _executed(child)


def _path(name: str, source: Path) -> Path:
    base = source.joinpath(*name.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    if not path.exists():
        raise ValueError(f"there is no module {name} in {source}")
    return path


def _exists(name: str, source: Path) -> bool:
    base = source.joinpath(*name.split("."))
    return base.is_dir() or base.with_suffix(".py").exists()


def build(source: Path = SOURCE) -> bytes:
    """The file."""
    data = io.BytesIO(b"")
    data.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        _add(archive, "__main__.py", MAIN.encode())
        for name in needed(source=source):
            path = _path(name, source)
            _add(archive, path.relative_to(source).as_posix(), path.read_bytes())
    return data.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    # Else it is what this machine is.
    entry.create_system = 3
    archive.writestr(entry, content)


def main(arguments: Sequence[str]) -> int:
    """Write the file."""
    if len(arguments) > 1 or any(each.startswith("-") for each in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    output = Path(arguments[0]) if arguments else OUTPUT
    output.parent.mkdir(parents=True, exist_ok=True)
    content = build()
    output.write_bytes(content)
    output.chmod(0o755)
    print(f"{output}: {len(content)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
