"""Fetches a source package of Debian without touching the machine's apt configuration."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def fetch_source(package: str, folder: Path) -> Path:
    """The unpacked source of ``package`` below ``folder``.

    The machine's binary repositories of Debian are asked for their sources;
    lists and configuration are kept in ``folder``.

    Raises:
        AssertionError: A tool is missing, or apt failed; the text says which.
    """
    for tool, owner in (("apt-get", "apt"), ("dpkg-source", "dpkg-dev")):
        assert shutil.which(tool), f"{tool} is missing: apt-get install {owner}"
    sources = folder / "sources.d"
    for part in (sources, folder / "lists" / "partial", folder / "source"):
        part.mkdir(parents=True)
    (sources / "debian.list").write_text("".join(f"{line}\n" for line in _source_lines()))
    options = [
        f"-oDir::Etc::SourceParts={sources}",
        "-oDir::Etc::SourceList=/dev/null",
        f"-oDir::State::Lists={folder / 'lists'}",
        # The folder belongs to us alone, and apt's own user could not write there.
        "-oAPT::Sandbox::User=root",
    ]
    _run(["apt-get", *options, "--quiet", "update"], folder)
    _run(["apt-get", *options, "--quiet", "source", package], folder / "source")
    unpacked = [path for path in (folder / "source").iterdir() if path.is_dir()]
    assert len(unpacked) == 1, f"apt source made {unpacked}"
    return unpacked[0]


def _source_lines() -> list[str]:
    layout = "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
    listed = _run(["apt-get", "indextargets", "--format", layout, "Created-By: Packages"], Path())
    lines = set()
    for row in listed.splitlines():
        origin, uri, release, component = row.split("|")
        if origin == "Debian" and component == "main":
            signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
            lines.add(f"deb-src {signed}{uri} {release} {component}")
    assert lines, "apt knows no repository of Debian: run apt-get update"
    return sorted(lines)


def _run(command: list[str], folder: Path) -> str:
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}"
    return run.stdout
