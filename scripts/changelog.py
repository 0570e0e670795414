"""Checks the fragments in ``changelog.d/``, or moves them into ``CHANGELOG.md``.

Usage: changelog.py check
       changelog.py release VERSION DATE

``release`` writes the fragments as a new section above the older ones and
deletes them. ``changelog.d/README.md`` says what a fragment is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

KINDS = {"added": "Added", "changed": "Changed", "fixed": "Fixed"}
FRAGMENT = re.compile(rf"[a-z0-9][a-z0-9-]*\.(?P<kind>{'|'.join(KINDS)})\.md")
# New sections go below this line of the changelog.
MARKER = "<!-- releases, newest first -->\n"


class ChangelogError(Exception):
    """A fragment or the changelog is not as it should be."""


def fragments(folder: Path) -> dict[Path, str]:
    """Every fragment of ``folder`` and its kind, sorted by name.

    Raises:
        ChangelogError: A file has another name than ``TOPIC.KIND.md``, or is empty.
    """
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name == "README.md":
            continue
        match = FRAGMENT.fullmatch(path.name)
        if match is None:
            kinds = "|".join(KINDS)
            raise ChangelogError(f"{path} is no fragment; call it topic-in-words.{kinds}.md")
        if not path.read_text("utf-8").strip():
            raise ChangelogError(f"{path} is empty; write what changes for users")
        found[path] = match["kind"]
    return found


def section(found: dict[Path, str], *, version: str, date: str) -> str:
    """The changelog's section for ``version``: one list for each kind, one entry a fragment."""
    parts = [f"## {version} ({date})\n"]
    for kind, heading in KINDS.items():
        texts = [
            path.read_text("utf-8").strip() for path, is_kind in found.items() if is_kind == kind
        ]
        if texts:
            entries = [f"- {text}".replace("\n", "\n  ") for text in texts]
            parts.append(f"### {heading}\n\n" + "\n".join(entries) + "\n")
    return "\n".join(parts)


def release(root: Path, *, version: str, date: str) -> None:
    """Move the fragments below ``root`` into its ``CHANGELOG.md``.

    Raises:
        ChangelogError: There is no fragment, a bad one, or no marker in the changelog.
    """
    found = fragments(root / "changelog.d")
    if not found:
        raise ChangelogError("changelog.d holds no fragment; there is nothing to release")
    changelog = root / "CHANGELOG.md"
    head, marker, older = changelog.read_text("utf-8").partition(MARKER)
    if not marker:
        raise ChangelogError(f"{changelog} lacks the line {MARKER.strip()!r}; put it back")
    new = section(found, version=version, date=date)
    changelog.write_text("\n".join([head + marker, new + older]), "utf-8")
    for path in found:
        path.unlink()


def main(arguments: Sequence[str], root: Path = Path()) -> int:
    try:
        match arguments:
            case ["check"]:
                fragments(root / "changelog.d")
            case ["release", version, date]:
                release(root, version=version, date=date)
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except ChangelogError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
