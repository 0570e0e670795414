"""A WebDAV server (RFC 4918) that runs over any byte stream.

It stands alone: nothing here knows SPICE or imports the rest of caraway.

A :class:`Store` keeps the resources, an :class:`Application` answers requests
for them, a :class:`Connection` speaks HTTP on one byte stream, and a
:class:`Server` listens for such streams:

>>> import asyncio
>>> from caraway.webdav import Application, MemoryStore, Policy, Server
>>> async def main():
...     policy = Policy(read_only=False, hosts=frozenset())
...     server = Server(Application(MemoryStore(), policy))
...     url = await server.listen_tcp("127.0.0.1", 0)
...     await server.aclose()
...     return url.startswith("http://127.0.0.1:")
>>> asyncio.run(main())
True

Names are imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from caraway.webdav.application import Application
    from caraway.webdav.call import Policy
    from caraway.webdav.errors import (
        BadRequest,
        Changed,
        DavError,
        Exists,
        Forbidden,
        HTTPError,
        IsACollection,
        NameTooLong,
        NoSpace,
        NotACollection,
        NotFound,
        Overtaken,
        ParentMissing,
        PasswordFileError,
        StoreError,
    )
    from caraway.webdav.http.fields import HttpLimits
    from caraway.webdav.locks.lock import LockLimits
    from caraway.webdav.locks.table import LockTable
    from caraway.webdav.server.connection import Connection
    from caraway.webdav.server.interface import ConnectionSettings, Exchange
    from caraway.webdav.server.listen import Server
    from caraway.webdav.store.folder import FolderStore
    from caraway.webdav.store.interface import Entry, Failure, Reader, Store, Usage, Writer
    from caraway.webdav.store.memory import MemoryStore
    from caraway.webdav.store.several import Root, SeveralStore
    from caraway.webdav.store.snapshots import SnapshotDatabase, SnapshotLimits

__all__ = [
    "Application",
    "BadRequest",
    "Changed",
    "Connection",
    "ConnectionSettings",
    "DavError",
    "Entry",
    "Exchange",
    "Exists",
    "Failure",
    "FolderStore",
    "Forbidden",
    "HTTPError",
    "HttpLimits",
    "IsACollection",
    "LockLimits",
    "LockTable",
    "MemoryStore",
    "NameTooLong",
    "NoSpace",
    "NotACollection",
    "NotFound",
    "Overtaken",
    "ParentMissing",
    "PasswordFileError",
    "Policy",
    "Reader",
    "Root",
    "Server",
    "SeveralStore",
    "SnapshotDatabase",
    "SnapshotLimits",
    "Store",
    "StoreError",
    "Usage",
    "Writer",
]

_MODULES: Final = {
    "application": "Application",
    "call": "Policy",
    "errors": "BadRequest Changed DavError Exists Forbidden HTTPError IsACollection NameTooLong "
    "NoSpace NotACollection NotFound Overtaken ParentMissing PasswordFileError StoreError",
    "http.fields": "HttpLimits",
    "locks.lock": "LockLimits",
    "locks.table": "LockTable",
    "server.connection": "Connection",
    "server.interface": "ConnectionSettings Exchange",
    "server.listen": "Server",
    "store.folder": "FolderStore",
    "store.interface": "Entry Failure Reader Store Usage Writer",
    "store.memory": "MemoryStore",
    "store.several": "Root SeveralStore",
    "store.snapshots": "SnapshotDatabase SnapshotLimits",
}
#: Where each name is defined.
_HOMES: Final = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    module = _HOMES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
