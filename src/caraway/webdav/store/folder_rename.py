"""Renames inside a folder that replace nothing by accident, and something only as a whole."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable
from typing import Final

from caraway.webdav.store.descriptors import Place
from caraway.webdav.store.exchange import exchange, rename_new
from caraway.webdav.store.folder_copy import bent_target

#: What is in a private directory: what gave way, and what is to come.
OLD: Final = "gone"
NEW: Final = "made"


def is_respelt(source: Place, target: Place, status: os.stat_result) -> bool:
    """Whether the target is the source: a file system that ignores case shows it by both names.

    Args:
        status: The source's; the target has its own.
    """
    return (
        target.status is not None
        and os.path.samestat(target.status, status)
        and _folded(target.name) == _folded(source.name)
    )


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def rename(source: Place, target: Place, status: os.stat_result) -> None:
    """Rename to where nothing is, or to another spelling of the same name.

    Args:
        target: With a status where it is ``source`` by another spelling.
        status: The source's.

    Raises:
        FileExistsError: Something came there meanwhile.
        OSError: It cannot be renamed.
    """
    if (link := _bent_link(source, target, status)) is not None:
        # A link is never made where something is.
        os.symlink(link, target.name, dir_fd=target.directory)
        os.unlink(source.name, dir_fd=source.directory)
    elif target.status is not None:
        _rename(source, target)
    else:
        rename_new(source.directory, source.name, target.directory, target.name)


def replace(
    source: Place, target: Place, status: os.stat_result, private: Callable[[], int]
) -> None:
    """Rename to where something else is, which gives way at once and as a whole.

    A reader finds one or the other there at all times, and so does who looks
    after the process was killed at any moment.

    Args:
        target: With the status of what is there.
        status: The source's.
        private: Gives an empty directory beside the target, asked for only if
            it is needed. What gave way may be found there.

    Raises:
        OSError: It cannot be renamed; all is as it was.
    """
    assert target.status is not None
    link = _bent_link(source, target, status)
    if link is not None:
        directory = private()
        made = Place(directory, NEW, target.names, None, None)
        os.symlink(link, NEW, dir_fd=directory)
        replace(made, target, os.lstat(NEW, dir_fd=directory), lambda: directory)
        os.unlink(source.name, dir_fd=source.directory)
    elif not stat.S_ISDIR(status.st_mode) and not stat.S_ISDIR(target.status.st_mode):
        if os.path.samestat(status, target.status):
            # Of two names of one file, a rename would leave both.
            os.unlink(source.name, dir_fd=source.directory)
        else:
            _rename(source, target)
    else:
        _replace_tree(source, target, Place(private(), OLD, (), None, None))


def _replace_tree(source: Place, target: Place, aside: Place) -> None:
    """Rename where one of the two is a collection.

    In this order, nothing is ever in the private directory alone but what is
    to go: it is removed when a server finds it after a crash.
    """
    both = (source.directory, source.name, target.directory, target.name)
    if exchange(*both):
        try:
            _rename(source, aside)
        except OSError:
            exchange(*both)
            raise
        return
    _rename(target, aside)
    try:
        _rename(source, target)
    except OSError:
        _rename(aside, target)
        raise


def _bent_link(source: Place, target: Place, status: os.stat_result) -> str | None:
    """What a link has to say at its new place; None where it says the same, or is none."""
    if not stat.S_ISLNK(status.st_mode) or source.names[:-1] == target.names[:-1]:
        return None
    return bent_target(
        os.readlink(source.name, dir_fd=source.directory),
        top=source.names,
        source=source.names[:-1],
        target=target.names[:-1],
    )


def _rename(source: Place, target: Place) -> None:
    os.rename(source.name, target.name, src_dir_fd=source.directory, dst_dir_fd=target.directory)
