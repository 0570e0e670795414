"""curl: what scripts do by hand, and the odd corners of HTTP it can reach."""

from __future__ import annotations

import email
import os
import re
from email.message import Message
from pathlib import Path

import pytest

from tests.interop.conftest import Curl, Serve
from tests.interop.dav_process import Share

#: More than the sockets' buffers hold, and enough for curl to ask before it sends.
LARGE = os.urandom(3_000_000)
_STATUS = ("-o", "answer", "-w", "%{http_code} ")


def _answers(verbose: str) -> list[str]:
    """The status lines that ``--verbose`` shows."""
    return re.findall(r"^< (HTTP/\S+ \d+)", verbose, flags=re.MULTILINE)


class TestDownload:
    @pytest.fixture
    def url(self, share: Share) -> str:
        (share.root / "file").write_bytes(b"0123456789")
        (share.root / "large").write_bytes(LARGE)
        return share.url

    @pytest.mark.parametrize(
        ("wanted", "content"),
        [("2-4", b"234"), ("-3", b"789"), ("8-", b"89"), ("0-99", b"0123456789")],
    )
    def test_one_range(self, curl: Curl, url: str, wanted: str, content: bytes) -> None:
        result = curl("--range", wanted, "--write-out", "%{stderr}%{http_code}", f"{url}/file")
        assert result.stderr == "206"
        assert result.stdout == content

    def test_several_ranges(self, curl: Curl, url: str) -> None:
        result = curl("--include", "--range", "0-1,4-4,-2", f"{url}/file")
        head, _, body = result.stdout.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 206 ")
        fields = head.partition(b"\r\n")[2]
        answer = email.message_from_bytes(fields + b"\r\n\r\n" + body)
        assert answer.get_content_type() == "multipart/byteranges"
        parts = answer.get_payload()
        assert isinstance(parts, list)
        found = []
        for part in parts:
            assert isinstance(part, Message)
            found.append((part["Content-Range"], part.get_payload(decode=True)))
        assert found == [
            ("bytes 0-1/10", b"01"),
            ("bytes 4-4/10", b"4"),
            ("bytes 8-9/10", b"89"),
        ]

    def test_a_range_past_the_end(self, curl: Curl, url: str) -> None:
        result = curl("--include", "--range", "10-", f"{url}/file")
        assert result.text.startswith("HTTP/1.1 416 ")
        assert "\r\nContent-Range: bytes */10\r\n" in result.text

    def test_resuming(self, curl: Curl, url: str, home: Path) -> None:
        (home / "part").write_bytes(LARGE[:1_000_000])
        form = ("--continue-at", "-", "--output", "part", "--write-out", "%{http_code}")
        sizes = curl(*form, "--write-out", "%{http_code} %{size_download}", f"{url}/large").text
        assert sizes == "206 2000000"
        assert (home / "part").read_bytes() == LARGE
        # There is nothing more to come: curl takes 416 with the right size for success.
        assert curl(*form, f"{url}/large").text == "416"
        assert (home / "part").read_bytes() == LARGE

    def test_only_what_has_changed(self, curl: Curl, url: str, home: Path, share: Share) -> None:
        curl("--etag-save", "etag", "--remote-time", "--output", "copy", f"{url}/file")
        again = ("--etag-compare", "etag", *_STATUS, f"{url}/file")
        assert curl(*again).text == "304 "
        assert curl("--time-cond", "copy", *_STATUS, f"{url}/file").text == "304 "
        (share.root / "file").write_bytes(b"changed")
        assert curl(*again).text == "200 "
        assert (home / "answer").read_bytes() == b"changed"

    def test_http_1_0(self, curl: Curl, url: str, home: Path) -> None:
        form = ("--http1.0", "--verbose", "--output", "copy")
        said = curl(*form, f"{url}/large").stderr
        assert (home / "copy").read_bytes() == LARGE
        assert "Closing connection" in said
        # No Host is what HTTP/1.0 may leave out; the connection stays where it is asked for.
        said = curl(*form, "-H", "Host:", "-H", "Connection: keep-alive", f"{url}/file").stderr
        assert "left intact" in said
        # A listing of unknown length ends with the connection.
        listing = curl("--http1.0", "-X", "PROPFIND", "-H", "Depth: 1", f"{url}/").text
        assert listing.count("<response>") == 3
        assert listing.endswith("</multistatus>")

    def test_many_at_once(self, curl: Curl, url: str) -> None:
        form = ("--parallel", "--parallel-max", "30", "--fail", "--output", "/dev/null")
        targets = f"{url}/file?[1-300]"
        codes = curl(*form, "--write-out", "%{http_code}\n", targets).text.split()
        assert codes == ["200"] * 300


class TestUpload:
    @pytest.fixture(autouse=True)
    def local(self, home: Path) -> None:
        (home / "local").write_bytes(LARGE)

    def test_asking_first(self, curl: Curl, share: Share) -> None:
        """Expect: 100-continue; curl would wait 15 s for an answer that does not come."""
        form = ("--verbose", "--upload-file", "local", "--expect100-timeout", "15")
        timing = ("--write-out", "%{size_upload} %{time_total}")
        result = curl(*form, *timing, f"{share.url}/file")
        assert "> Expect: 100-continue" in result.stderr
        assert _answers(result.stderr) == ["HTTP/1.1 100", "HTTP/1.1 201"]
        size, time_s = result.text.split()
        assert int(size) == len(LARGE)
        assert float(time_s) < 10
        assert (share.root / "file").read_bytes() == LARGE

    @pytest.mark.parametrize(
        ("target", "field", "status"),
        [
            ("missing/file", "X-None: 0", "409"),
            ("file", "If-None-Match: *", "412"),
            ("new", "If-Match: *", "412"),
            ("locked", "X-None: 0", "423"),
            ("folder", "X-None: 0", "405"),
            ("file", "Content-Encoding: br", "415"),
            ("file", "Host: elsewhere.example", "421"),
            ("file", "Origin: http://elsewhere.example", "403"),
        ],
    )
    def test_refused_before_the_body(
        self, curl: Curl, share: Share, target: str, field: str, status: str
    ) -> None:
        (share.root / "folder").mkdir()
        for name in ("file", "locked"):
            (share.root / name).write_bytes(b"old")
        lock = (
            '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope>'
            "<locktype><write/></locktype></lockinfo>"
        )
        curl("--fail", "-X", "LOCK", "--data", lock, f"{share.url}/locked")
        # Longer than curl may take at all: it has to be told.
        form = ("--verbose", "--upload-file", "local", "--expect100-timeout", "60", "-H", field)
        url = f"{share.url}/{target}"
        result = curl(*form, "--write-out", "%{stderr}\n%{size_upload} bytes sent", url)
        assert _answers(result.stderr) == [f"HTTP/1.1 {status}"]
        assert result.stderr.endswith("\n0 bytes sent")
        assert not (share.root / "new").exists()
        for name in ("file", "locked"):
            assert (share.root / name).read_bytes() == b"old"

    def test_a_read_only_share_refuses_before_the_body(self, curl: Curl, serve: Serve) -> None:
        server = serve(write=False)
        form = ("--verbose", "--upload-file", "local", "--expect100-timeout", "60")
        result = curl(*form, "--write-out", "%{stderr}\n%{size_upload}", f"{server.url}/file")
        assert _answers(result.stderr) == ["HTTP/1.1 403"]
        assert result.stderr.endswith("\n0")
        assert os.listdir(server.root) == []

    def test_refused_while_the_body_comes(self, curl: Curl, share: Share) -> None:
        """A client that does not ask still gets to read the answer."""
        form = ("-H", "Expect:", "--upload-file", "local", *_STATUS)
        assert curl(*form, f"{share.url}/missing/file").text == "409 "

    @pytest.mark.parametrize("version", ["--http1.1", "--http2"])
    def test_of_unknown_length(self, curl: Curl, share: Share, version: str) -> None:
        """Chunked, from standard input."""
        form = ("--verbose", version, "--upload-file", "-", f"{share.url}/file")
        result = curl(*form, stdin=LARGE)
        assert "> Transfer-Encoding: chunked" in result.stderr
        assert _answers(result.stderr)[-1] == "HTTP/1.1 201"
        assert (share.root / "file").read_bytes() == LARGE

    def test_http_1_0(self, curl: Curl, share: Share) -> None:
        form = ("--http1.0", "--upload-file", "local", *_STATUS)
        assert curl(*form, f"{share.url}/file").text == "201 "
        assert (share.root / "file").read_bytes() == LARGE

    def test_resuming(self, curl: Curl, share: Share) -> None:
        """PUT with Content-Range onto what has come before."""
        (share.root / "file").write_bytes(LARGE[:1_000_000])
        form = ("--verbose", "--upload-file", "local", "--continue-at", "1000000")
        result = curl(*form, "--write-out", "%{size_upload}", f"{share.url}/file")
        assert "> Content-Range: bytes 1000000-2999999/3000000" in result.stderr
        assert _answers(result.stderr)[-1] == "HTTP/1.1 204"
        assert result.text == "2000000"
        assert (share.root / "file").read_bytes() == LARGE

    def test_an_offer_of_http2_is_not_taken_up(self, curl: Curl, share: Share) -> None:
        """Upgrade: h2c with a body, which is kept; then without one on the same connection."""
        form = ("--http2", "--verbose", "--upload-file", "local")
        result = curl(*form, f"{share.url}/file", f"{share.url}/file")
        assert "> Upgrade: h2c" in result.stderr
        assert _answers(result.stderr)[-1] == "HTTP/1.1 200"
        assert result.stdout == LARGE
        assert (share.root / "file").read_bytes() == LARGE

    def test_several_names(self, curl: Curl, share: Share, home: Path) -> None:
        names = ["one", "two words", "drei"]
        for name in names:
            (home / name).write_text(name)
        curl("--fail", "--upload-file", "{one,two words,drei}", f"{share.url}/")
        found = {path.name: path.read_text() for path in share.root.iterdir()}
        assert found == {name: name for name in names}


class TestCompression:
    def test_of_listings(self, curl: Curl, share: Share) -> None:
        for number in range(200):
            (share.root / f"file number {number}").touch()
        form = ("-X", "PROPFIND", "-H", "Depth: 1", "--write-out", "%{stderr}%{size_download}")
        plain = curl(*form, f"{share.url}/")
        packed = curl(*form, "--compressed", f"{share.url}/")
        assert packed.text.count("<response>") == 201
        assert sorted(packed.text) == sorted(plain.text)
        assert int(packed.stderr) * 5 < int(plain.stderr)

    def test_of_files(self, curl: Curl, share: Share, home: Path) -> None:
        text = b"a line of text\n" * 10_000
        (share.root / "file.txt").write_bytes(text)
        (share.root / "file.jpg").write_bytes(LARGE)
        form = ("--compressed", "--write-out", "%{stderr}%{size_download}", "--output", "copy")
        size = int(curl(*form, f"{share.url}/file.txt").stderr)
        assert size * 5 < len(text)
        assert (home / "copy").read_bytes() == text
        assert int(curl(*form, f"{share.url}/file.jpg").stderr) == len(LARGE)
        assert (home / "copy").read_bytes() == LARGE

    def test_parts_and_conditions(self, curl: Curl, share: Share, home: Path) -> None:
        """A part is of the file itself, and a compressed one has an ETag that is good for all."""
        text = b"".join(b"line %d\n" % number for number in range(10_000))
        (share.root / "file.txt").write_bytes(text)
        url = f"{share.url}/file.txt"
        assert curl("--compressed", "--range", "100-199", url).stdout == text[100:200]
        (home / "part").write_bytes(text[:50_000])
        curl("--compressed", "--continue-at", "-", "--output", "part", url)
        assert (home / "part").read_bytes() == text
        curl("--compressed", "--etag-save", "etag", "--output", "copy", url)
        assert curl("--compressed", "--etag-compare", "etag", *_STATUS, url).text == "304 "
        etag = (home / "etag").read_text().strip()
        put = (*_STATUS, "--upload-file", "-", url)
        assert curl("-H", f"If-Match: {etag}", *put, stdin=b"new").text == "204 "
        assert curl("-H", f"If-Match: {etag}", *put, stdin=b"newer").text == "412 "
        assert (share.root / "file.txt").read_bytes() == b"new"
