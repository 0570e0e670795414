"""What can be searched, told to whom asks: the query schema of basicsearch.

Source: RFC 5323 §3.3, §4, §5.19.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from caraway.webdav.search.query import Kind
from caraway.webdav.search.values import SEARCHED
from caraway.webdav.store.interface import PropertyName
from caraway.webdav.xml.answers import status_line
from caraway.webdav.xml.parser import DAV
from caraway.webdav.xml.writer import escape, tag

_TYPES: Final[dict[Kind, str]] = {
    "string": "string",
    "number": "decimal",
    "time": "dateTime",
    "boolean": "boolean",
}

_PROPERTY: Final = ("operand-property",)
_LITERAL: Final = ("operand-property", "operand-literal")
_OPERATORS: Final = {
    **dict.fromkeys(("eq", "lt", "lte", "gt", "gte"), (*_LITERAL, "operand-typed-literal")),
    "like": _LITERAL,
    "is-collection": (),
    "is-defined": _PROPERTY,
    "language-defined": _PROPERTY,
    "language-matches": _LITERAL,
}


def schema_response(href: str) -> str:
    """The ``response`` that describes what can be searched in one scope."""
    return (
        f"<D:response><D:href>{escape(href)}</D:href><D:status>{status_line(200)}</D:status>"
        f"{_schema()}</D:response>"
    )


@cache
def _schema() -> str:
    properties = "".join(_property(name, kind) for name, (kind, _) in SEARCHED.items())
    operators = "".join(
        f"<D:opdesc>{tag((DAV, name))}{''.join(tag((DAV, each)) for each in operands)}</D:opdesc>"
        for name, operands in _OPERATORS.items()
    )
    return (
        '<D:query-schema><D:basicsearchschema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        f"<D:properties>{properties}"
        "<D:propdesc><D:any-other-property/><D:searchable/><D:selectable/><D:sortable/>"
        "<D:caseless/></D:propdesc></D:properties>"
        f'<D:operators>{operators}<D:opdesc allow-pcdata="yes"><D:contains/></D:opdesc>'
        "</D:operators></D:basicsearchschema></D:query-schema>"
    )


def _property(name: PropertyName, kind: Kind) -> str:
    caseless = "<D:caseless/>" if kind == "string" else ""
    return (
        f"<D:propdesc><D:prop>{tag(name)}</D:prop>"
        f"<D:datatype><xs:{_TYPES[kind]}/></D:datatype>"
        f"<D:searchable/><D:selectable/><D:sortable/>{caseless}</D:propdesc>"
    )
