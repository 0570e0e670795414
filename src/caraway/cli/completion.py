"""``caraway completion``: shell completion scripts."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from caraway.cli.outcome import COMPLETE_VARIABLE, PROGRAM

__all__ = ["INSTALLATION", "completion"]

SCRIPTS: dict[str, type[ShellComplete]] = {
    "bash": BashComplete,
    "zsh": ZshComplete,
    "fish": FishComplete,
}

INSTALLATION = {
    "bash": "caraway completion bash > ~/.local/share/bash-completion/completions/caraway",
    "zsh": "caraway completion zsh > ~/.zfunc/_caraway",
    "fish": "caraway completion fish > ~/.config/fish/completions/caraway.fish",
}


@click.command(short_help="Print a completion script for a shell.")
@click.argument("shell", type=click.Choice(list(SCRIPTS)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes caraway's commands and options in SHELL.

    For the current shell only, bash or zsh:

    \b
        eval "$(caraway completion bash)"

    To keep it, write it where the shell looks for completions, then start a
    new shell:

    \b
        caraway completion bash > ~/.local/share/bash-completion/completions/caraway
        caraway completion zsh > ~/.zfunc/_caraway
        caraway completion fish > ~/.config/fish/completions/caraway.fish

    The folder must exist. bash needs version 4.4 or newer and the package
    bash-completion; zsh needs ~/.zfunc in $fpath before compinit runs.
    """
    root = ctx.find_root().command
    source = SCRIPTS[shell](root, {}, PROGRAM, COMPLETE_VARIABLE).source().strip()
    first, _, rest = source.partition("\n")
    note = f"# To keep it: {INSTALLATION[shell]}"
    # zsh reads the tag `#compdef` from the first line alone.
    lines = [first, note, rest] if first.startswith("#compdef") else [note, first, rest]
    click.echo("\n".join(lines))
