"""Every message of every built-in protocol, for properties to be tried on."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from fuzz.agreement import encode
from fuzz.protocols import Subject, subjects
from tests.property.fields import Fields, fields_of

Place = tuple[Subject, int | None]

#: Every message with every minor that changes it.
PLACES = list(subjects())

#: The same a few at a time: starting a property costs more than trying it.
GROUPS = [PLACES[at : at + 4] for at in range(0, len(PLACES), 4)]


def title(places: list[Place]) -> str:
    (first, _), (last, _) = places[0], places[-1]
    return f"{first}-to-{last.model.name}"


every_message = pytest.mark.parametrize("places", GROUPS, ids=map(title, GROUPS))


def draw_fields(data: st.DataObject, subject: Subject, minor: int | None) -> Fields:
    pointer_size = subject.description.pointer_size
    return data.draw(fields_of(subject.model.body, pointer_size, minor), label=str(subject))


def draw_wire(data: st.DataObject, subject: Subject, minor: int | None) -> bytes:
    wire = encode(subject, draw_fields(data, subject, minor), minor)
    assert wire is not None
    return wire
