"""Commands whose help reads like a manual page and whose sub-commands load on use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

import click

__all__ = ["CommandWithCommands", "Entry", "ManualCommand", "ManualGroup", "Section"]


WIDE = 24


@dataclass(frozen=True, slots=True)
class Entry:
    """A sub-command that is imported when it is used, not when it is listed.

    Attributes:
        target: Where the command lives, as ``package.module:name``.
        summary: Its line in the list of commands.
    """

    target: str
    summary: str

    def load(self) -> click.Command:
        """Import the command.

        Raises:
            TypeError: ``target`` names something that is not a click command.
        """
        module, _, name = self.target.partition(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{self.target} is {type(command).__name__}, needs a click command")
        return command


@dataclass(frozen=True, slots=True)
class Section:
    """A headed list after the options: terms, and what they mean.

    The meanings stand to the right of the terms; where a term is wider than
    :data:`WIDE` characters, below them.
    """

    title: str
    rows: Sequence[tuple[str, str]]

    def write(self, formatter: click.HelpFormatter) -> None:
        """Write the rows, without the title."""
        if all(len(term) <= WIDE for term, _ in self.rows):
            formatter.write_dl(list(self.rows))
            return
        for term, meaning in self.rows:
            formatter.write(f"{'':{formatter.current_indent}}{term}\n")
            with formatter.indentation():
                formatter.write_text(meaning)


class ManualGroup(click.Group):
    """A :class:`click.Group` with commands under headings and manual sections below them.

    Args:
        catalogue: Heading to command name to :class:`Entry`, both in the order
            in which the help shows them.
        sections: What follows the options: examples, environment, exit codes.
        remarks: Plain paragraphs at the very end.

    Everything else is as for :class:`click.Group`; commands added with
    ``add_command`` are listed under ``Commands``, after the catalogue.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        help: str | None = None,
        catalogue: Mapping[str, Mapping[str, Entry]] | None = None,
        sections: Sequence[Section] = (),
        remarks: Sequence[str] = (),
        callback: Callable[..., object] | None = None,
        params: list[click.Parameter] | None = None,
        context_settings: dict[str, object] | None = None,
    ) -> None:
        super().__init__(
            name, help=help, callback=callback, params=params, context_settings=context_settings
        )
        self.catalogue = catalogue or {}
        self.sections = sections
        self.remarks = remarks
        self._entries = {
            command: entry
            for entries in self.catalogue.values()
            for command, entry in entries.items()
        }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, catalogued ones first, in the order of the help."""
        return [*self._entries, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The named command, imported now if it is a catalogued one."""
        entry = self._entries.get(cmd_name)
        return super().get_command(ctx, cmd_name) if entry is None else entry.load()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write commands, options, then the sections and remarks."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)
        _write_sections(formatter, self.sections)
        for remark in self.remarks:
            formatter.write_paragraph()
            formatter.write_text(remark)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under their headings without importing them."""
        for heading, entries in self.catalogue.items():
            with formatter.section(heading):
                formatter.write_dl([(name, entry.summary) for name, entry in entries.items()])
        if self.commands:
            rows = [
                (name, command.get_short_help_str())
                for name, command in sorted(self.commands.items())
                if not command.hidden
            ]
            with formatter.section("Commands"):
                formatter.write_dl(rows)


class ManualCommand(click.Command):
    """A :class:`click.Command` with manual sections below its options.

    Args:
        sections: Examples, exit codes and the like.
    """

    def __init__(
        self,
        name: str | None,
        *,
        sections: Sequence[Section] = (),
        help: str | None = None,
        callback: Callable[..., object] | None = None,
        params: list[click.Parameter] | None = None,
    ) -> None:
        super().__init__(name, help=help, callback=callback, params=params)
        self.sections = sections

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write options, then the sections."""
        super().format_options(ctx, formatter)
        _write_sections(formatter, self.sections)


class CommandWithCommands(click.Command):
    """A command with an argument of its own in the place where others may stand.

    ``tool FOLDER`` runs the command itself, ``tool passwd`` its sub-command
    ``passwd``; a folder of that name is given as ``./passwd``.

    Args:
        commands: Names, and where the sub-commands are.
        sections: What follows the options in the help.

    Everything else is as for :class:`click.Command`.
    """

    def __init__(
        self,
        name: str | None,
        *,
        commands: Mapping[str, Entry],
        sections: Sequence[Section] = (),
        help: str | None = None,
        callback: Callable[..., object] | None = None,
        params: list[click.Parameter] | None = None,
    ) -> None:
        super().__init__(name, help=help, callback=callback, params=params)
        self.commands = commands
        self.sections = sections

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """The context of this command, or of the sub-command that is named first."""
        entry = self.commands.get(args[0]) if args else None
        if entry is None:
            return super().make_context(info_name, args, parent, **extra)
        name = f"{info_name} {args[0]}"
        return entry.load().make_context(name, args[1:], parent, **extra)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write options, commands, then the sections."""
        super().format_options(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self.commands.items()])
        _write_sections(formatter, self.sections)


def _write_sections(formatter: click.HelpFormatter, sections: Sequence[Section]) -> None:
    for section in sections:
        with formatter.section(section.title):
            section.write(formatter)
