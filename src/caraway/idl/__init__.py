"""The compiler of SPICE's interface language.

A description goes through four stages, each a module::

    text ── parser ──▶ syntax ── resolve ──▶ model ── checks ──▶ backends, interpreter, diff

:func:`compile_source` runs them. Nothing here reads a file: the caller hands
in the text and the name to report it under.

>>> from caraway.idl import Source, compile_source
>>> result = compile_source(Source("demo.proto", '''
... channel EchoChannel { server: message { uint16 size; uint8 data[size]; } echo; };
... protocol Demo { EchoChannel echo = 1; };
... '''))
>>> result.failed, result.description.channel("echo").messages("server")[0].number
(False, 1)
"""

from __future__ import annotations

from dataclasses import dataclass

from caraway.idl.checks import check
from caraway.idl.diagnostics import Diagnostic, Diagnostics, Severity, refusal
from caraway.idl.model import Description
from caraway.idl.parser import parse
from caraway.idl.resolve import resolve
from caraway.idl.source import Source

__all__ = [
    "Compilation",
    "Description",
    "Diagnostic",
    "Severity",
    "Source",
    "compile_source",
]


@dataclass(frozen=True, slots=True)
class Compilation:
    """What came of compiling one description.

    Attributes:
        diagnostics: Everything there is to say about it, in the order of the text.
    """

    result: Description
    diagnostics: list[Diagnostic]

    @property
    def failed(self) -> bool:
        """Whether an error was found."""
        return any(remark.severity is Severity.ERROR for remark in self.diagnostics)

    @property
    def description(self) -> Description:
        """The model.

        Raises:
            DescriptionError: There were errors; its text shows them all.
        """
        if self.failed:
            raise refusal(self.diagnostics)
        return self.result


def compile_source(source: Source, *, dialect: int = 2) -> Compilation:
    """Compile a description.

    Args:
        dialect: 2 for the current language, 1 for the old one. The grammar is
            the same superset for both; a pointer is 4 bytes on the wire in
            dialect 2 and 8 in dialect 1.
    """
    diagnostics = Diagnostics(source)
    file = parse(diagnostics)
    description = resolve(file, diagnostics, dialect=dialect)
    if not diagnostics.failed:
        # Past an error the model has holes, and what the checks said of them would mislead.
        check(description, diagnostics)
    return Compilation(description, diagnostics.found)
