"""``caraway agent``, with argparse: there is nothing else in virtual machines."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from caraway import __version__
from caraway.agent.options import DEVICE, TCP_PORT, Options
from caraway.agent.report import Report, say_error
from caraway.errors import CarawayError, UsageError

__all__ = ["main"]

_ABOUT: Final = """\
In a virtual machine: offer the folder that the SPICE client shares as WebDAV.

Connections of programs to http://localhost:9843/ are carried through the virtio
port to whoever looks at the screen of this machine and shares a folder. Waits for
the port and for the client, and goes on after either has gone and come back.
"""
_MORE: Final = """\
commands:
  install            write what systemd needs to start it; install --help says more
  uninstall          remove that again

examples:
  caraway agent      needs root, or the rule that install --user writes
  caraway agent --on-open 'gio mount dav://localhost:9843/'
                     have the folder in the file manager when a client is there
  caraway agent install
                     start it with the machine

Commands find the folder's URL in CARAWAY_URL. They run one after the other.

exit codes:
  0                  stopped by Ctrl-C or SIGTERM
  2                  the command line makes no sense
  30                 the device or the address is in use, or somebody else's
"""
_INSTALL: Final = """\
Write what systemd and udev need to start the agent when a virtual machine has the
port. What was written is printed, and what to do next.
"""
_INSTALL_MORE: Final = """\
Without --user the agent runs as a service of the machine, with no rights but those
it needs. With --user it runs as whoever has logged in, whose commands (--on-open)
can mount the folder; the rule for udev gives the device to who sits at the machine.
As root that is set up for all users, else for yourself.

Options for the agent go into caraway-agent.conf in /etc, or with --user in
~/.config: CARAWAY_AGENT_OPTIONS="--on-open 'gio mount dav://localhost:9843/'"
"""


def main(arguments: Sequence[str], program: str = "caraway-agent") -> int:
    """Run the command.

    Args:
        arguments: Those behind its name.
        program: Its name, for the help.

    Returns:
        The exit code.
    """
    words = list(arguments)
    try:
        if words[:1] in (["install"], ["uninstall"]):
            return _install(words, program)
        return _run(words, program)
    except CarawayError as error:
        say_error(error)
        return error.exit_code
    except SystemExit as end:
        # argparse has printed the help, or what is wrong.
        return end.code if isinstance(end.code, int) else UsageError.exit_code


def _run(words: list[str], program: str) -> int:
    parser = argparse.ArgumentParser(
        program,
        description=_ABOUT,
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    source, place = (parser.add_mutually_exclusive_group() for _ in range(2))
    source.add_argument(
        "--device",
        type=Path,
        default=DEVICE,
        metavar="PATH",
        help="another virtio port than that of shared folders",
    )
    source.add_argument(
        "--connect",
        metavar="WHERE",
        help="instead of a device: HOST:PORT, unix:PATH, or the path of a terminal; for tests",
    )
    place.add_argument(
        "--port",
        type=_port,
        default=TCP_PORT,
        help=f"listen here on 127.0.0.1 and ::1; default: {TCP_PORT}; 0 takes a free one",
    )
    place.add_argument(
        "--unix",
        type=Path,
        metavar="PATH",
        help="listen on this socket instead, for this user alone",
    )
    parser.add_argument(
        "--no-announce", action="store_true", help="do not tell Avahi, which tells file managers"
    )
    parser.add_argument("--on-open", metavar="CMD", help="run this when a client has come")
    parser.add_argument("--on-close", metavar="CMD", help="run this when it has gone")
    parser.add_argument("--json", action="store_true", help="print events as JSON, one a line")
    parser.add_argument("--verbose", action="store_true", help="tell more")
    parser.add_argument("--version", action="version", version=f"caraway {__version__}")
    given = parser.parse_args(words)
    options = Options(
        device=given.device,
        connect=given.connect,
        tcp_port=given.port,
        unix=given.unix,
        announces=not given.no_announce,
        on_open=given.on_open,
        on_close=given.on_close,
        as_json=given.json,
        is_verbose=given.verbose,
    )
    report = Report(as_json=options.as_json, is_verbose=options.is_verbose)
    # Not at the top: neither the help nor installing needs it, and it takes most of the time.
    import asyncio

    from caraway.agent.service import Service

    async def serve() -> None:
        await Service(options, report).run()

    asyncio.run(serve())
    return 0


def _install(words: list[str], program: str) -> int:
    is_install = words[0] == "install"
    parser = argparse.ArgumentParser(
        f"{program} {words[0]}",
        description=_INSTALL if is_install else "Remove what 'install' has written.",
        epilog=_INSTALL_MORE if is_install else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    about_user = "run it as who has logged in" if is_install else "what install --user has written"
    parser.add_argument("--user", action="store_true", help=about_user)
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="the system is below here; to prepare images"
    )
    if is_install:
        parser.add_argument(
            "--command",
            type=shlex.split,
            metavar="CMD",
            help="what starts the agent; this very program if not given",
        )
    given = parser.parse_args(words[1:])
    from caraway.agent.install import install, uninstall

    if is_install:
        lines = install(is_user=given.user, root=given.root, command=given.command)
    else:
        lines = uninstall(is_user=given.user, root=given.root)
    print("\n".join(lines))
    return 0


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"'{text}' is no port: 0 to 65535")
    return int(text)
