"""curl: what scripts do by hand, and the odd corners of HTTP it can reach."""

from __future__ import annotations

import email
import os
import re
import subprocess
from collections.abc import Callable
from email.message import Message
from pathlib import Path

import pytest

from tests.interop.command import Result, run
from tests.interop.conftest import Serve
from tests.interop.dav_process import DavProcess

Curl = Callable[..., Result]

#: More than the sockets' buffers hold, and enough for curl to ask before it sends.
LARGE = os.urandom(3_000_000)
LEADING_OUT = (
    *("/../secret", "/../../../../../../../../etc/passwd", "/folder/../../secret"),
    *("/%2e%2e/secret", "/.%2e/secret", "/%2e%2e%2fsecret", "/..%2fsecret"),
    *("/folder/..%2f..%2fsecret", "/..%5csecret/x", "/..\\secret/x", "/%252e%252e/secret"),
    *("/%c0%ae%c0%ae/secret", "/..;/secret", "/..%00/secret", "/secret%00", "//../secret"),
    *("/./../secret", "/link", "/link-to-parent/secret", "/link-to-parent/new"),
)
_STATUS = ("-o", "answer", "-w", "%{http_code} ")


@pytest.fixture
def curl(home: Path) -> Curl:
    """Runs curl in its home folder."""

    def call(*arguments: str, **options: object) -> Result:
        quiet = ("--disable", "--silent", "--show-error", "--max-time", "20", "--noproxy", "*")
        return run("curl", *quiet, *arguments, home=home, **options)  # type: ignore[arg-type]

    return call


def _answers(verbose: str) -> list[str]:
    """The status lines that ``--verbose`` shows."""
    return re.findall(r"^< (HTTP/\S+ \d+)", verbose, flags=re.MULTILINE)


class TestDownload:
    @pytest.fixture
    def url(self, dav_server: DavProcess) -> str:
        (dav_server.root / "file").write_bytes(b"0123456789")
        (dav_server.root / "large").write_bytes(LARGE)
        return dav_server.url

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

    def test_only_what_has_changed(
        self, curl: Curl, url: str, home: Path, dav_server: DavProcess
    ) -> None:
        curl("--etag-save", "etag", "--remote-time", "--output", "copy", f"{url}/file")
        again = ("--etag-compare", "etag", *_STATUS, f"{url}/file")
        assert curl(*again).text == "304 "
        assert curl("--time-cond", "copy", *_STATUS, f"{url}/file").text == "304 "
        (dav_server.root / "file").write_bytes(b"changed")
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

    def test_asking_first(self, curl: Curl, dav_server: DavProcess) -> None:
        """Expect: 100-continue; curl would wait 15 s for an answer that does not come."""
        form = ("--verbose", "--upload-file", "local", "--expect100-timeout", "15")
        timing = ("--write-out", "%{size_upload} %{time_total}")
        result = curl(*form, *timing, f"{dav_server.url}/file")
        assert "> Expect: 100-continue" in result.stderr
        assert _answers(result.stderr) == ["HTTP/1.1 100", "HTTP/1.1 201"]
        size, time_s = result.text.split()
        assert int(size) == len(LARGE)
        assert float(time_s) < 10
        assert (dav_server.root / "file").read_bytes() == LARGE

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
        self, curl: Curl, dav_server: DavProcess, target: str, field: str, status: str
    ) -> None:
        (dav_server.root / "folder").mkdir()
        for name in ("file", "locked"):
            (dav_server.root / name).write_bytes(b"old")
        lock = (
            '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope>'
            "<locktype><write/></locktype></lockinfo>"
        )
        curl("--fail", "-X", "LOCK", "--data", lock, f"{dav_server.url}/locked")
        # Longer than curl may take at all: it has to be told.
        form = ("--verbose", "--upload-file", "local", "--expect100-timeout", "60", "-H", field)
        url = f"{dav_server.url}/{target}"
        result = curl(*form, "--write-out", "%{stderr}\n%{size_upload} bytes sent", url)
        assert _answers(result.stderr) == [f"HTTP/1.1 {status}"]
        assert result.stderr.endswith("\n0 bytes sent")
        assert not (dav_server.root / "new").exists()
        for name in ("file", "locked"):
            assert (dav_server.root / name).read_bytes() == b"old"

    def test_a_read_only_share_refuses_before_the_body(self, curl: Curl, serve: Serve) -> None:
        server = serve(write=False)
        form = ("--verbose", "--upload-file", "local", "--expect100-timeout", "60")
        result = curl(*form, "--write-out", "%{stderr}\n%{size_upload}", f"{server.url}/file")
        assert _answers(result.stderr) == ["HTTP/1.1 403"]
        assert result.stderr.endswith("\n0")
        assert os.listdir(server.root) == []

    def test_refused_while_the_body_comes(self, curl: Curl, dav_server: DavProcess) -> None:
        """A client that does not ask still gets to read the answer."""
        form = ("-H", "Expect:", "--upload-file", "local", *_STATUS)
        assert curl(*form, f"{dav_server.url}/missing/file").text == "409 "

    @pytest.mark.parametrize("version", ["--http1.1", "--http2"])
    def test_of_unknown_length(self, curl: Curl, dav_server: DavProcess, version: str) -> None:
        """Chunked, from standard input."""
        form = ("--verbose", version, "--upload-file", "-", f"{dav_server.url}/file")
        result = curl(*form, stdin=LARGE)
        assert "> Transfer-Encoding: chunked" in result.stderr
        assert _answers(result.stderr)[-1] == "HTTP/1.1 201"
        assert (dav_server.root / "file").read_bytes() == LARGE

    def test_http_1_0(self, curl: Curl, dav_server: DavProcess) -> None:
        form = ("--http1.0", "--upload-file", "local", *_STATUS)
        assert curl(*form, f"{dav_server.url}/file").text == "201 "
        assert (dav_server.root / "file").read_bytes() == LARGE

    def test_resuming(self, curl: Curl, dav_server: DavProcess) -> None:
        """PUT with Content-Range onto what has come before."""
        (dav_server.root / "file").write_bytes(LARGE[:1_000_000])
        form = ("--verbose", "--upload-file", "local", "--continue-at", "1000000")
        result = curl(*form, "--write-out", "%{size_upload}", f"{dav_server.url}/file")
        assert "> Content-Range: bytes 1000000-2999999/3000000" in result.stderr
        assert _answers(result.stderr)[-1] == "HTTP/1.1 204"
        assert result.text == "2000000"
        assert (dav_server.root / "file").read_bytes() == LARGE

    def test_an_offer_of_http2_is_not_taken_up(self, curl: Curl, dav_server: DavProcess) -> None:
        """Upgrade: h2c with a body, which is kept; then without one on the same connection."""
        form = ("--http2", "--verbose", "--upload-file", "local")
        result = curl(*form, f"{dav_server.url}/file", f"{dav_server.url}/file")
        assert "> Upgrade: h2c" in result.stderr
        assert _answers(result.stderr)[-1] == "HTTP/1.1 200"
        assert result.stdout == LARGE
        assert (dav_server.root / "file").read_bytes() == LARGE

    def test_several_names(self, curl: Curl, dav_server: DavProcess, home: Path) -> None:
        names = ["one", "two words", "drei"]
        for name in names:
            (home / name).write_text(name)
        curl("--fail", "--upload-file", "{one,two words,drei}", f"{dav_server.url}/")
        found = {path.name: path.read_text() for path in dav_server.root.iterdir()}
        assert found == {name: name for name in names}


class TestCompression:
    def test_of_listings(self, curl: Curl, dav_server: DavProcess) -> None:
        for number in range(200):
            (dav_server.root / f"file number {number}").touch()
        form = ("-X", "PROPFIND", "-H", "Depth: 1", "--write-out", "%{stderr}%{size_download}")
        plain = curl(*form, f"{dav_server.url}/")
        packed = curl(*form, "--compressed", f"{dav_server.url}/")
        assert packed.text.count("<response>") == 201
        assert sorted(packed.text) == sorted(plain.text)
        assert int(packed.stderr) * 5 < int(plain.stderr)

    def test_of_files(self, curl: Curl, dav_server: DavProcess, home: Path) -> None:
        text = b"a line of text\n" * 10_000
        (dav_server.root / "file.txt").write_bytes(text)
        (dav_server.root / "file.jpg").write_bytes(LARGE)
        form = ("--compressed", "--write-out", "%{stderr}%{size_download}", "--output", "copy")
        size = int(curl(*form, f"{dav_server.url}/file.txt").stderr)
        assert size * 5 < len(text)
        assert (home / "copy").read_bytes() == text
        assert int(curl(*form, f"{dav_server.url}/file.jpg").stderr) == len(LARGE)
        assert (home / "copy").read_bytes() == LARGE


class TestConnection:
    def test_one_for_several_requests(self, curl: Curl, dav_server: DavProcess) -> None:
        (dav_server.root / "file").write_bytes(LARGE)
        names = ("file", "missing", "folder", "file", "")
        urls = [f"{dav_server.url}/{name}" for name in names]
        (dav_server.root / "folder").mkdir()
        sinks = ["--output", "/dev/null"] * len(urls)
        said = curl(*sinks, "--write-out", "%{http_code} %{num_connects}\n", *urls).text
        assert said.splitlines() == ["200 1", "404 0", "301 0", "200 0", "200 0"]

    def test_http2_without_asking_is_refused(self, curl: Curl, dav_server: DavProcess) -> None:
        result = curl("--http2-prior-knowledge", f"{dav_server.url}/", expect=None)
        assert result.code not in (0, 28), "an answer, or none in time"
        assert curl(*_STATUS, f"{dav_server.url}/").text == "200 "

    def test_a_unix_socket(self, curl: Curl, serve: Serve, tmp_path: Path) -> None:
        path = tmp_path / "socket"
        server = serve("--unix", str(path))
        assert path.stat().st_mode & 0o077 == 0
        form = ("--unix-socket", str(path))
        curl("--fail", *form, "--upload-file", "-", "http://localhost/file", stdin=LARGE)
        assert (server.root / "file").read_bytes() == LARGE
        assert curl(*form, "http://localhost/file").stdout == LARGE

    def test_tls(self, curl: Curl, serve: Serve, home: Path) -> None:
        form = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        run("openssl", *form, *names, "-keyout", "key", "-out", "cert", "-days", "2", home=home)
        server = serve("--cert", str(home / "cert"), "--key", str(home / "key"))
        assert server.url.startswith("https://")
        trust = ("--fail", "--cacert", "cert")
        curl(*trust, "--upload-file", "-", f"{server.url}/file", stdin=LARGE)
        assert (server.root / "file").read_bytes() == LARGE
        # HTTP/2 is offered inside TLS, too.
        assert curl(*trust, "--http2", "--tlsv1.3", f"{server.url}/file").stdout == LARGE
        assert curl(*trust, "--tls-max", "1.2", f"{server.url}/file").stdout == LARGE
        assert curl(f"{server.url}/file", expect=60).stdout == b""
        plain = server.url.replace("https:", "http:")
        assert curl(plain, expect=None).code != 0
        assert curl(*trust, f"{server.url}/file").stdout == LARGE


class TestWhatIsRefused:
    def test_paths_that_lead_out(self, curl: Curl, dav_server: DavProcess) -> None:
        """Nothing above the folder is read, made, changed or removed."""
        root = dav_server.root
        secret = root.parent / "secret"
        secret.write_bytes(b"nobody's business")
        (root / "folder").mkdir()
        (root / "link").symlink_to(secret)
        (root / "link-to-parent").symlink_to(root.parent)
        before = sorted(os.listdir(root.parent))
        for path in LEADING_OUT:
            (root / "file").write_bytes(b"inside")
            said = curl(*_try_all(dav_server.url, path)).text
            assert said.count("HTTP/1.1 ") == said.count("HTTP/1.1 4") == 11, (path, said)
            assert "nobody" not in said, path
            assert "root:" not in said, path
            assert secret.read_bytes() == b"nobody's business", path
            assert sorted(os.listdir(root.parent)) == before, path
        assert sorted(os.listdir(root)) == ["file", "folder", "link", "link-to-parent"]

    def test_requests(self, curl: Curl, dav_server: DavProcess) -> None:
        (dav_server.root / "file").write_bytes(b"")
        url = f"{dav_server.url}/file"
        for arguments, status in (
            (("-X", "TRACE"), "501"),
            (("--data", "a=b"), "501"),
            (("-X", "BREW"), "501"),
            (("-H", "Content-Length: 3", "-H", "Transfer-Encoding: chunked"), "400"),
            (("-X", "PROPFIND", "-H", "Depth: 2"), "400"),
            (("-X", "PROPFIND", "--data", "<not xml"), "400"),
            (("-X", "COPY", "-H", "Destination: http://elsewhere.example/x"), "502"),
            (("-H", "X-Long: " + "x" * 100_000), "431"),
        ):
            assert curl(*_STATUS, *arguments, url).text == f"{status} ", arguments
            assert curl(*_STATUS, url).text == "200 ", arguments


def _try_all(url: str, path: str) -> list[str]:
    """What curl is told to try every method on a path, as target and as destination."""
    requests = [
        ("-X", method, f"{url}{path}")
        for method in ("GET", "DELETE", "MKCOL", "PROPFIND", "PROPPATCH", "LOCK")
    ]
    requests.append(("-X", "PUT", "--data", "written", f"{url}{path}"))
    for method in ("COPY", "MOVE"):
        requests.append(("-X", method, "-H", f"Destination: {path}", f"{url}/file"))
        requests.append(("-X", method, "-H", "Destination: /taken", f"{url}{path}"))
    arguments: list[str] = []
    for request in requests:
        common = ("--path-as-is", "--silent", "--max-time", "20", "--noproxy", "*", "--include")
        arguments += ["--next", *common, *request]
    return arguments[1:]


def test_a_download_that_the_client_gives_up(
    dav_server: DavProcess, curl: Curl, home: Path
) -> None:
    """Its end in the middle of a body harms nobody else."""
    with (dav_server.root / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    url = f"{dav_server.url}/sparse"
    slow = ("--disable", "--silent", "--noproxy", "*", "--limit-rate", "1M", "-o", "/dev/null")
    with subprocess.Popen(["curl", *slow, url]) as process:
        assert curl("--range", "0-9", url).stdout == bytes(10)
        process.kill()
    assert curl("--range", f"{(1 << 30) - 10}-", url).stdout == bytes(10)
