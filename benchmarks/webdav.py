"""How fast ``caraway dav`` is beside other WebDAV servers.

All servers run side by side, each on a folder of its own with the same files.
Rounds are interleaved: a round measures each server once. The medians of the
rounds are compared. Run it alone on the machine::

    python benchmarks/webdav.py [--only get1k,propfind1] [--rounds N] [--json]

Needs Linux and, on Debian, ``apt-get install wrk apache2-bin chezdav``; wsgidav
comes with ``pip install wsgidav cheroot``, the variable WSGIDAV names it where
it is in another environment. Exits with 1 where a goal is missed, with 2 where
something is missing or answers wrongly.
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
from benchmarks._figures import Result  # noqa: E402
from benchmarks._measures import (  # noqa: E402
    ALONE,
    INTERPRETER,
    TOGETHER,
    Bench,
    check_big,
    start_interpreter,
)
from benchmarks._servers import (  # noqa: E402
    COMMANDS,
    RunningServer,
    places,
)
from benchmarks._turns import choose, say, take_turns  # noqa: E402


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """What to measure."""
    names = [metric.name for metric, _ in (*ALONE, *TOGETHER)]
    parser = make_parser(__doc__, names)
    parser.add_argument("--seconds", type=float, help="how long requests stream (default: 3)")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 1 second")
    parser.add_argument("--servers", metavar="NAMES", help=f"some of {', '.join(COMMANDS)}")
    parser.add_argument("--folder", help="where to work (default: a temporary folder)")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.seconds = options.seconds or (1 if options.quick else 3)
    options.folder = options.folder or tempfile.gettempdir()
    options.only = choose(parser, "--only", options.only, names)
    options.servers = choose(parser, "--servers", options.servers, list(COMMANDS))
    return options


def measure(options: argparse.Namespace) -> list[Result]:
    """Measure all servers in turns.

    Raises:
        ServerMissing: One is not installed.
        ServerFailed: One did not start.
        WrongAnswer: One answers what it should not, or not at all.
    """
    results = []
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=options.folder)))
        # Apache's children run as nobody when started by root.
        root.chmod(0o755)
        say("making files")
        content = make_content(root / "content")
        stack.callback(os.close, content.upload)
        where = dict(places(root, options.servers))
        for place in where.values():
            link_content(content, place.share)
        for metric, of_place in ALONE:
            if metric.name in options.only:
                turns = {name: partial(of_place, name, place) for name, place in where.items()}
                if metric.name == "start":
                    turns[INTERPRETER] = partial(start_interpreter, root / "bytecode")
                results.append(take_turns(metric, turns, options.rounds))
        chosen = [
            (metric, function) for metric, function in TOGETHER if metric.name in options.only
        ]
        benches = {}
        for name, place in where.items() if chosen else ():
            say(f"starting {name}")
            server = stack.enter_context(RunningServer(name, place))
            benches[name] = Bench(server, content, options.seconds)
        for metric, function in chosen:
            if metric.name == "get100m":
                for bench in benches.values():
                    check_big(bench)
            turns = {name: partial(function, bench) for name, bench in benches.items()}
            results.append(take_turns(metric, turns, options.rounds))
    return results


def main() -> int:
    """Measure, print, judge."""
    options = parse_arguments()
    columns = list(options.servers)
    if "start" in options.only:
        columns.append(INTERPRETER)
    return report(
        options,
        measure,
        columns=columns,
        settings={
            "rounds": options.rounds,
            "seconds": options.seconds,
            "folder": options.folder,
        },
        footer=f"Medians of {options.rounds} rounds, {options.seconds:g} s for a rate;"
        f" files in {options.folder}.",
    )


if __name__ == "__main__":
    sys.exit(main())
