"""Any description at all: the generated code does what the interpreter does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import given, note
from hypothesis import strategies as st

from caraway.idl import Compilation, Severity, Source, compile_source
from caraway.messages import from_fields, to_fields
from fuzz.agreement import decode, encode
from fuzz.protocols import LIMITS, Subject, minors
from tests.property.descriptions import descriptions
from tests.property.effort import examples
from tests.property.fields import fields_of, without_counts
from tests.property.mutation import damaged, tampered
from tests.property.packages import imported


@contextmanager
def compiled(text: str, dialect: int) -> Iterator[tuple[Compilation, list[Subject]]]:
    """A description and its messages, whose classes are imported."""
    note(text)
    compilation = compile_source(Source("drawn.proto", text), dialect=dialect)
    errors = [each for each in compilation.diagnostics if each.severity is Severity.ERROR]
    assert not errors, "\n".join(each.render() for each in errors)
    description = compilation.description
    with imported(description) as registry:
        yield (
            compilation,
            [
                Subject(
                    description,
                    message,
                    registry.message(message.channel.name, message.direction, message.number),
                )
                for message in description.messages
            ],
        )


@examples(60)
@given(drawn=descriptions(), data=st.data())
def test_generated_code_and_interpreter_agree(drawn: tuple[str, int], data: st.DataObject) -> None:
    with compiled(*drawn) as (compilation, subjects):
        description = compilation.description
        # What reaches to the end of a message takes what pointers lead to for its own.
        is_exact = all(each.code != "W303" for each in compilation.diagnostics)
        for subject in subjects:
            minor = data.draw(st.sampled_from(minors(subject.model.body)), label="minor")
            fields = data.draw(fields_of(subject.model.body, description.pointer_size, minor))
            wire = encode(subject, fields, minor)
            assert wire is not None
            message = decode(subject, wire, None, minor)
            if is_exact:
                assert message is not None
                assert to_fields(message, minor) == fields
                assert message == from_fields(subject.kind, fields, minor)
            encode(subject, without_counts(subject.model.body, fields), minor)
            for _ in range(3):
                encode(subject, data.draw(tampered(fields)), minor)
            for _ in range(4):
                limits = data.draw(st.sampled_from(LIMITS))
                decode(subject, data.draw(damaged(wire)), limits, minor)
