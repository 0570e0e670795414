"""Descriptions: whatever the text, only diagnostics come out; what compiles can be made use of."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["caraway"]):
    from caraway.errors import DescriptionError
    from caraway.idl import Source, compile_source
    from caraway.idl.backends import cheader, dissector, jsonmodel, markdown, python
    from caraway.idl.diff import compare
    from caraway.idl.format import format_source


def check(data: bytes) -> None:
    """One input: a byte that picks the dialect, then the text."""
    dialect = 1 if data[:1] == b"1" else 2
    source = Source("fuzz.proto", data[1:].decode("utf-8", "replace"))
    result = compile_source(source, dialect=dialect)
    for remark in result.diagnostics:
        assert remark.render()
        assert remark.to_json()["line"]
    try:
        formatted = format_source(source)
    except DescriptionError:
        assert result.failed
        return
    assert format_source(Source("fuzz.proto", formatted)) == formatted
    if result.failed:
        return
    description = result.description
    again = compile_source(Source("fuzz.proto", formatted), dialect=dialect).description
    assert compare(description, again) == []
    for text in python.render(description, package="fuzzed", source="fuzz.proto").values():
        compile(text, "fuzzed", "exec")
    assert markdown.render(description)
    assert jsonmodel.to_json(description)
    assert dissector.render(description)
    try:
        cheader.render(description)
    except DescriptionError:
        # Two names that only C takes for one.
        return


def main() -> None:
    """Fuzz until told to stop."""
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
