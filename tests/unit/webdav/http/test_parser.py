from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.webdav.errors import HTTPError
from caraway.webdav.http.parser import END, NEED_DATA, Data, Head, HttpLimits, RequestParser
from tests.unit.webdav.http.streams import Reading, read, read_all_ways

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
PUT = b"PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n"
)
SMALL = HttpLimits(max_line=32, max_field_bytes=48)


def summary(reading: Reading) -> list[tuple[str, bytes, bool]]:
    return [(one.head.path, one.body, one.ended) for one in reading.requests]


class TestRequests:
    def test_bodies_and_pipelined_requests_come_in_order(self) -> None:
        """RFC 9112 §9.3.2"""
        reading = read_all_ways(GET + PUT + CHUNKED + GET)
        assert summary(reading) == [
            ("/a", b"", True),
            ("/b", b"hello", True),
            ("/c", b"abcde", True),
            ("/a", b"", True),
        ]
        assert reading.error is None

    @given(st.lists(st.sampled_from([GET, PUT, CHUNKED]), max_size=5), st.data())
    def test_cuts_do_not_matter(self, requests: list[bytes], data: st.DataObject) -> None:
        stream = b"".join(requests)
        cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
        edges = [0, *cuts, len(stream)]
        pieces = [stream[a:b] for a, b in pairwise(edges)]
        assert read(pieces) == read([stream])
        assert len(read([stream]).requests) == len(requests)

    @given(
        st.sampled_from([GET, PUT, CHUNKED]),
        st.integers(0, 110),
        st.sampled_from(
            [b"", b"\n", b"\r", b"\r\n", b"\r\n\r\n", b"\0", b" ", b":", b"9", b"x" * 60]
        ),
        st.sampled_from([HttpLimits(), SMALL, HttpLimits(max_extension=3, max_body=4)]),
    )
    def test_nor_do_they_for_broken_streams(
        self, request: bytes, place: int, damage: bytes, limits: HttpLimits
    ) -> None:
        read_all_ways(request[:place] + damage + request[place + 1 :] + GET, limits)

    def test_a_stream_may_end_anywhere(self) -> None:
        stream = PUT + CHUNKED
        for size in range(len(stream)):
            assert read([stream[:size]]).error is None

    def test_upgrade_is_ignored_and_the_body_read(self) -> None:
        """RFC 9110 §7.8: a server may ignore Upgrade; then the request is what it is."""
        stream = (
            b"PUT /b HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 5\r\n\r\nhello"
        )
        assert summary(read_all_ways(stream + GET)) == [("/b", b"hello", True), ("/a", b"", True)]

    def test_bytes_of_any_kind_are_taken(self) -> None:
        parser = RequestParser()
        parser.feed(bytearray(GET[:5]))
        parser.feed(memoryview(GET)[5:])
        assert isinstance(parser.next_event(), Head)

    def test_equal_fields_are_read_once_and_others_again(self) -> None:
        parser = RequestParser()
        parser.feed(GET + GET + GET.replace(b"Host: x", b"Host: y"))
        heads = [event for _ in range(6) if isinstance(event := parser.next_event(), Head)]
        assert heads[0].headers is heads[1].headers
        assert [head.headers["host"] for head in heads] == ["x", "x", "y"]

    def test_a_few_different_fields_are_kept(self) -> None:
        parser = RequestParser()
        requests = [GET.replace(b"Host: x", b"Host: %d" % number) for number in range(5)]
        for request in [*requests[:4], *requests[:4], *requests, *requests]:
            parser.feed(request)
        heads = [event for _ in range(36) if isinstance(event := parser.next_event(), Head)]
        hosts = [head.headers["host"] for head in heads]
        assert "".join(hosts) == "01230123" + "0123401234"
        assert all(heads[place].headers is heads[place + 4].headers for place in range(4))

    def test_long_fields_are_not_kept(self) -> None:
        parser = RequestParser()
        request = GET.replace(b"\r\n\r\n", b"\r\nX-Long: " + b"x" * 4096 + b"\r\n\r\n")
        parser.feed(request + request)
        heads = [event for _ in range(4) if isinstance(event := parser.next_event(), Head)]
        assert heads[0].headers == heads[1].headers
        assert heads[0].headers is not heads[1].headers


class TestPace:
    def test_the_next_request_waits_until_it_is_asked_for(self) -> None:
        parser = RequestParser()
        parser.feed(GET + PUT)
        assert isinstance(parser.next_event(), Head)
        assert parser.next_event() is END
        assert parser.buffered == len(PUT)
        assert isinstance(parser.next_event(), Head)
        assert parser.next_event() == Data(b"hello")
        assert parser.next_event() is END
        assert parser.next_event() is NEED_DATA

    def test_it_says_whether_it_is_within_a_request(self) -> None:
        parser = RequestParser()
        said = [parser.in_request]
        parser.feed(PUT[:3])
        for _ in range(2):
            parser.next_event()
            said.append(parser.in_request)
        parser.feed(PUT[3:])
        for _ in ("head", "data", "end"):
            parser.next_event()
            said.append(parser.in_request)
        assert said == [False, True, True, True, True, False]

    def test_a_piece_of_body_alone_is_passed_on_as_it_is(self) -> None:
        parser = RequestParser()
        parser.feed(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n")
        parser.next_event()
        piece = bytes(100_000)
        parser.feed(piece)
        event = parser.next_event()
        assert isinstance(event, Data)
        assert event.data is piece
        assert parser.next_event() is NEED_DATA

    def test_a_long_piece_among_others_is_a_view(self) -> None:
        parser = RequestParser()
        parser.feed(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + bytes(100_000))
        parser.next_event()
        event = parser.next_event()
        assert isinstance(event, Data)
        assert isinstance(event.data, memoryview)
        assert event.data == bytes(100_000)


class TestEmptyLines:
    """RFC 9112 §2.2"""

    def test_two_are_skipped_before_each_request(self) -> None:
        stream = b"\r\n\r\n" + GET + b"\r\n\r\n" + GET + b"\r\n"
        assert summary(read_all_ways(stream)) == [("/a", b"", True)] * 2

    def test_they_are_not_part_of_a_request(self) -> None:
        parser = RequestParser()
        parser.feed(b"\r\n")
        assert parser.next_event() is NEED_DATA
        assert not parser.in_request

    def test_a_third_is_refused(self) -> None:
        assert read_all_ways(GET + b"\r\n\r\n\r\n").status == 400


class TestLineEnds:
    """RFC 9112 §2.2: a bare CR or LF ends no line."""

    @pytest.mark.parametrize(
        "stream",
        [
            b"GET /a HTTP/1.1\nHost: x\n\n",
            b"GET /a HTTP/1.1\nHost: x\r\n\r\n",
            b"GET /a HTTP/1.1\r\nHost: x\n\r\n",
            b"GET /a HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
            b"GET /a HTTP/1.1\r\nExpect: y\nHost: x\r\n\r\n",
            b"GET /a HTTP/1.1\r\rHost: x\r\n\r\n",
            b"GET /a HTTP/1.1\r\nHost: x\rX: y\r\n\r\n",
            b"GET /a\0 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /a HTTP/1.1\r\nHost: x\0\r\n\r\n",
            b"\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n",
            b"\r\n\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n",
        ],
    )
    def test_control_characters_are_refused(self, stream: bytes) -> None:
        reading = read_all_ways(stream)
        assert reading.requests == []
        assert reading.status == 400
        assert reading.closes

    def test_an_lf_right_behind_a_body_that_ends_with_cr_is_bare(self) -> None:
        stream = b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n\r\nGET / HTTP/1.1\r\n"
        assert read_all_ways(stream).status == 400


class TestLimits:
    def test_a_line_of_the_longest_length_passes(self) -> None:
        line = b"GET /" + b"a" * 18 + b" HTTP/1.1"
        assert len(line) == SMALL.max_line
        assert read_all_ways(line + b"\r\nHost: x\r\n\r\n", SMALL).error is None

    @pytest.mark.parametrize(
        "rest", [b"", b" HTTP/1.1\r\nHost: x", b" HTTP/1.1\r\nHost: x\r\n\r\n"]
    )
    def test_a_longer_line_is_414(self, rest: bytes) -> None:
        """RFC 9112 §3"""
        assert read_all_ways(b"GET /" + b"a" * 29 + rest, SMALL).status == 414

    def test_fields_of_the_longest_length_pass(self) -> None:
        fields = b"Host: x\r\nX: " + b"y" * 34 + b"\r\n"
        assert len(fields) == SMALL.max_field_bytes
        assert read_all_ways(b"GET / HTTP/1.1\r\n" + fields + b"\r\n", SMALL).error is None

    @pytest.mark.parametrize("rest", [b"", b"\r\n\r\n", b"\r\nX: y\r\n\r\n"])
    def test_longer_fields_are_431(self, rest: bytes) -> None:
        """RFC 6585 §5"""
        stream = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 40 + rest
        assert read_all_ways(stream, SMALL).status == 431

    @pytest.mark.parametrize("ending", [b"", b"\r\n\r\n"])
    def test_what_is_wrong_first_in_the_stream_is_what_is_said(self, ending: bytes) -> None:
        line = b"GET /\n" + b"a" * 40 + b" HTTP/1.1" + ending
        assert read_all_ways(line, SMALL).status == 400
        fields = b"GET / HTTP/1.1\r\nHost: x\nX: " + b"y" * 80 + ending
        assert read_all_ways(fields, SMALL).status == 400
        late = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 80 + b"\n" + ending
        assert read_all_ways(late, SMALL).status == 431

    def test_a_body_beyond_the_limit_is_413(self) -> None:
        """RFC 9110 §15.5.14"""
        limits = HttpLimits(max_body=4)
        assert read_all_ways(PUT, limits).error == (413, "body of 5 bytes, at most 4 are taken")
        reading = read_all_ways(CHUNKED, limits)
        assert summary(reading) == [("/c", b"abc", False)]
        assert reading.status == 413

    def test_the_limit_can_be_lowered_for_one_request(self) -> None:
        parser = RequestParser()
        parser.feed(PUT + CHUNKED + CHUNKED)
        parser.next_event()
        parser.limit_body(5)
        with pytest.raises(HTTPError, match="body of 5 bytes, at most 4 are taken") as caught:
            parser.limit_body(4)
        assert caught.value.status == 413
        assert parser.next_event() == Data(b"hello")
        assert parser.next_event() is END
        assert isinstance(parser.next_event(), Head)
        parser.limit_body(3)
        assert parser.next_event() == Data(b"abc")
        with pytest.raises(HTTPError, match="body of 5 or more bytes, at most 3 are taken"):
            parser.next_event()


class TestErrors:
    def test_after_an_error_all_further_bytes_are_dropped(self) -> None:
        parser = RequestParser()
        parser.feed(b"GET / HTTP/3.7\r\n\r\n" + GET)
        for _ in range(3):
            with pytest.raises(HTTPError, match=r"HTTP/3\.7") as caught:
                parser.next_event()
            assert caught.value.status == 505
            parser.feed(GET)
            assert parser.buffered == 0

    def test_what_came_before_it_is_delivered(self) -> None:
        reading = read_all_ways(PUT + CHUNKED.replace(b"2;", b"x;"))
        assert summary(reading) == [("/b", b"hello", True), ("/c", b"abc", False)]
        assert reading.status == 400
