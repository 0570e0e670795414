"""Runs the fuzz targets one after the other.

Each ``fuzz/fuzz_NAME.py`` is an atheris program. It starts from its corpus in
``fuzz/corpus/NAME`` and the seeds in ``fuzz/seeds/NAME`` where there are any,
and leaves an input that crashes it in ``fuzz/crashes``. All targets run, then
the exit code is 1 if any of them crashed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FUZZ = Path("fuzz")
INPUT_TIMEOUT_S = 25


def command(target: Path, *, seconds: int) -> list[str]:
    """The command line that runs ``target`` for ``seconds``; makes the folders it names."""
    name = target.stem.removeprefix("fuzz_")
    corpus, crashes, seeds = (
        target.parent / folder for folder in (f"corpus/{name}", "crashes", f"seeds/{name}")
    )
    corpus.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(parents=True, exist_ok=True)
    return [
        sys.executable,
        str(target),
        f"-max_total_time={seconds}",
        f"-timeout={INPUT_TIMEOUT_S}",
        f"-artifact_prefix={crashes}/{name}-",
        "-print_final_stats=1",
        str(corpus),
        *([str(seeds)] if seeds.is_dir() else []),
    ]


def kept(target: Path) -> set[Path]:
    """The crash inputs of ``target`` on disk."""
    name = target.stem.removeprefix("fuzz_")
    return set((target.parent / "crashes").glob(f"{name}-*"))


def run(targets: Sequence[Path], *, seconds: int) -> int:
    """Run every target; the number of those that failed."""
    failures = []
    for target in targets:
        print(f"{target}: {seconds} seconds", flush=True)
        before = kept(target)
        code = subprocess.run(command(target, seconds=seconds), check=False).returncode
        if code:
            found = [str(path) for path in sorted(kept(target) - before)]
            failures.append(f"{target}: exit code {code}, {', '.join(found) or 'no input kept'}")
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    if failures:
        print(
            "To see one again: .venv/bin/python TARGET INPUT. Once fixed, make it a test.",
            file=sys.stderr,
        )
    return len(failures)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Run fuzz targets.")
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("targets", nargs="*", type=Path, help="default: all of fuzz/")
    options = parser.parse_args(arguments)
    targets = options.targets or sorted(FUZZ.glob("fuzz_*.py"))
    if not targets:
        print("error: there is no fuzz target below fuzz/", file=sys.stderr)
        return 1
    return 1 if run(targets, seconds=options.seconds) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
