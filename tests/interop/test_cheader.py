"""Our C header and the headers of Debian's libspice-protocol-dev, before real compilers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from caraway.idl import Source, compile_source
from caraway.idl.backends.cheader import render

UPSTREAM = Path("/usr/include/spice-1")
STRICT = ("-Wall", "-Wextra", "-Werror", "-pedantic-errors")
DESCRIPTIONS = sorted(
    each.name for each in files("caraway.descriptions").iterdir() if each.name.endswith(".proto")
)
PREFIX = "CARAWAY_"

#: Numbers that upstream wrote into its header by hand: four layouts that share
#: the number of SPICE_MSGC_SMARTCARD_DATA, which are views in our description.
ONLY_UPSTREAM = {
    "SPICE_MSGC_SMARTCARD_HEADER",
    "SPICE_MSGC_SMARTCARD_ERROR",
    "SPICE_MSGC_SMARTCARD_ATR",
    "SPICE_MSGC_SMARTCARD_READER_ADD",
}


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    """Fails, naming the Debian package, where something is missing."""
    needs = [("gcc", "gcc"), ("g++", "g++")]
    missing = [package for command, package in needs if shutil.which(command) is None]
    if not (UPSTREAM / "spice/enums.h").exists():
        missing.append("libspice-protocol-dev")
    if missing:
        pytest.fail(f"install with: sudo apt-get install {' '.join(missing)}")


@cache
def header(name: str, *, prefix: str = "") -> str:
    text = (files("caraway.descriptions") / name).read_text()
    dialect = 1 if name == "spice1.proto" else 2
    return render(compile_source(Source(name, text), dialect=dialect).description, prefix=prefix)


def run(compiler: str, source: str, *options: str) -> subprocess.CompletedProcess[str]:
    language = "c++" if compiler == "g++" else "c"
    return subprocess.run(
        [compiler, *options, f"-I{UPSTREAM}", "-x", language, "-"],
        input=source,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )


def complaints(source: str, *options: str, compiler: str = "gcc") -> str:
    """What a compiler has against ``source``; empty where it accepts it."""
    done = run(compiler, source, "-fsyntax-only", *options)
    assert bool(done.stderr) == bool(done.returncode), done.stderr
    return done.stderr


def enumerators(source: str) -> set[str]:
    """The names of all enumerators of a translation unit, as the preprocessor leaves it."""
    done = run("gcc", source, "-E", "-P")
    assert done.returncode == 0, done.stderr
    bodies = re.findall(r"\benum\b[^{;]*\{([^}]*)\}", done.stdout)
    return {name for body in bodies for name in re.findall(r"(?:^|,)\s*(\w+)", body)}


def shared(name: str, upstream: str) -> list[str]:
    """The names that both headers declare."""
    ours = enumerators("#define USE_SMARTCARD\n" + header(name))
    theirs = enumerators(f"#include <{upstream}>\n")
    return sorted(ours & theirs)


def comparison(names: list[str]) -> str:
    return "".join(
        f'_Static_assert((long long){PREFIX}{name} == (long long){name}, "{name}");\n'
        for name in names
    )


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_a_header_compiles_alone_as_c99(name):
    assert complaints(header(name), "-std=c99", *STRICT) == ""


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_a_header_compiles_alone_as_cplusplus(name):
    assert complaints(header(name), "-std=c++11", *STRICT, compiler="g++") == ""


@pytest.mark.parametrize(
    ("name", "upstream", "count"),
    [
        ("spice.proto", "spice/enums.h", 372),
        ("link.proto", "spice/protocol.h", 43),
        ("agent.proto", "spice/vd_agent.h", 63),
    ],
)
def test_every_value_that_both_headers_name_is_equal(name, upstream, count):
    names = shared(name, upstream)
    theirs, ours = f"#include <{upstream}>\n", header(name, prefix=PREFIX)
    options = ("-std=c11", "-DUSE_SMARTCARD", "-Wall", "-Werror", "-Wno-deprecated-declarations")
    assert complaints(theirs + ours + comparison(names), *options) == ""
    assert complaints(ours + theirs + comparison(names), *options) == ""
    assert len(names) == count


def test_the_comparison_notices_a_wrong_value():
    wrong = header("spice.proto", prefix=PREFIX).replace(
        f"{PREFIX}SPICE_MSG_MAIN_INIT = 103", f"{PREFIX}SPICE_MSG_MAIN_INIT = 104"
    )
    source = "#include <spice/enums.h>\n" + wrong + comparison(["SPICE_MSG_MAIN_INIT"])
    assert 'static assertion failed: "SPICE_MSG_MAIN_INIT"' in complaints(source, "-std=c11")


def test_the_header_has_everything_that_upstreams_has_but_four_names():
    theirs = enumerators("#include <spice/enums.h>\n")
    assert theirs - set(shared("spice.proto", "spice/enums.h")) == ONLY_UPSTREAM


def test_without_the_feature_only_its_messages_are_missing():
    ours = enumerators(header("spice.proto"))
    missing = set(shared("spice.proto", "spice/enums.h")) - ours
    assert missing == {
        "SPICE_MSG_SMARTCARD_DATA",
        "SPICE_MSG_END_SMARTCARD",
        "SPICE_MSGC_SMARTCARD_DATA",
        "SPICE_MSGC_END_SMARTCARD",
    }


USE = "SpiceLinkErr result = SPICE_LINK_ERR_OK; int init = SPICE_MSG_MAIN_INIT;\n"


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_without_a_prefix_it_takes_the_place_of_upstreams(first):
    ours, theirs = header("spice.proto"), "#include <spice/enums.h>\n"
    both = ours + theirs if first == "ours" else theirs + ours
    assert complaints(both + "#include <spice/protocol.h>\n" + USE, "-std=c11", "-Wall") == ""


def test_headers_of_several_descriptions_stand_side_by_side():
    several = [header(name, prefix=f"C{at}_") for at, name in enumerate(DESCRIPTIONS)]
    assert complaints("\n".join(several), "-std=c99", *STRICT) == ""


def test_a_deprecated_value_is_marked_for_the_compiler():
    use = "int mode = SPICE_AUDIO_DATA_MODE_CELT_0_5_1;\n"
    found = complaints(header("spice.proto") + use, "-std=c99", "-Werror")
    assert "SPICE_AUDIO_DATA_MODE_CELT_0_5_1' is deprecated" in found
