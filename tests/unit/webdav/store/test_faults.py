"""Errors of the operating system as errors of the store."""

from __future__ import annotations

import errno

import pytest

from caraway.webdav.errors import (
    Exists,
    Forbidden,
    IsACollection,
    NameTooLong,
    NoSpace,
    NotFound,
    StoreError,
)
from caraway.webdav.store.faults import shown, status_of, store_error


@pytest.mark.parametrize(
    ("number", "kind", "status"),
    [
        (errno.ENOENT, NotFound, 404),
        (errno.ENOTDIR, NotFound, 404),
        (errno.ELOOP, NotFound, 404),
        (errno.EEXIST, Exists, 405),
        (errno.EISDIR, IsACollection, 405),
        (errno.EACCES, Forbidden, 403),
        (errno.EPERM, Forbidden, 403),
        (errno.EROFS, Forbidden, 403),
        (errno.ENOSPC, NoSpace, 507),
        (errno.EDQUOT, NoSpace, 507),
        (errno.EFBIG, NoSpace, 507),
        (errno.ENAMETOOLONG, NameTooLong, 414),
        (errno.EIO, StoreError, 500),
        (errno.EMFILE, StoreError, 500),
    ],
)
def test_every_fault_has_its_status(number: int, kind: type[StoreError], status: int) -> None:
    error = store_error(OSError(number, "x"), ("a", "b"))
    assert type(error) is kind
    assert str(error).endswith(": /a/b")
    assert status_of(OSError(number, "x")) == status


def test_errors_of_the_store_pass_through() -> None:
    error = Forbidden("no")
    assert store_error(error, ()) is error


def test_a_shown_path_is_short_and_printable() -> None:
    assert shown(("a", "\udcff")) == "/a/\\udcff"
    assert len(shown(("x" * 1000,))) == 200
