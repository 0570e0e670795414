"""How fast ports are beside plain asyncio, and what a thousand sessions take.

Bytes go to a server in another process and come back: through a port of our
client and server, and through plain asyncio. ``caraway`` and ``streams`` are
read and written by coroutines; ``callbacks`` (a port, too) and ``asyncio``
(protocols) are called. Rounds are interleaved and their medians compared. Run
it alone on the machine::

    python benchmarks/session.py [--only flow,trip] [--rounds N] [--quick] [--json]

Needs Linux. Exits with 1 where a goal is missed, with 2 where something
answers wrongly.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

# The root has to be on the path.
from benchmarks._command import make_parser, report  # noqa: E402
from benchmarks._echo_measures import ECHOES, Echo  # noqa: E402
from benchmarks._echo_process import EchoServer, make_certificate  # noqa: E402
from benchmarks._figures import OURS, Result  # noqa: E402
from benchmarks._many_sessions import SESSIONS  # noqa: E402
from benchmarks._turns import choose, take_turns  # noqa: E402

#: Clients, and the server of each.
CLIENTS = {OURS: OURS, "callbacks": OURS, "asyncio": "asyncio", "streams": "streams"}


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """What to measure."""
    names = [metric.name for metric, _ in (*ECHOES, *SESSIONS)]
    parser = make_parser(__doc__, names)
    parser.add_argument("--size", type=int, help="MiB that are sent to and fro (default: 256)")
    parser.add_argument("--seconds", type=float, help="how long bytes go round (default: 2)")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 64 MiB or 0.5 seconds")
    parser.add_argument("--clients", metavar="NAMES", help=f"some of {', '.join(CLIENTS)}")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.size = options.size or (64 if options.quick else 256)
    options.seconds = options.seconds or (0.5 if options.quick else 2.0)
    options.only = choose(parser, "--only", options.only, names)
    options.clients = choose(parser, "--clients", options.clients, list(CLIENTS))
    return options


def measure(options: argparse.Namespace) -> list[Result]:
    """Measure all clients in turns.

    Raises:
        ServerFailed: A server did not start.
        WrongAnswer: One sends back what it should not, or nothing.
    """
    results = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        make_certificate(folder)
        chosen = [(metric, take) for metric, take in ECHOES if metric.name in options.only]
        servers: dict[str, EchoServer] = {}
        for server in {CLIENTS[name] for name in options.clients} if chosen else ():
            servers[server] = stack.enter_context(EchoServer(server, folder))
        echoes = {
            name: Echo(name, servers[CLIENTS[name]], folder, options.size << 20, options.seconds)
            for name in (options.clients if chosen else ())
        }
        for transport in ("tcp", "unix", "tls"):
            for echo in echoes.values():
                echo.check(transport)
        for metric, take in chosen:
            turns = {name: partial(take, echo) for name, echo in echoes.items()}
            results.append(take_turns(metric, turns, options.rounds))
    with tempfile.TemporaryDirectory() as path:
        make_certificate(Path(path))
        for metric, of_many in SESSIONS:
            if metric.name in options.only:
                # Each has a thousand samples in it.
                turns = {OURS: partial(of_many, Path(path))}
                results.append(take_turns(metric, turns, min(2, options.rounds)))
    return results


def main() -> int:
    """Measure, print, judge."""
    options = parse_arguments()
    say_size = f"{options.size} MiB for a throughput, {options.seconds:g} s of round trips"
    return report(
        options,
        measure,
        columns=list(options.clients),
        settings={
            "rounds": options.rounds,
            "size_mib": options.size,
            "seconds": options.seconds,
        },
        footer=f"Medians of {options.rounds} rounds, {say_size}.",
    )


if __name__ == "__main__":
    sys.exit(main())
