"""What benchmarks that take turns are told, and how they report, alike."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Mapping

from benchmarks import _machine
from benchmarks._client import WrongAnswer
from benchmarks._figures import Result, tables
from benchmarks._servers import ServerFailed, ServerMissing
from benchmarks._turns import Others


def make_parser(description: str | None, metrics: list[str]) -> argparse.ArgumentParser:
    """A parser of the options they share."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, help="rounds whose median counts (default: 7)")
    parser.add_argument("--only", metavar="NAMES", help=f"some of {', '.join(metrics)}")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print JSON")
    output.add_argument("--markdown", action="store_true", help="print the table of docs/")
    return parser


def report(
    options: argparse.Namespace,
    measure: Callable[[argparse.Namespace], list[Result]],
    *,
    columns: list[str],
    settings: Mapping[str, object],
    footer: str,
) -> int:
    """Measure, print and judge.

    Args:
        settings: What JSON tells of how it was measured.
        footer: The same in words, for below the tables.

    Returns:
        The exit code: 1 where a goal is missed, 2 where something is missing
        or answers wrongly.
    """
    # Processes that were started are to be stopped, too.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    others = Others()
    try:
        results = measure(options)
    except (ServerMissing, ServerFailed, WrongAnswer) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    share = others.warn()
    if options.json:
        document = {
            "machine": _machine.describe(),
            "taken_by_others": share,
            **settings,
            "metrics": [result.to_json() for result in results],
        }
        print(json.dumps(document, indent=2))
    else:
        print(tables(results, columns, as_markdown=options.markdown))
        print(f"\n{_machine.describe()}.\n{footer}")
    missed = any(verdict.met is False for result in results for verdict in result.verdicts())
    return 1 if missed else 0
