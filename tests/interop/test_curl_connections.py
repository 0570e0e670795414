"""curl: connections of every kind, and what is to be refused whoever asks."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.interop.command import environment, run
from tests.interop.conftest import Curl, Serve
from tests.interop.dav_process import Share

#: More than the sockets' buffers hold.
LARGE = os.urandom(3_000_000)
LEADING_OUT = (
    *("/../secret", "/../../../../../../../../etc/passwd", "/folder/../../secret"),
    *("/%2e%2e/secret", "/.%2e/secret", "/%2e%2e%2fsecret", "/..%2fsecret"),
    *("/folder/..%2f..%2fsecret", "/..%5csecret/x", "/..\\secret/x", "/%252e%252e/secret"),
    *("/%c0%ae%c0%ae/secret", "/..;/secret", "/..%00/secret", "/secret%00", "//../secret"),
    *("/./../secret", "/link", "/link-to-parent/secret", "/link-to-parent/new"),
)
_STATUS = ("-o", "answer", "-w", "%{http_code} ")


class TestConnection:
    def test_one_for_several_requests(self, curl: Curl, share: Share) -> None:
        (share.root / "file").write_bytes(LARGE)
        names = ("file", "missing", "folder", "file", "")
        urls = [f"{share.url}/{name}" for name in names]
        (share.root / "folder").mkdir()
        sinks = ["--output", "/dev/null"] * len(urls)
        said = curl(*sinks, "--write-out", "%{http_code} %{num_connects}\n", *urls).text
        assert said.splitlines() == ["200 1", "404 0", "301 0", "200 0", "200 0"]

    def test_http2_without_asking_is_refused(self, curl: Curl, share: Share) -> None:
        result = curl("--http2-prior-knowledge", f"{share.url}/", expect=None)
        assert result.code not in (0, 28), "an answer, or none in time"
        assert curl(*_STATUS, f"{share.url}/").text == "200 "

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
    def test_paths_that_lead_out(self, curl: Curl, serve: Serve) -> None:
        """Nothing above the folder is read, made, changed or removed."""
        server = serve()
        root = server.root
        secret = root.parent / "secret"
        secret.write_bytes(b"nobody's business")
        (root / "folder").mkdir()
        (root / "link").symlink_to(secret)
        (root / "link-to-parent").symlink_to(root.parent)
        before = sorted(os.listdir(root.parent))
        for path in LEADING_OUT:
            (root / "file").write_bytes(b"inside")
            said = curl(*_try_all(server.url, path)).text
            assert said.count("HTTP/1.1 ") == said.count("HTTP/1.1 4") == 11, (path, said)
            assert "nobody" not in said, path
            assert "root:" not in said, path
            assert secret.read_bytes() == b"nobody's business", path
            assert sorted(os.listdir(root.parent)) == before, path
        assert sorted(os.listdir(root)) == ["file", "folder", "link", "link-to-parent"]

    def test_requests(self, curl: Curl, share: Share) -> None:
        (share.root / "file").write_bytes(b"")
        url = f"{share.url}/file"
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
    requests: list[tuple[str, ...]] = [
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


def test_a_download_that_the_client_gives_up(share: Share, curl: Curl, home: Path) -> None:
    """Its end in the middle of a body harms nobody else."""
    with (share.root / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    url = f"{share.url}/sparse"
    slow = ["curl", "--disable", "--silent", "--noproxy", "*", "--limit-rate", "1M"]
    with subprocess.Popen([*slow, url], env=environment(home), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read(1000) == bytes(1000)
        assert curl("--range", "0-9", url).stdout == bytes(10)
        process.kill()
    assert curl("--range", f"{(1 << 30) - 10}-", url).stdout == bytes(10)
