"""The package made from ``golden/python/features.proto``, compared in full.

After a change of the generator, write it again and review the difference::

    python -m tests.unit.idl.test_python_golden
"""

from __future__ import annotations

from pathlib import Path

from caraway.idl import Source, compile_source
from caraway.idl.backends import python
from tests.unit.idl.made import Made, made_all

GOLDEN = Path(__file__).parent / "golden" / "python"
SOURCE = GOLDEN / "features.proto"


def rendered() -> dict[str, str]:
    """File name to text; the names have a suffix that keeps tools for Python away from them."""
    source = Source("some/where/features.proto", SOURCE.read_text("utf-8"))
    files = python.render(
        compile_source(source).description, package="features", source=SOURCE.name
    )
    return {f"{name}.txt": text for name, text in files.items()}


def test_the_package_is_the_one_that_was_reviewed():
    kept = {path.name: path.read_text("utf-8") for path in GOLDEN.glob("*.txt")}
    made = rendered()
    assert sorted(made) == sorted(kept)
    for name, text in made.items():
        assert text.splitlines() == kept[name].splitlines(), name


def test_it_is_written_the_same_again():
    assert rendered() == rendered()


def message(name: str) -> Made:
    return next(each for each in made_all(SOURCE.read_text("utf-8")) if name == each.kind.NAME)


def test_arrays():
    message("arrays").check_both_ways(
        "0100 02000000" + "0100000002000000" * 4 + "41",
        {"count": 1, "numbers": [2], "four": [{"x": 1, "y": 2}] * 4, "tail": {"hex": "41"}},
    )


def test_pointers():
    message("pointers").check_both_ways(
        "01 17000000 28000000 2c000000 2d000000 08 01 33000000"
        "  01 08000000 0100000002000000 34000000"
        "  07000000  02  010040000000  ff"
        "  08000000 0300000004000000  5a",
        {
            "count": 1,
            "drawing": {
                "num_lines": 1,
                "lines": [{"size": 8, "spots": [{"x": 1, "y": 2}]}],
                "best": {"size": 8, "spots": [{"x": 3, "y": 4}]},
            },
            "number": 7,
            "kinds": [2],
            "names": [{"size": 1, "text": {"hex": "5a"}}],
            "width": 8,
            "rows": 1,
            "mask": {"hex": "ff"},
        },
    )


def test_switches():
    message("switches").check_both_ways(
        "0100 02 0e000000 02 0500 07000000  0a000b00",
        {
            "abilities": 1,
            "u1": {"style": 2},
            "u2": {"dashes": [10, 11]},
            "tagged": {"type": 2, "class": 5},
            "u3": {"number": 7},
        },
    )


def test_padding():
    message("padded").check_both_ways(
        "02 10000000 00000000 05000000 01 0600" + "0100000002000000",
        {"type": 2, "u": {"spot": {"x": 1, "y": 2}}, "newer": 5, "count": 1, "newest": [6]},
    )


def test_messages_of_one_size():
    message("fixed_size").check_both_ways(
        "ff 0100000002000000 000102030405060708090a0b0c0d0e0f 0900 01000000",
        {
            "a": -1,
            "spot": {"x": 1, "y": 2},
            "key": {"hex": "000102030405060708090a0b0c0d0e0f"},
            "abilities": 9,
            "plain": 1,
            "handle": None,
        },
    )


def write() -> None:
    """Replace what is kept by what is made now."""
    for path in GOLDEN.glob("*.txt"):
        path.unlink()
    for name, text in rendered().items():
        (GOLDEN / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write()
