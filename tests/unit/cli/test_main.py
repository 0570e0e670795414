"""The root command, run as a process runs it: arguments in; output and exit code out."""

import inspect
import subprocess
import sys

import click
import pytest

from caraway import __version__, errors
from caraway.cli.main import SECTIONS, root
from caraway.cli.outcome import execute


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )


def test_version(capsys):
    assert execute(root, ["--version"]) == 0
    assert capsys.readouterr().out == f"caraway {__version__}\n"


def test_both_help_options_print_the_same(capsys):
    assert execute(root, ["-h"]) == 0
    short = capsys.readouterr().out
    assert execute(root, ["--help"]) == 0
    assert capsys.readouterr().out == short


def test_help_reads_like_a_manual(capsys):
    execute(root, ["--help"])
    text = capsys.readouterr().out
    headings = [line for line in text.splitlines() if line.endswith(":") and line[0] != " "]
    assert headings == [
        "Protocol:",
        "Connections:",
        "Folders:",
        "Shell:",
        "Options:",
        "Examples:",
        "Environment:",
        "Exit codes:",
        "More:",
    ]
    assert "NO_COLOR" in text


def test_help_names_every_command(capsys):
    execute(root, ["--help"])
    text = capsys.readouterr().out
    for name in root.list_commands(click.Context(root)):
        assert f"\n  {name} " in text


def test_help_explains_every_exit_code():
    explained = {
        code for section in SECTIONS if section.title == "Exit codes" for code, _ in section.rows
    }
    tree = [item for _, item in inspect.getmembers(errors, inspect.isclass)]
    raised = {str(item.exit_code) for item in tree if issubclass(item, errors.CarawayError)}
    assert explained == raised | {"0", "130", "141"}


def test_no_arguments_show_the_help_as_an_error(capsys):
    assert execute(root, []) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("Usage: caraway ")


def test_an_unknown_command_is_a_usage_error(capsys):
    assert execute(root, ["prot"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "caraway: error: No such command 'prot'" in output.err
    assert "caraway: hint: 'caraway --help' explains the options" in output.err


def test_listing_commands_imports_none():
    code = (
        "import sys\n"
        "from caraway.cli.main import root\n"
        "from caraway.cli.outcome import execute\n"
        "assert execute(root, ['--version']) == 0\n"
        "assert execute(root, ['--help']) == 0\n"
        "rooms = {name.split('.')[1] for name in sys.modules if name.startswith('caraway.')}\n"
        "print(sorted(rooms), file=sys.stderr)\n"
    )
    result = run_python(code)
    assert result.stderr == "['cli', 'errors']\n"


@pytest.mark.parametrize(
    ("system", "sentence"),
    [("darwin", "On macOS the client"), ("freebsd14", "This system (freebsd14) is not supported")],
)
def test_help_says_what_a_system_lacks(system, sentence):
    code = (
        f"import sys; sys.platform = {system!r}; sys.argv[1:] = ['--help']\n"
        "from caraway.cli.main import run\n"
        "run()"
    )
    result = run_python(code)
    assert f"\n{sentence}" in result.stdout
    assert result.returncode == 0


def test_the_module_and_the_script_are_the_same_command():
    result = subprocess.run(
        [sys.executable, "-m", "caraway", "--version"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout) == (0, f"caraway {__version__}\n")
