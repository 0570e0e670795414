"""How fast a folder is that is shared with a virtual machine, beside spice-gtk's client.

One virtual machine with curl in it runs throughout. Its port is held by
spice-webdavd, for our client and for spice-gtk's, and by ``caraway agent`` for
our client again. Rounds are interleaved: in each, every one of the three is
connected and measured once. The medians of the rounds are compared. Run it
alone on the machine::

    python benchmarks/share_vm.py [--only small,get] [--rounds N] [--quick] [--json]

Needs Linux and what scripts/preflight.py asks for. Without KVM the virtual
machine is emulated, and its speed bounds that of large transfers. Exits with 1
where a goal is missed, with 2 where something is missing or answers wrongly.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

# The root has to be on the path.
from benchmarks._client import WrongAnswer  # noqa: E402
from benchmarks._command import make_parser, report  # noqa: E402
from benchmarks._figures import OURS, Result, Sample  # noqa: E402
from benchmarks._servers import ServerFailed  # noqa: E402
from benchmarks._share_clients import SPICEGTK, Sharing, running  # noqa: E402
from benchmarks._share_machine import OUR_AGENT, WEBDAVD, boot  # noqa: E402
from benchmarks._share_vm_measures import (  # noqa: E402
    BOTH_OURS,
    MEASURES,
    SharedContent,
    VmBench,
    make_shared,
)
from benchmarks._turns import choose, say  # noqa: E402

#: What is compared: the client, and the agent in the virtual machine.
PAIRS = {
    OURS: (OURS, WEBDAVD),
    SPICEGTK: (SPICEGTK, WEBDAVD),
    BOTH_OURS: (OURS, OUR_AGENT),
}


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """What to measure."""
    names = [metrics[0].name for metrics, _ in MEASURES]
    parser = make_parser(__doc__, names)
    parser.add_argument("--size", type=int, help="MiB of a big file (default: 200)")
    parser.add_argument("--quick", action="store_true", help="2 rounds with 64 MiB")
    parser.add_argument("--pairs", metavar="NAMES", help=f"some of {', '.join(PAIRS)}")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.size = options.size or (64 if options.quick else 200)
    options.only = choose(parser, "--only", options.only, names)
    options.pairs = choose(parser, "--pairs", options.pairs, list(PAIRS))
    return options


def measure(options: argparse.Namespace) -> list[Result]:
    """Measure all pairs in turns.

    Raises:
        ServerFailed: A client ended.
        WrongAnswer: Something came that should not, or nothing.
    """
    chosen = [(metrics, take) for metrics, take in MEASURES if metrics[0].name in options.only]
    results = {metric: Result(metric) for metrics, _ in chosen for metric in metrics}
    with tempfile.TemporaryDirectory(prefix="caraway-") as folder:
        place = Path(folder)
        say("making files")
        make_shared(place / "shared", options.size)
        say("booting the virtual machine")
        with boot(place, upload_mib=options.size) as machine:
            digest = machine.run("sha256sum </tmp/up").split()[0]
            content = SharedContent(place / "shared", options.size << 20, digest)
            for number in range(1, options.rounds + 1):
                for pair in options.pairs:
                    say(f"round {number}/{options.rounds}, {pair}")
                    client, agent = PAIRS[pair]
                    machine.use_agent(agent)
                    sharing = Sharing(machine.qemu.port, content.folder, place / "state")
                    with running(client, sharing) as shares:
                        machine.wait_shared()
                        bench = VmBench(machine, shares, content)
                        for metrics, take in chosen:
                            try:
                                samples = take(bench)
                            except (ServerFailed, WrongAnswer) as error:
                                raise WrongAnswer(f"{metrics[0].name}, {pair}: {error}") from error
                            if isinstance(samples, Sample):
                                samples = (samples,)
                            for metric, sample in zip(metrics, samples, strict=True):
                                results[metric].add(pair, sample)
                                value = f"{sample.value * metric.scale:12,.2f} {metric.unit}"
                                say(f"  {metric.name:<12}{value}")
    return list(results.values())


def main() -> int:
    """Measure, print, judge."""
    options = parse_arguments()
    return report(
        options,
        measure,
        columns=list(options.pairs),
        settings={"rounds": options.rounds, "size_mib": options.size},
        footer=f"Medians of {options.rounds} rounds, {options.size} MiB for a big file.",
    )


if __name__ == "__main__":
    sys.exit(main())
