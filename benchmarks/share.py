"""How fast a folder is that is shared through our server and our agent, without a virtual machine.

Programs connect to our agent, which runs in the process of our server; our
client shares the folder from another. Beside it are ``caraway dav``, which
programs reach at once, and a client with a socket of loopback between the port and
what answers. Rounds are interleaved, their medians are compared. Then a link
of 100 Mbit/s is put between server and client, and uploads are sent with and
without LZ4. Run it alone on the machine::

    python benchmarks/share.py [--only get,requests] [--rounds N] [--quick] [--json]

Needs Linux and wrk. Exits with 1 where a goal is missed, with 2 where something
is missing or answers wrongly.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

# The root has to be on the path.
from benchmarks._command import make_parser, report  # noqa: E402
from benchmarks._content import link_content, make_content  # noqa: E402
from benchmarks._figures import OURS, Result  # noqa: E402
from benchmarks._servers import RunningServer, places  # noqa: E402
from benchmarks._share_measures import (  # noqa: E402
    BRIDGE,
    DAV,
    LOADS,
    PACKED,
    PLAIN,
    RATE,
    Load,
)
from benchmarks._share_processes import Shared  # noqa: E402
from benchmarks._turns import choose, say, take_turns  # noqa: E402


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """What to measure."""
    names = [metric.name for metric, _ in LOADS] + [metric.name for metric, _ in PACKED]
    parser = make_parser(__doc__, names)
    parser.add_argument("--seconds", type=float, help="how long requests stream (default: 3)")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 1 second")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.seconds = options.seconds or (1 if options.quick else 3)
    options.only = choose(parser, "--only", options.only, names)
    return options


def measure(options: argparse.Namespace) -> list[Result]:
    """Measure all in turns.

    Raises:
        ServerMissing: A program is not installed.
        ServerFailed: A process did not start.
        WrongAnswer: Something came that should not, or nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        return [*_measure_loads(options, Path(folder)), *_measure_packed(options, Path(folder))]


def _measure_loads(options: argparse.Namespace, root: Path) -> list[Result]:
    chosen = [(metric, take) for metric, take in LOADS if metric.name in options.only]
    if not chosen:
        return []
    seconds = options.seconds
    with ExitStack() as stack:
        say("making files")
        content = make_content(root / "content")
        stack.callback(os.close, content.upload)
        [(_, place)] = places(root, [OURS])
        link_content(content, place.share)
        ways: dict[str, Shared | RunningServer] = {
            OURS: stack.enter_context(Shared(place.share, compresses=False)),
            BRIDGE: stack.enter_context(Shared(place.share, sharer="bridge", compresses=False)),
            DAV: stack.enter_context(RunningServer("caraway", place)),
        }
        loads = {
            name: Load(each.port, place.share, content, each.cpu_s, seconds)
            for name, each in ways.items()
        }
        return [
            take_turns(
                metric,
                {name: partial(take, load) for name, load in loads.items()},
                options.rounds,
            )
            for metric, take in chosen
        ]


def _measure_packed(options: argparse.Namespace, root: Path) -> list[Result]:
    results = []
    for metric, upload in PACKED:
        if metric.name not in options.only:
            continue
        with ExitStack() as stack:
            folder = root / metric.name
            folder.mkdir()
            rate = RATE if upload.is_slow else None
            ways = {
                OURS: stack.enter_context(Shared(folder, rate=rate, compresses=True)),
                PLAIN: stack.enter_context(Shared(folder, rate=rate, compresses=False)),
            }
            turns = {name: partial(upload.take, shared) for name, shared in ways.items()}
            results.append(take_turns(metric, turns, options.rounds))
    return results


def main() -> int:
    """Measure, print, judge."""
    options = parse_arguments()
    return report(
        options,
        measure,
        columns=[OURS, BRIDGE, DAV, PLAIN],
        settings={"rounds": options.rounds, "seconds": options.seconds},
        footer=f"Medians of {options.rounds} rounds, {options.seconds:g} s for a rate.",
    )


if __name__ == "__main__":
    sys.exit(main())
