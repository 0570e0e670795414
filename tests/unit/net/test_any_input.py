"""Whatever comes, nothing but the errors that are promised."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from caraway.errors import DecodeError, LimitExceeded, TLSError, UsageError
from caraway.net.endpoint import parse_proxy, parse_uri
from caraway.net.http_head import HeadReader
from caraway.net.tls import format_subject, parse_subject, read_certificate
from caraway.net.vv import read_vv
from caraway.net.websocket import FrameReader, Opcode, Refused, answer_request, make_frame

URIS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["spice://", "spice+tls://", "spice+ws://", "spice+unix://", ""]),
        st.text("aZ09.:/?;&=%[]@#-\r\n\0 ü", max_size=30) | st.text(max_size=10),
    ),
)
VV_LINES = st.sampled_from(
    ["[virt-viewer]", "[ovirt]", "type=spice", "host=a", "port=1", "tls-port=2", "ca=\\n\\", "# x"]
) | st.text("a=[]\\;|,-1\r\t", max_size=12)


@given(URIS)
def test_uris(text: str) -> None:
    with suppress(UsageError):
        endpoint = parse_uri(text)
        assert parse_uri(endpoint.uri()) == endpoint


@given(URIS | st.text("ahtps:/@[]%0.", max_size=30))
def test_proxies(text: str) -> None:
    with suppress(UsageError):
        proxy = parse_proxy(text)
        assert proxy.host
        assert 0 < proxy.port < 65536


@given(st.lists(VV_LINES, max_size=12).map("\n".join) | st.binary(max_size=60))
def test_connection_files(data: str | bytes) -> None:
    with suppress(UsageError):
        file = read_vv(data)
        file.rows()
        file.endpoint()


@given(st.text("CNO=,\\ .25x", max_size=30))
@example("CN=a\\")
def test_subjects(text: str) -> None:
    with suppress(UsageError):
        subject = parse_subject(text)
        assert parse_subject(format_subject(subject)) == subject


@given(st.binary(max_size=200))
def test_certificates(data: bytes) -> None:
    with suppress(TLSError):
        read_certificate(data)


@given(st.binary(max_size=100) | st.text("GET /HTP1.\r\n: ax", max_size=60).map(str.encode))
def test_heads(data: bytes) -> None:
    reader = HeadReader()
    with suppress(DecodeError, LimitExceeded):
        reader.feed(data)
    if reader.head is not None:
        with suppress(Refused):
            answer_request(reader.head)


FRAMES = st.builds(
    make_frame,
    st.sampled_from(list(Opcode)),
    st.binary(max_size=300),
    masks=st.booleans(),
)


@given(st.lists(FRAMES | st.binary(max_size=20), max_size=6), st.data(), st.booleans())
def test_frames_mean_the_same_however_they_are_cut(
    frames: list[bytes], data: st.DataObject, is_masked: bool
) -> None:
    stream = b"".join(frames)
    whole, pieces = FrameReader(is_masked=is_masked), FrameReader(is_masked=is_masked)
    wanted = whole.feed(stream)
    taken = b""
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        taken += pieces.feed(stream[:size])
        stream = stream[size:]
    assert taken == wanted
    assert (pieces.closed, pieces.ping) == (whole.closed, whole.ping)
    assert str(pieces.error) == str(whole.error)
