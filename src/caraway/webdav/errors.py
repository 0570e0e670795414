"""What the WebDAV server raises; it knows no other exceptions of its own.

::

    DavError
    ├── HTTPError                  an answer other than success, with its status
    │   └── BadRequest             400: the request breaks HTTP or WebDAV syntax
    ├── PasswordFileError          a password file cannot be used
    └── StoreError                 a store cannot do what was asked; each has its status
        ├── NotFound               404  nothing at that path (FileNotFoundError)
        ├── Exists                 405  something is there already (FileExistsError)
        ├── ParentMissing          409  the collection above does not exist
        ├── NotACollection         409  a member was asked of something that is no collection
        ├── IsACollection          405  a collection where a file is needed
        ├── Forbidden              403  the store or the file system refuses (PermissionError)
        ├── NoSpace                507  the disk or the quota is full
        ├── Overtaken              409  a file of which a part is written was changed meanwhile
        ├── NameTooLong            414  a name the store cannot hold
        └── Changed                500  a file changed while it was being read
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class DavError(Exception):
    """Root of the tree."""


class HTTPError(DavError):
    """Ends the handling of a request with a status.

    Args:
        status: The HTTP status code, 400 or above (or 304, 412 from preconditions).
        reason: One sentence for the body; empty for the status's own words.
        headers: Extra header fields of the answer.
        condition: The name of a DAV: precondition or postcondition element
            (RFC 4918 §16) for the body, such as ``lock-token-submitted``.
        hrefs: Paths that the condition element names, as they stand in hrefs.
        close: The connection ends after this answer.
    """

    def __init__(
        self,
        status: int,
        reason: str = "",
        *,
        headers: Sequence[tuple[str, str]] = (),
        condition: str | None = None,
        hrefs: Sequence[str] = (),
        close: bool = False,
    ) -> None:
        super().__init__(reason or f"status {status}")
        self.status = status
        self.reason = reason
        self.headers = tuple(headers)
        self.condition = condition
        self.hrefs = tuple(hrefs)
        self.close = close


class BadRequest(HTTPError):
    """The request breaks the syntax of HTTP, of a header or of an XML body."""

    def __init__(self, reason: str, *, close: bool = False) -> None:
        super().__init__(400, reason, close=close)


class PasswordFileError(DavError):
    """A password file cannot be read, or a line of it breaks its format; names both."""


class StoreError(DavError):
    """A store cannot do what was asked.

    Attributes:
        status: The HTTP status that says so.
    """

    status: ClassVar[int] = 500


class NotFound(StoreError, FileNotFoundError):
    """Nothing is at that path, or nothing that may be seen."""

    status = 404


class Exists(StoreError, FileExistsError):
    """Something is at that path already."""

    status = 405


class ParentMissing(StoreError):
    """The collection above does not exist."""

    status = 409


class NotACollection(StoreError):
    """A member was asked of something that is no collection."""

    status = 409


class Overtaken(StoreError):
    """Somebody else changed a file while a part of it was being written."""

    status = 409


class IsACollection(StoreError):
    """A collection is where a file is needed."""

    status = 405


class Forbidden(StoreError, PermissionError):
    """The store is read-only, the file system refuses, or the path leads outside."""

    status = 403


class NoSpace(StoreError):
    """The disk or the quota is full."""

    status = 507


class NameTooLong(StoreError):
    """A name is longer than the store can hold."""

    status = 414


class Changed(StoreError):
    """A file changed while it was being read, so that what was promised cannot be sent."""
