"""A stream that is gone, or that was never there: whoever still uses it does no harm."""

from __future__ import annotations

import asyncio
from unittest import mock

import pytest

from caraway.webdav.server.stream import Stream
from tests.unit.webdav.server.memory import MemoryTransport, run


def test_a_stream_that_is_gone_takes_everything_silently() -> None:
    async def check() -> None:
        stream = Stream(piece=64, linger_s=1.0)
        transport = MemoryTransport(asyncio.Protocol())
        stream.open(transport)
        stream.write(b"one")
        stream.lose()
        stream.write(b"two")
        stream.pause_reading()
        stream.resume_reading()
        stream.close(lingers=True)
        stream.abort()
        with stream.direct() as direct:
            assert direct is None
        assert not stream.end()
        assert stream.is_closing
        assert transport.outgoing == b"one"
        assert not transport.is_lost

    run(check())


def test_a_transport_is_closed_once() -> None:
    """Closed twice, those of asyncio's TLS cannot be aborted any more."""

    async def check() -> None:
        stream = Stream(piece=64, linger_s=1.0)
        transport = MemoryTransport(asyncio.Protocol(), window=1)
        stream.open(transport)
        stream.write(b"two")
        with mock.patch.object(transport, "close", wraps=transport.close) as close:
            stream.close()
            stream.close()
        assert close.call_count == 1
        assert not transport.is_lost
        stream.abort()
        assert transport.is_aborted

    run(check())


def test_a_fault_in_the_background_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OSError("the disk is gone")

    async def check() -> None:
        stream = Stream(piece=64, linger_s=1.0)
        stream.open(MemoryTransport(asyncio.Protocol()))
        stream.in_background(fail)
        await asyncio.get_running_loop().shutdown_default_executor()
        await asyncio.sleep(0)

    run(check())
    assert "the disk is gone" in caplog.text
