"""The completion scripts, as far as they can be tried without their shells."""

import os
import shutil
import subprocess
import sys

import pytest

from caraway.cli.completion import INSTALLATION
from caraway.cli.main import root
from caraway.cli.outcome import execute


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_says_how_to_keep_it(shell, capsys):
    assert execute(root, ["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"# To keep it: caraway completion {shell} > ~/" in script
    assert f"_CARAWAY_COMPLETE={shell}_complete" in script


def test_zsh_finds_its_tag_on_the_first_line(capsys):
    execute(root, ["completion", "zsh"])
    assert capsys.readouterr().out.startswith("#compdef caraway\n")


def test_the_help_has_the_same_instructions(capsys):
    execute(root, ["completion", "--help"])
    text = capsys.readouterr().out
    for instruction in INSTALLATION.values():
        assert instruction in text


def test_another_shell_is_a_usage_error(capsys):
    assert execute(root, ["completion", "tcsh"]) == 2
    assert "'tcsh' is not one of" in capsys.readouterr().err


def test_bash_completes_with_it(tmp_path):
    """Sources the script in bash, then asks its function what follows ``caraway comp``."""
    bash = shutil.which("bash")
    assert bash is not None, "bash is missing; apt-get install bash"
    caraway = tmp_path / "caraway"
    caraway.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m caraway "$@"\n')
    caraway.chmod(0o755)
    script = (
        'eval "$(caraway completion bash)"\n'
        "COMP_WORDS=(caraway comp) COMP_CWORD=1\n"
        '_caraway_completion caraway\necho "${COMPREPLY[@]}"\n'
    )
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        [bash, "--norc", "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, "HOME": str(tmp_path)},
        check=False,
        timeout=60,
    )
    assert (result.stdout, result.stderr) == ("completion\n", "")
