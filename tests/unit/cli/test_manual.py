"""Command groups whose help is a manual page and whose commands load on use."""

import click
import pytest

from caraway.cli.manual import Entry, ManualGroup, Section
from caraway.cli.outcome import execute


@click.command
def loaded():
    """A command to be found by its path."""
    click.echo("ran")


NOT_A_COMMAND = 7


def manual(target=f"{__name__}:loaded", **attributes) -> ManualGroup:
    catalogue = {"Tools": {"tool": Entry(target, "Does it.")}}
    return ManualGroup("caraway", catalogue=catalogue, **attributes)


def test_a_catalogued_command_runs(capsys):
    assert execute(manual(), ["tool"]) == 0
    assert capsys.readouterr().out == "ran\n"


def test_help_does_not_load_commands(capsys):
    assert execute(manual("no_such_module:command"), ["--help"]) == 0
    assert "Tools:\n  tool  Does it.\n" in capsys.readouterr().out


def test_something_else_than_a_command_is_refused():
    with pytest.raises(TypeError, match="NOT_A_COMMAND is int, needs a click command"):
        Entry(f"{__name__}:NOT_A_COMMAND", "").load()


def test_plain_commands_are_listed_after_the_catalogue(capsys):
    group = manual()
    group.add_command(click.Command("extra", help="More."))
    group.add_command(click.Command("secret", hidden=True))
    assert group.list_commands(click.Context(group)) == ["tool", "extra", "secret"]
    execute(group, ["--help"])
    text = capsys.readouterr().out
    assert text.index("Tools:") < text.index("Commands:\n  extra  More.\n")
    assert "secret" not in text


def test_sections_and_remarks_end_the_help(capsys):
    group = manual(sections=[Section("Files", [("a.txt", "Read.")])], remarks=["The end."])
    execute(group, ["--help"])
    assert capsys.readouterr().out.endswith("Files:\n  a.txt  Read.\n\nThe end.\n")


def test_wide_terms_stand_above_their_meaning(capsys):
    wide = "caraway tool --with-a-long-option"
    execute(
        manual(sections=[Section("Examples", [(wide, "Tries."), ("short", "Does.")])]), ["--help"]
    )
    assert capsys.readouterr().out.endswith(
        f"Examples:\n  {wide}\n    Tries.\n  short\n    Does.\n"
    )


def test_a_bare_group_has_neither(capsys):
    execute(ManualGroup("caraway"), ["--help"])
    assert capsys.readouterr().out.strip().endswith("--help  Show this message and exit.")
