"""Payloads that are messages of another family, told by a number beside them."""

from __future__ import annotations

import struct

import pytest

from caraway.errors import DecodeError
from caraway.messages import Limits, agent, enums, smartcard, vscpayload

KIND = enums.VscMessageType

VIEWS = {
    "init": (KIND.INIT, vscpayload.ServerInit(0x44435356, 2, [1, 2])),
    "error": (KIND.ERROR, vscpayload.ServerError(code=5)),
    "reader_add": (KIND.READER_ADD, vscpayload.ServerReaderAdd(b"Reader\0")),
    "reader_remove": (KIND.READER_REMOVE, vscpayload.ServerReaderRemove()),
    "atr": (KIND.ATR, vscpayload.ServerAtr(b"\x3b\x00")),
    "card_remove": (KIND.CARD_REMOVE, vscpayload.ServerCardRemove()),
    "apdu": (KIND.APDU, vscpayload.ServerApdu(bytes.fromhex("00a4040000"))),
    "flush": (KIND.FLUSH, vscpayload.ServerFlush()),
    "flush_complete": (KIND.FLUSH_COMPLETE, vscpayload.ServerFlushComplete()),
}


@pytest.mark.parametrize("outer", [smartcard.ServerData, smartcard.ClientData])
@pytest.mark.parametrize(("number", "inner"), VIEWS.values(), ids=VIEWS)
def test_a_smartcard_payload_is_seen_by_its_type(outer, number, inner):
    message = outer(number, reader_id=0, data=inner.write())
    again = outer.parse(message.write())
    assert again.data_view() == inner
    assert number == inner.NUMBER


def test_a_payload_of_unknown_type_is_just_bytes():
    assert smartcard.ClientData(99, 0, b"abc").data_view() is None


def test_a_view_does_not_copy():
    data = b"Reader\0"
    view = smartcard.ClientData(KIND.READER_ADD, 0, memoryview(data)).data_view()
    assert isinstance(view, vscpayload.ServerReaderAdd)
    assert isinstance(view.name, memoryview)
    assert view.name.obj is data
    assert view.name_text == "Reader"


def test_a_payload_that_is_not_what_its_type_says_is_refused():
    message = smartcard.ServerData(KIND.ERROR, 0, b"abc")
    with pytest.raises(DecodeError, match="vscpayload server error: needs 4 bytes, has 3"):
        message.data_view()


def test_limits_apply_to_a_view():
    message = smartcard.ServerData(KIND.ERROR, 0, struct.pack("<I", 5) + b"more")
    assert message.data_view() == vscpayload.ServerError(5)
    with pytest.raises(DecodeError, match="4 bytes left over"):
        message.data_view(Limits(allow_trailing=False))


def test_the_detail_of_a_file_transfer_is_seen_by_its_result():
    result = agent.enums.FileXferResult.NOT_ENOUGH_SPACE
    detail = agent.filexferdetail.ServerNotEnoughSpace(disk_free_space=4096)
    status = agent.agent.ServerFileXferStatus(1, result, detail.write())
    assert status.detail_view() == detail
    assert agent.agent.ServerFileXferStatus(1, 3, b"").detail_view() is None
