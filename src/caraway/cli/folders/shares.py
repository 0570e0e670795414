"""The folders of a command as one store."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from caraway.cli.folders.options import Share, Sharing
from caraway.errors import ActionFailed, UsageError
from caraway.webdav.errors import DavError
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.interface import Store
from caraway.webdav.store.properties_database import state_directory
from caraway.webdav.store.several import Root, SeveralStore
from caraway.webdav.store.snapshots import SnapshotDatabase

__all__ = ["open_snapshots", "open_store", "refuse_to_share"]


def open_store(sharing: Sharing) -> Store:
    """What is served: the folder itself, or the folders by their names.

    Raises:
        UsageError: A folder is not there, or too much, or its name is no name.
        ActionFailed: A folder cannot be opened.
    """
    for share in sharing.shares:
        if not share.folder.is_dir():
            what = "is no folder" if share.folder.exists() else "does not exist"
            raise UsageError(f"{share.folder} {what}", hint="give the path of a folder to serve")
        _refuse_too_much(share.folder, even_so=sharing.even_too_much)
    if len(sharing.shares) == 1 and sharing.shares[0].name is None:
        return _open(sharing.shares[0].folder, sharing)
    roots: dict[str, Root] = {}
    for share in sharing.shares:
        name = _name(share)
        if name in roots:
            raise UsageError(
                f"two folders would be called '{name}'", hint="give each a name: NAME=FOLDER"
            )
        roots[name] = Root(_open(share.folder, sharing), is_writable=sharing.write)
    try:
        return SeveralStore(roots, time_ns=time.time_ns())
    except ValueError as error:
        raise UsageError(str(error)) from error


def open_snapshots(sharing: Sharing) -> SnapshotDatabase:
    """Where it is kept what clients know of the folders, in the user's state directory."""
    places = [
        f"{'' if share.name is None else share.name}={share.folder.resolve()}"
        for share in sharing.shares
    ]
    return SnapshotDatabase(state_directory(), "\n".join(places))


def refuse_to_share(secrets: Iterable[Path | None], sharing: Sharing) -> None:
    """Refuse files with keys and passwords where clients could read them.

    Raises:
        UsageError: One is in a folder.
    """
    folders = [share.folder.resolve() for share in sharing.shares]
    for secret in secrets:
        if secret is None:
            continue
        for folder in folders:
            if secret.resolve().is_relative_to(folder):
                raise UsageError(
                    f"{secret} is inside {folder}, where clients can read it",
                    hint="keep keys and passwords outside of what is served",
                )


def _name(share: Share) -> str:
    return share.folder.resolve().name or "root" if share.name is None else share.name


def _open(folder: Path, sharing: Sharing) -> FolderStore:
    try:
        store = FolderStore(folder, hidden=sharing.hidden, fsync=sharing.fsync)
        if sharing.write:
            store.sweep()
    except DavError as error:
        raise ActionFailed(f"{folder}: {error}") from error
    return store


def _refuse_too_much(folder: Path, *, even_so: bool) -> None:
    real = folder.resolve()
    if not even_so and real in (Path(real.anchor), Path.home().resolve()):
        what = "the whole file system" if real == Path(real.anchor) else "your whole home folder"
        raise UsageError(f"that would serve {what}", hint="if you mean it, add --yes")
