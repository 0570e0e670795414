"""How fast messages are read and written, as ratios to a bare ``struct.Struct.unpack``.

Every figure is measured beside its yardstick in the same run: rounds of both
are interleaved, the medians of the rounds are compared. Run it alone on the
machine::

    python benchmarks/messages.py [--json] [--rounds N]

Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from statistics import median
from tempfile import TemporaryDirectory

from caraway.idl import Source, compile_source
from caraway.messages import display, enums, inputs, structs

LOOPS = 5_000


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table; times are medians in seconds."""

    name: str
    time_s: float
    yardstick: str
    yardstick_s: float
    target: float

    @property
    def ratio(self) -> float:
        return self.time_s / self.yardstick_s

    @property
    def met(self) -> bool:
        return self.ratio <= self.target


def time_calls(function: Callable[..., object], argument: object) -> float:
    """Seconds for one call and its turn of the loop, over :data:`LOOPS` calls."""
    loops = range(LOOPS)
    start = time.perf_counter()
    for _ in loops:
        function(argument)
    return (time.perf_counter() - start) / LOOPS


def draw_copy() -> display.ServerDrawCopy:
    """A draw_copy with a QUIC image, no clip and no mask: what a desktop sends most."""
    image = structs.Image(
        structs.ImageDescriptor(id=1, type=enums.ImageType.QUIC, flags=0, width=64, height=64),
        u=structs.BinaryData(bytes(1200)),
    )
    area = structs.Rect(top=0, left=0, bottom=64, right=64)
    return display.ServerDrawCopy(
        base=structs.DisplayBase(surface_id=0, box=area, clip=structs.Clip(type=0)),
        data=structs.Copy(
            src_bitmap=image,
            src_area=area,
            rop_descriptor=8,
            scale_mode=0,
            mask=structs.QMask(flags=0, pos=structs.Point(0, 0)),
        ),
    )


def measure_messages(rounds: int) -> list[Result]:
    """Reading and writing of three messages."""
    unpack: Callable[..., object] = struct.Struct("<iiH").unpack
    motion = inputs.ClientMouseMotion(dx=-5, dy=7, buttons_state=1).write()
    stream = display.ServerStreamData(
        base=structs.StreamDataHeader(id=1, multi_media_time=1000), data=bytes(4096)
    ).write()
    copy = draw_copy()
    cases: list[tuple[str, Callable[..., object], object, float]] = [
        ("decode mouse_motion", inputs.ClientMouseMotion.parse, motion, 4),
        (
            "decode stream_data, 4 KiB",
            display.ServerStreamData.parse,
            memoryview(stream),
            10,
        ),
        ("decode draw_copy, QUIC", display.ServerDrawCopy.parse, memoryview(copy.write()), 45),
        ("encode draw_copy, bytes", display.ServerDrawCopy.write, copy, 20),
        ("encode draw_copy, buffers", display.ServerDrawCopy.write_buffers, copy, 20),
    ]
    times: dict[str, list[float]] = {name: [] for name, *_ in cases}
    yardsticks: list[float] = []
    for _ in range(rounds):
        yardsticks.append(time_calls(unpack, motion))
        for name, function, argument, _target in cases:
            times[name].append(time_calls(function, argument))
    yardstick = median(yardsticks)
    return [
        Result(name, median(times[name]), "struct unpack of 10 bytes", yardstick, target)
        for name, _, _, target in cases
    ]


#: All modules of caraway.messages, which are otherwise imported when first used.
EVERYTHING = "from caraway.messages import *"


def time_import(statement: str, cache: str) -> float:
    """Seconds that an import takes in a fresh interpreter, from bytecode kept in ``cache``.

    Installed packages come with bytecode; a checkout may not have any.
    """
    program = f"import time; s = time.perf_counter(); {statement}; print(time.perf_counter() - s)"
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    run = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return float(run.stdout)


def time_compile(source: Source) -> float:
    """Seconds to compile a description."""
    start = time.perf_counter()
    if compile_source(source).failed:
        raise SystemExit(f"{source.name} has errors")
    return time.perf_counter() - start


def measure_modules(rounds: int) -> list[Result]:
    """Importing the messages, and compiling the description they were made from."""
    text = files("caraway.descriptions").joinpath("spice.proto").read_text("utf-8")
    source = Source("spice.proto", text)
    statements = ("import asyncio", "import caraway.messages", EVERYTHING)
    imports: dict[str, list[float]] = {statement: [] for statement in statements}
    compiling = []
    with TemporaryDirectory() as cache:
        for statement in statements:
            time_import(statement, cache)
        for _ in range(rounds):
            for statement in statements:
                imports[statement].append(time_import(statement, cache))
            compiling.append(time_compile(source))
    asyncio, face, everything = (median(imports[statement]) for statement in statements)
    return [
        Result("import caraway.messages", face, "import asyncio", asyncio, 2),
        Result("import all of its modules", everything, "import asyncio", asyncio, 2),
        Result("compile spice.proto", median(compiling), EVERYTHING, everything, 15),
    ]


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="rounds whose median counts")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    results = measure_messages(options.rounds) + measure_modules(max(3, options.rounds // 4))
    if options.json:
        rows = [
            {
                "name": result.name,
                "seconds": result.time_s,
                "yardstick": result.yardstick,
                "yardstick_seconds": result.yardstick_s,
                "ratio": result.ratio,
                "target": result.target,
                "met": result.met,
            }
            for result in results
        ]
        print(json.dumps(rows, indent=2))
    else:
        print(f"{'':<28}{'time':>12}{'ratio':>9}{'target':>9}   yardstick")
        for result in results:
            shown = f"{result.time_s * 1e6:.2f} µs"
            verdict = "" if result.met else "  MISSED"
            print(
                f"{result.name:<28}{shown:>12}{result.ratio:>8.2f}x{result.target:>8g}x"
                f"   {result.yardstick} ({result.yardstick_s * 1e6:.3f} µs){verdict}"
            )
    return 0 if all(result.met for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
