"""What answers requests for the folders of a command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from caraway.cli.folders.options import Sharing
from caraway.cli.folders.report import Report
from caraway.cli.folders.shares import open_snapshots, open_store
from caraway.webdav.application import Application, Authenticator
from caraway.webdav.call import Policy

__all__ = ["open_application", "tell_folders"]


@contextmanager
def open_application(
    sharing: Sharing, *, hosts: Iterable[str], authenticator: Authenticator | None = None
) -> Iterator[Application]:
    """An application, and what it needs open as long as it answers.

    Args:
        hosts: Names and addresses that it may be called by, besides localhost.

    Raises:
        UsageError: A folder is not there, or too much.
        ActionFailed: A folder cannot be opened.
    """
    snapshots = open_snapshots(sharing)
    try:
        policy = Policy(read_only=not sharing.write, hosts=frozenset(map(_host_name, hosts)))
        yield Application(
            open_store(sharing), policy, authenticator=authenticator, snapshots=snapshots
        )
    finally:
        snapshots.close()


def _host_name(host: str) -> str:
    """A name or address as Host fields have it."""
    name = host.lower().rstrip(".")
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def tell_folders(report: Report, sharing: Sharing) -> None:
    """Say which folders, and what may be done there."""
    mode = "read and write" if sharing.write else "read only"
    for share in sharing.shares:
        real = str(share.folder.resolve())
        fields = {} if share.name is None else {"name": share.name}
        report.event("folder", f"{real}, {mode}", path=real, write=sharing.write, **fields)
