"""What a type-checker knows of the WebDAV server; checked by mypy, never run."""

from __future__ import annotations

import asyncio
from typing import assert_type

from caraway.webdav import (
    Application,
    Connection,
    ConnectionSettings,
    Entry,
    Exchange,
    FolderStore,
    HttpLimits,
    LockLimits,
    LockTable,
    MemoryStore,
    NotFound,
    Policy,
    Reader,
    Root,
    Server,
    SeveralStore,
    Store,
    StoreError,
    Writer,
)


def stores(folder: FolderStore, memory: MemoryStore) -> Store:
    several = SeveralStore({"a": Root(folder), "b": Root(memory, is_writable=True)})
    stores: list[Store] = [folder, memory, several]
    return stores[0]


def reading(store: Store) -> bytes:
    try:
        reader = store.open(("a", "b"))
    except NotFound as error:
        assert_type(error.status, int)
        raise
    except StoreError:
        return b""
    assert_type(reader, Reader)
    assert_type(reader.entry, Entry)
    return reader.read(0, 10)


def writing(store: Store) -> bool:
    writer = store.create(("a",))
    assert_type(writer, Writer)
    writer.write(memoryview(b"content"))
    entry, is_new = writer.commit(mtime_ns=0)
    assert_type(entry, Entry)
    return is_new


def log(exchange: Exchange) -> None:
    assert_type(exchange.status, int)


async def serving(store: Store) -> str:
    policy = Policy(read_only=False, hosts=frozenset({"nas"}))
    application = Application(store, policy, lock_limits=LockLimits(default_s=60))
    assert_type(application.locks, LockTable)
    settings = ConnectionSettings(limits=HttpLimits(max_fields=10), idle_timeout_s=5)
    connection = Connection(application, settings, on_exchange=log)
    protocol: asyncio.Protocol = connection
    protocol.data_received(b"")
    server = Server(application, settings, on_exchange=log, max_connections=10)
    url = await server.listen_tcp("127.0.0.1", 0)
    assert_type(url, str)
    await server.finish()
    return url
