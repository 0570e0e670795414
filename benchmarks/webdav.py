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
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

# The root has to be on the path.
from benchmarks import _machine  # noqa: E402
from benchmarks._client import WrongAnswer  # noqa: E402
from benchmarks._content import link_content, make_content  # noqa: E402
from benchmarks._figures import Metric, Result, Sample, tables  # noqa: E402
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
    ServerFailed,
    ServerMissing,
    places,
)

#: What others may take of the machine before figures are doubted.
ALLOWED_SHARE = 0.05


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """What to measure."""
    names = [metric.name for metric, _ in (*ALONE, *TOGETHER)]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, help="rounds whose median counts (default: 7)")
    parser.add_argument("--seconds", type=float, help="how long requests stream (default: 3)")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 1 second")
    parser.add_argument("--only", metavar="NAMES", help=f"some of {', '.join(names)}")
    parser.add_argument("--servers", metavar="NAMES", help=f"some of {', '.join(COMMANDS)}")
    parser.add_argument("--folder", help="where to work (default: a temporary folder)")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print JSON")
    output.add_argument("--markdown", action="store_true", help="print the table of docs/")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.seconds = options.seconds or (1 if options.quick else 3)
    options.only = _choice(parser, "--only", options.only, names)
    options.servers = _choice(parser, "--servers", options.servers, list(COMMANDS))
    return options


def _choice(
    parser: argparse.ArgumentParser, option: str, given: str | None, known: list[str]
) -> list[str]:
    if given is None:
        return known
    chosen = given.split(",")
    if unknown := [name for name in chosen if name not in known]:
        parser.error(f"{option} {unknown[0]}: not one of {', '.join(known)}")
    return [name for name in known if name in chosen]


def say(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


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


class Others:
    """Watches what programs that are not ours take of the machine."""

    def __init__(self) -> None:
        self._since = self._read()

    @staticmethod
    def _read() -> tuple[float, float]:
        return time.monotonic(), _machine.busy_s() - _machine.cpu_s(os.getpid())

    def share(self) -> float:
        """Their share of all processors since the start."""
        (before, taken_before), (now, taken) = self._since, self._read()
        processors = os.cpu_count() or 1
        return max(0.0, (taken - taken_before) / (now - before) / processors)


def take_turns(metric: Metric, turns: Mapping[str, Callable[[], Sample]], rounds: int) -> Result:
    """Measure one after the other, again and again.

    Raises:
        WrongAnswer: One failed; the text says which.
    """
    result = Result(metric)
    # The first round warms up.
    for number in range(rounds + 1):
        for name, take in turns.items():
            try:
                sample = take()
            except (WrongAnswer, ServerFailed, OSError) as error:
                raise WrongAnswer(f"{metric.name}, {name}: {error}") from error
            if number:
                result.add(name, sample)
            when = f"{number}/{rounds}" if number else "warm"
            value = f"{sample.value * metric.scale:12,.2f} {metric.unit}"
            say(f"{metric.name:<14}{when:<6}{name:<16}{value}")
    return result


def main() -> int:
    """Measure, print, judge."""
    options = parse_arguments()
    # The servers are to be stopped, too.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    others = Others()
    try:
        results = measure(options)
    except (ServerMissing, ServerFailed, WrongAnswer) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    share = others.share()
    if share > ALLOWED_SHARE:
        say(f"warning: other programs took {share:.0%} of the machine; these figures say little")
    columns = list(options.servers)
    if "start" in options.only:
        columns.append(INTERPRETER)
    if options.json:
        document = {
            "machine": _machine.describe(),
            "taken_by_others": share,
            "rounds": options.rounds,
            "seconds": options.seconds,
            "metrics": [result.to_json() for result in results],
        }
        print(json.dumps(document, indent=2))
    else:
        print(tables(results, columns, as_markdown=options.markdown))
        rounds = f"Medians of {options.rounds} rounds, {options.seconds:g} s for a rate."
        print(f"\n{_machine.describe()}.\n{rounds}")
    missed = any(verdict.met is False for result in results for verdict in result.verdicts())
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
