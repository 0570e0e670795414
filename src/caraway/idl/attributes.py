"""The attributes of the language: their arguments, where they belong, what excludes what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from caraway.idl.diagnostics import Diagnostics
from caraway.idl.syntax import Attribute, Name


@dataclass(frozen=True, slots=True)
class Rule:
    """One attribute.

    Attributes:
        arguments: For each argument what it may be: ``n`` a number, ``i`` a name.
        places: Where it may stand.
    """

    arguments: str
    places: frozenset[str]


def _rule(arguments: str, places: str) -> Rule:
    return Rule(arguments, frozenset(places.split()))


#: The first group says how upstream's C code stores data; it changes nothing
#: on the wire and nothing here. The second group does.
RULES: Final[dict[str, Rule]] = {
    "anon": _rule("", "switch member"),
    "as_ptr": _rule("i", "member"),
    "c_ptr": _rule("", "member"),
    "chunk": _rule("", "member"),
    "ctype": _rule("i", "type enum member channel message item switch"),
    "declare": _rule("", "type message enum"),
    "end": _rule("", "member switch"),
    "marshall": _rule("", "member"),
    "nocopy": _rule("", "type message member"),
    "nomarshal": _rule("", "member"),
    "outvar": _rule("i", "member"),
    "ptr32": _rule("", "member"),
    "ptr_array": _rule("", "member"),
    "to_ptr": _rule("", "member"),
    "bytes_count": _rule("i", "member"),
    "deprecated": _rule("", "item"),
    "fixedsize": _rule("", "switch"),
    "ifdef": _rule("i", "channel message"),
    "minor": _rule("n", "member switch"),
    "nonnull": _rule("", "member"),
    "prefix": _rule("i", "enum"),
    "unique_flag": _rule("", "member"),
    "view": _rule("ii", "member"),
    "virtual": _rule("n", "member"),
    "zero": _rule("", "member"),
    "zero_terminated": _rule("", "member"),
}

#: Ways of storing one member; upstream allows one at most.
_STORAGE: Final = ("end", "to_ptr", "as_ptr", "ptr_array", "zero", "chunk")
_EXCLUSIVE: Final = (
    _STORAGE,
    ("zero", "virtual"),
    ("zero", "view"),
    ("virtual", "minor"),
    ("virtual", "nonnull"),
)


def check_attributes(
    diagnostics: Diagnostics, attributes: Iterable[Attribute], place: str
) -> dict[str, Attribute]:
    """The attributes by name, without those that were reported as wrong."""
    known: dict[str, Attribute] = {}
    for attribute in attributes:
        rule = RULES.get(attribute.name)
        if rule is None:
            diagnostics.report(
                "E103",
                attribute.span,
                f"the language has no attribute '@{attribute.name}'",
                hint=_similar(attribute.name),
            )
        elif attribute.name in known:
            diagnostics.report("E105", attribute.span, f"'@{attribute.name}' is given twice")
        elif place not in rule.places:
            diagnostics.report(
                "E105",
                attribute.span,
                f"'@{attribute.name}' does not belong on {_article(place)} {place}",
                hint=f"it belongs on: {', '.join(sorted(rule.places))}",
            )
        elif _arguments_fit(diagnostics, attribute, rule):
            known[attribute.name] = attribute
    for group in _EXCLUSIVE:
        present = [attribute for attribute in known.values() if attribute.name in group]
        if len(present) > 1:
            names = " and ".join(f"'@{attribute.name}'" for attribute in present)
            diagnostics.report(
                "E105", present[1].span, f"{names} contradict each other", hint="keep one of them"
            )
    return known


def _arguments_fit(diagnostics: Diagnostics, attribute: Attribute, rule: Rule) -> bool:
    wanted, given = len(rule.arguments), len(attribute.arguments)
    if wanted != given:
        diagnostics.report(
            "E104",
            attribute.span,
            f"'@{attribute.name}' takes {wanted} argument{'' if wanted == 1 else 's'}, not {given}",
        )
        return False
    for kind, argument in zip(rule.arguments, attribute.arguments, strict=True):
        if (kind == "i") != isinstance(argument, Name):
            what = "a name" if kind == "i" else "a number"
            diagnostics.report("E104", argument.span, f"'@{attribute.name}' takes {what} here")
            return False
    return True


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _similar(name: str) -> str:
    close = [known for known in RULES if sorted(known) == sorted(name) or _one_off(known, name)]
    return f"did you mean '@{close[0]}'?" if close else ""


def _one_off(left: str, right: str) -> bool:
    """Whether one inserted, dropped or changed letter tells the words apart."""
    if abs(len(left) - len(right)) > 1:
        return False
    head = 0
    while head < min(len(left), len(right)) and left[head] == right[head]:
        head += 1
    longer, shorter = (left, right) if len(left) >= len(right) else (right, left)
    skip = head + (len(left) == len(right))
    return longer[head + 1 :] == shorter[skip:]


def name_argument(attributes: dict[str, Attribute], name: str) -> str | None:
    """The name given to an attribute that takes one."""
    attribute = attributes.get(name)
    if attribute is None or not isinstance(attribute.arguments[0], Name):
        return None
    return attribute.arguments[0].text


def names_of(attribute: Attribute) -> list[Name]:
    """The arguments of an attribute that takes names."""
    return [argument for argument in attribute.arguments if isinstance(argument, Name)]


def number_argument(attributes: dict[str, Attribute], name: str) -> int | None:
    """The number given to an attribute that takes one."""
    attribute = attributes.get(name)
    if attribute is None or isinstance(attribute.arguments[0], Name):
        return None
    return attribute.arguments[0].value
