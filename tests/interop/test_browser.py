"""The page of a folder in Chromium: what a person sees and does there, and what others cannot."""

from __future__ import annotations

import http.server
import json
import os
import struct
import threading
import wave
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.chromium import Browser, Tab
from tests.interop.command import eventually
from tests.interop.conftest import Serve
from tests.interop.dav_process import DavProcess

#: Where pictures of the page are left for whoever wants to see them.
PICTURES = Path(os.environ.get("CARAWAY_ARTIFACTS", "build/artifacts"))
ODD = [
    "blank and % and #?&+;",
    "quote \" and ' and `",
    "<img src=x onerror=alert(1)>",
    "two\nlines",
    "back\\slash",
    "javascript:alert(1)",
    "..ü é e\u0301 日本",
    "%2e%2e",
]
RAW = b"latin \xfc\xff"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("chromium") / "profile")
    yield made
    made.close()


def names(tab: Tab) -> list[str]:
    return tab.texts("td.name a")


def row(name: str) -> str:
    """A selector of the row whose link leads to a name that needs no escaping."""
    return f'tr:has(a[href="./{name}"])'


# Reading


def fill(server: DavProcess) -> None:
    folder = server.root / "Holiday"
    for name in ("Letters", "Pictures 2026", "archive"):
        (folder / name).mkdir(parents=True)
    files = {
        "Contract.pdf": 184_320,
        "Track 10.flac": 28_000_000,
        "Track 2.flac": 31_000_000,
        "cat.jpg": 2_400_000,
        "notes.txt": 812,
        "übersicht.odt": 44_000,
    }
    for day, (name, size) in enumerate(files.items()):
        with (folder / name).open("wb") as file:
            file.truncate(size)
        os.utime(folder / name, (1_782_000_000 + day * 90_000,) * 2)
    for name in ("Letters", "Pictures 2026", "archive"):
        os.utime(folder / name, (1_781_000_000,) * 2)


SORTED = ["archive", "Letters", "Pictures 2026", "cat.jpg", "Contract.pdf", "notes.txt"]
SORTED += ["Track 2.flac", "Track 10.flac", "übersicht.odt"]


def test_a_folder_is_shown(serve: Serve, browser: Browser) -> None:
    server = serve(write=False)
    fill(server)
    tab = browser.open(f"{server.url}/Holiday/")
    assert names(tab) == SORTED
    assert tab.texts("nav a") == ["Shared folder", "Holiday"]
    assert "3 folders, 6 files, 58.8 MiB" in tab.text(".bar")
    assert "180.0 KiB" in tab.text(row("Contract.pdf"))
    # In the zone of the reader, which is two hours ahead in summer.
    assert "21 Jun 2026, 02:00" in tab.text(row("Contract.pdf"))
    assert "Read only" in tab.text("header")
    assert not tab.texts("button.rename, #upload")
    tab.click(f"{row('archive/')} a")
    tab.until("document.querySelector('.empty')?.innerText === 'This folder is empty.'")
    tab.click(".up")
    tab.until("document.querySelectorAll('tbody tr').length === 9")
    assert tab.complaints() == []


def test_reading_needs_no_script(serve: Serve, browser: Browser) -> None:
    server = serve()
    fill(server)
    tab = browser.open(f"{server.url}/Holiday/", scripts=False)
    assert names(tab) == SORTED
    assert "2026-06-21 00:00" in tab.text(row("Contract.pdf"))
    assert "UTC" in tab.text("th.time")
    assert not tab.texts("button, dialog, #tools")
    assert "allow JavaScript" in tab.text("header")
    tab.click(f"{row('archive/')} a")
    tab.wait_for_event("Page.loadEventFired")
    assert tab.complaints() == []


def test_a_heading_sorts(serve: Serve, browser: Browser) -> None:
    server = serve(write=False)
    fill(server)
    tab = browser.open(f"{server.url}/Holiday/")
    tab.click("th.size button")
    assert names(tab)[3:] == [
        "notes.txt",
        "übersicht.odt",
        "Contract.pdf",
        "cat.jpg",
        "Track 10.flac",
        "Track 2.flac",
    ]
    tab.click("th.size button")
    assert names(tab)[3] == "Track 2.flac"
    assert tab.run("document.querySelector('th.size').ariaSort") == "descending"
    tab.click("th.time button")
    assert names(tab)[3] == "Contract.pdf"
    tab.click("th.name button")
    assert names(tab) == SORTED
    # By keyboard.
    tab.run("document.querySelector('th.name button').focus()")
    tab.press("Enter", code=13, text="\r")
    assert names(tab) == [*reversed(SORTED[:3]), *reversed(SORTED[3:])]


def test_a_long_list_can_be_filtered(serve: Serve, browser: Browser) -> None:
    server = serve(write=False)
    for number in range(40):
        (server.root / f"file {number}").touch()
    tab = browser.open(server.url)
    assert len(names(tab)) == 40
    tab.run("document.querySelector('.bar input').focus()")
    tab.type("FILE 3")
    assert names(tab) == ["file 3", *(f"file {number}" for number in range(30, 40))]


def test_a_huge_folder(serve: Serve, browser: Browser) -> None:
    """It is listed whole, and what can be seen of it is dressed."""
    server = serve()
    for number in range(3000):
        (server.root / f"file {number}").touch()
    (server.root / "folder").mkdir()
    tab = browser.open(server.url)
    assert tab.run("document.querySelectorAll('tbody tr').length") == 3001
    assert "1 folder, 3,000 files" in tab.text(".bar")
    assert tab.run("document.querySelectorAll('button.remove').length") < 1500
    tab.click("th.name button")
    tab.click("th.name button")
    assert names(tab)[:3] == ["folder", "file 2999", "file 2998"]
    tab.until("document.querySelectorAll('tbody tr')[1].querySelector('.remove') !== null")
    tab.run("document.querySelector('.bar input').focus()")
    tab.type("999")
    assert names(tab) == ["file 2999", "file 1999", "file 999"]
    assert tab.run("document.documentElement.scrollHeight <= innerHeight")
    # The last group is dressed when it is scrolled to.
    tab.type("")
    tab.run("scrollTo(0, document.documentElement.scrollHeight)")
    tab.until(
        "Array.from(document.querySelectorAll('tbody tr')).at(-1).querySelector('.remove') !== null"
    )
    tab.click("button.remove", index=-1)
    tab.click("#ask button[value=delete]")
    tab.until("document.querySelectorAll('tbody tr').length === 3000")
    assert not (server.root / "file 0").exists()
    assert tab.complaints() == []


# Changing


def test_upload(dav_server: DavProcess, browser: Browser, tmp_path: Path) -> None:
    (dav_server.root / "taken.txt").write_text("old")
    big = tmp_path / "big.bin"
    big.write_bytes(os.urandom(3_000_000))
    os.utime(big, (1_600_000_000, 1_600_000_000))
    taken = tmp_path / "taken.txt"
    taken.write_text("new")
    tab = browser.open(dav_server.url)
    tab.choose_files("#files", [big, taken])
    tab.until("document.querySelector('#ask').open")
    assert "“taken.txt” is there already" in tab.text("#ask")
    assert (dav_server.root / "taken.txt").read_text() == "old"
    tab.click("#ask button[value=both]")
    tab.until("document.querySelectorAll('tbody tr').length === 3")
    assert names(tab) == ["big.bin", "taken (2).txt", "taken.txt"]
    assert (dav_server.root / "big.bin").read_bytes() == big.read_bytes()
    assert (dav_server.root / "big.bin").stat().st_mtime == 1_600_000_000
    assert (dav_server.root / "taken (2).txt").read_text() == "new"
    # Now replace it.
    tab.choose_files("#files", [taken])
    tab.click("#ask button[value=replace]")
    tab.until("document.querySelector('#status').innerText === '1 file was uploaded.'")
    assert (dav_server.root / "taken.txt").read_text() == "new"
    assert tab.complaints() == []


def test_upload_asks_even_of_what_it_does_not_show(
    dav_server: DavProcess, browser: Browser, tmp_path: Path
) -> None:
    """Somebody else has put it there since the list was made: the server has the last word."""
    mine = tmp_path / "mine.bin"
    mine.write_bytes(bytes(2_000_000))
    tab = browser.open(dav_server.url)
    (dav_server.root / "mine.bin").write_text("theirs")
    tab.choose_files("#files", [mine])
    tab.click("#ask button[value=skip]")
    tab.until("document.querySelector('#status').innerText === '0 files were uploaded.'")
    assert (dav_server.root / "mine.bin").read_text() == "theirs"
    assert names(tab) == ["mine.bin"]


def test_upload_of_a_file_that_vanishes(
    dav_server: DavProcess, browser: Browser, tmp_path: Path
) -> None:
    """It is told, and the others are uploaded."""
    for name in ("taken", "vanishes", "stays"):
        (tmp_path / name).write_text(name)
    (dav_server.root / "taken").touch()
    tab = browser.open(dav_server.url)
    tab.choose_files("#files", [tmp_path / name for name in ("taken", "vanishes", "stays")])
    tab.until("document.querySelector('#ask').open")
    (tmp_path / "vanishes").unlink()
    tab.click("#ask-all")
    tab.click("#ask button[value=replace]")
    tab.until("!document.querySelector('#notice').hidden")
    assert tab.text("#notice-text").startswith("“vanishes” was not uploaded. It could not be sent.")
    assert names(tab) == ["stays", "taken"]
    assert (dav_server.root / "taken").read_text() == "taken"


def test_upload_of_a_folder_and_by_dropping(dav_server: DavProcess, browser: Browser) -> None:
    tab = browser.open(dav_server.url)
    tab.run("upload([{path: ['a', 'b', 'x'], file: new File(['1'], 'x')}, {path: ['a', 'empty']}])")
    assert (dav_server.root / "a/b/x").read_text() == "1"
    assert (dav_server.root / "a/empty").is_dir()
    assert names(tab) == ["a"]
    assert not tab.texts("#drop")
    assert tab.complaints() == []


def test_upload_shows_its_progress_and_can_be_cancelled(
    dav_server: DavProcess, browser: Browser
) -> None:
    tab = browser.open(dav_server.url)
    tab.send(
        "Network.emulateNetworkConditions",
        offline=False,
        latency=0,
        downloadThroughput=-1,
        uploadThroughput=1_000_000,
    )
    # Returns at once: its promise is not waited for.
    tab.run("upload([{path: ['f'], file: new File([new Uint8Array(2e7)], 'f')}]); 0")
    tab.until("document.querySelector('#transfer-bar').value > 0.02")
    assert "Uploading f" in tab.text("#transfer")
    assert "/s" in tab.text("#transfer-speed")
    tab.click("#transfer-cancel")
    tab.until("document.querySelector('#status').innerText === '0 files were uploaded.'")
    assert not tab.texts("#transfer, #notice")
    eventually(lambda: list(dav_server.root.iterdir()) == [], "some of the upload is left")


def test_a_new_folder(dav_server: DavProcess, browser: Browser) -> None:
    tab = browser.open(dav_server.url)
    tab.click("#new-folder")
    tab.type("Ünï & <b>")
    tab.press("Enter", code=13, text="\r")
    tab.until("document.querySelectorAll('tbody tr').length === 1")
    assert names(tab) == ["Ünï & <b>"]
    assert (dav_server.root / "Ünï & <b>").is_dir()
    # Once more: told in words, and the list stays.
    tab.click("#new-folder")
    tab.type("Ünï & <b>")
    tab.click("#ask button[value=make]")
    tab.until("!document.querySelector('#notice').hidden")
    assert "Choose another name" in tab.text("#notice")
    tab.click("#notice-close")
    # What can be no name is not even sent.
    for bad in ("..", "a/b", " ", "x" * 256):
        tab.click("#new-folder")
        tab.type(bad)
        tab.click("#ask button[value=make]")
        assert tab.run("document.querySelector('#ask').open")
        tab.click("#ask button[value='']")
    assert len(names(tab)) == 1


def _rename(tab: Tab, index: int, name: str) -> None:
    tab.hover(f"tbody tr:nth-child({index + 1})")
    tab.click("button.rename", index=index)
    tab.type(name)
    tab.click("#ask button[value=rename]")


def test_rename_does_not_replace(dav_server: DavProcess, browser: Browser) -> None:
    (dav_server.root / "a.txt").write_text("a")
    (dav_server.root / "b.txt").write_text("b")
    tab = browser.open(dav_server.url)
    tab.click("button.rename")
    # The name without its extension is selected.
    tab.send("Input.insertText", text="c")
    tab.click("#ask button[value=rename]")
    tab.until("document.querySelector('tbody').innerText.includes('c.txt')")
    assert names(tab) == ["b.txt", "c.txt"]
    _rename(tab, 1, "b.txt")
    tab.until("!document.querySelector('#notice').hidden")
    assert "there already" in tab.text("#notice")
    assert (dav_server.root / "b.txt").read_text() == "b"
    assert (dav_server.root / "c.txt").read_text() == "a"


def test_delete_asks_first(dav_server: DavProcess, browser: Browser) -> None:
    (dav_server.root / "a").mkdir()
    (dav_server.root / "a/full").touch()
    (dav_server.root / "b").touch()
    tab = browser.open(dav_server.url)
    tab.click("button.remove")
    assert "“a”" in tab.text("#ask")
    tab.press("Escape", code=27)
    tab.until("!document.querySelector('#ask').open")
    assert (dav_server.root / "a/full").exists()
    tab.click("button.remove")
    tab.click("#ask button[value=delete]")
    tab.until("document.querySelectorAll('tbody tr').length === 1")
    assert [each.name for each in dav_server.root.iterdir()] == ["b"]
    # Somebody else was faster.
    (dav_server.root / "b").unlink()
    tab.click("button.remove")
    tab.click("#ask button[value=delete]")
    tab.until("!document.querySelector('#notice').hidden")
    assert "no longer there" in tab.text("#notice")
    tab.until("document.querySelector('.bar').innerText.includes('Nothing here')")


@pytest.mark.parametrize("is_folder", [False, True])
def test_odd_names_in_all_actions(
    dav_server: DavProcess, browser: Browser, is_folder: bool
) -> None:
    root = os.fsencode(dav_server.root)
    for raw in [*map(os.fsencode, ODD), RAW]:
        path = os.path.join(root, raw)
        if is_folder:
            os.mkdir(path)
        else:
            Path(os.fsdecode(path)).write_bytes(raw)
    tab = browser.open(dav_server.url)
    count = len(ODD) + 1
    assert len(names(tab)) == count
    assert tab.run("document.querySelectorAll('img').length") == 0
    for href in tab.run("Array.from(document.querySelectorAll('td.name a'), (each) => each.href)"):
        assert tab.run(f"fetch({json.dumps(href)}).then((answer) => answer.status)") == 200
    # Each away and back again, by the page's own actions.
    for number in range(count):
        _rename(tab, 0, f"zz {number}")
        tab.until(f"document.querySelector('tbody').innerText.includes('zz {number}')")
    assert sorted(os.listdir(root)) == sorted(f"zz {each}".encode() for each in range(count))
    for number, name in enumerate(ODD):
        if "\n" in name:
            continue
        index = [*names(tab)].index(f"zz {number}")
        _rename(tab, index, name)
        tab.until(f"!document.querySelector('tbody').innerText.includes('zz {number}')")
        assert os.fsencode(name) in os.listdir(root)
    for left in range(count, 0, -1):
        assert len(names(tab)) == left
        tab.hover("tbody tr")
        tab.click("button.remove")
        tab.click("#ask button[value=delete]")
        tab.until(f"document.querySelectorAll('tbody tr').length === {left - 1}")
    assert os.listdir(root) == []
    assert tab.complaints() == []


def test_a_server_that_is_gone_is_told(serve: Serve, browser: Browser) -> None:
    server = serve()
    (server.root / "a").touch()
    tab = browser.open(server.url)
    tab.send(
        "Network.emulateNetworkConditions",
        offline=True,
        latency=0,
        downloadThroughput=-1,
        uploadThroughput=-1,
    )
    tab.click("button.remove")
    tab.click("#ask button[value=delete]")
    tab.until("!document.querySelector('#notice').hidden")
    assert "could not be reached" in tab.text("#notice")
    assert names(tab) == ["a"]


# What must not happen

ATTACK = """
document.title = 'ran';
fetch('/victim', {method: 'DELETE'});
const request = new XMLHttpRequest();
request.open('PUT', '/planted');
request.send('x');
"""


@pytest.mark.parametrize("kind", ["html", "svg", "xml"])
def test_a_shared_page_cannot_act(dav_server: DavProcess, browser: Browser, kind: str) -> None:
    root = dav_server.root
    (root / "victim").touch()
    (root / "attack.js").write_text(ATTACK)
    space = {"svg": "http://www.w3.org/2000/svg", "xml": "http://www.w3.org/1999/xhtml"}
    script = f"<script>//<![CDATA[\n{ATTACK}//]]></script>"
    if kind == "html":
        script += '<script src="/attack.js"></script><img src="x" onerror="document.title=1">'
        text = f"<!doctype html><title>still</title><body onload='document.title=1'>{script}"
    else:
        tag = "svg" if kind == "svg" else "html"
        text = f'<{tag} xmlns="{space[kind]}" onload="document.title=1">{script}</{tag}>'
    (root / f"evil.{kind}").write_text(text)
    tab = browser.open(f"{dav_server.url}/evil.{kind}")
    assert tab.run("document.title") in ("", "still")
    assert tab.run("self.origin") == "null"
    assert tab.complaints()
    # Even if its script ran, it would be of no site.
    for method in ("DELETE", "MOVE", "PUT"):
        ask = f"fetch('/victim', {{method: '{method}', headers: {{Destination: '/gone'}}}})"
        assert tab.run(f"{ask}.then(() => 'done', () => 'refused')") == "refused"
    assert (root / "victim").exists()
    assert not (root / "planted").exists()
    assert not (root / "gone").exists()


def test_what_is_shared_can_be_looked_at(dav_server: DavProcess, browser: Browser) -> None:
    """Safety is no reason to show pages without their pictures, or to play nothing."""
    root = dav_server.root
    (root / "p.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    (root / "s.css").write_text("body { color: rgb(1, 2, 3) }")
    (root / "page.html").write_text(
        '<!doctype html><link rel="stylesheet" href="s.css"><body style="margin: 7px">'
        '<img src="p.svg">'
    )
    tab = browser.open(f"{dav_server.url}/page.html")
    assert tab.run("document.images[0].naturalWidth") == 9
    assert tab.run("getComputedStyle(document.body).color") == "rgb(1, 2, 3)"
    assert tab.run("getComputedStyle(document.body).marginLeft") == "7px"
    with wave.open(str(root / "a.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(8000))
    tab.go(f"{dav_server.url}/a.wav")
    tab.until("document.querySelector('video').readyState > 0")


@pytest.fixture
def other_site() -> Iterator[str]:
    """A page of another origin: the same host, another port."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<!doctype html><title>other</title><body>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is worth a line."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def test_another_site_cannot_read_or_change(
    dav_server: DavProcess, browser: Browser, other_site: str
) -> None:
    root = dav_server.root
    (root / "victim").write_text("secret")
    (root / "secret.js").write_text("window.secret = 1")
    (root / "secret.json").write_text("[1]")
    tab = browser.open(other_site)
    base = dav_server.url
    for method in ("GET", "PUT", "DELETE", "MKCOL", "MOVE", "PROPFIND", "POST", "LOCK"):
        for mode in ("cors", "no-cors", "same-origin"):
            ask = f"fetch('{base}/victim', {{method: '{method}', mode: '{mode}'}})"
            read = f"{ask}.then((answer) => answer.text()).catch(() => '')"
            assert tab.run(read) == "", (method, mode)
    for name in ("secret.js", "secret.json"):
        ended = tab.run(
            "new Promise((resolve) => { const made = document.createElement('script');"
            "made.onload = () => resolve('load'); made.onerror = () => resolve('error');"
            f"made.src = '{base}/{name}'; document.body.append(made); }})"
        )
        assert ended == "error"
    assert tab.run("window.secret ?? 'unknown'") == "unknown"
    # A form of another site.
    tab.forget_events()
    tab.run(
        "{ const form = document.createElement('form'); form.method = 'post';"
        f"form.action = '{base}/victim'; document.body.append(form); form.submit(); }}"
    )
    tab.wait_for_event("Page.loadEventFired")
    assert (root / "victim").read_text() == "secret"
    assert sorted(each.name for each in root.iterdir()) == ["secret.js", "secret.json", "victim"]


def test_the_page_cannot_be_framed(
    dav_server: DavProcess, browser: Browser, other_site: str
) -> None:
    tab = browser.open(other_site)
    tab.run(
        "new Promise((resolve) => { const frame = document.createElement('iframe');"
        f"frame.onload = resolve; frame.src = '{dav_server.url}/'; document.body.append(frame); }})"
    )
    eventually(
        lambda: any("frame" in each.lower() for each in tab.complaints()), "nobody complains"
    )


# Pictures


def pixels(png: bytes) -> tuple[int, int, int]:
    """Width and height of a PNG, and how many different lines of pixels it has."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert depth == 8
    data, position = b"", 8
    while position < len(png):
        (size,) = struct.unpack(">I", png[position : position + 4])
        if png[position + 4 : position + 8] == b"IDAT":
            data += png[position + 8 : position + 8 + size]
        position += size + 12
    stride = width * {2: 3, 6: 4}[colour] + 1
    raw = zlib.decompress(data)
    return width, height, len({raw[start : start + stride] for start in range(0, len(raw), stride)})


@pytest.mark.parametrize(
    ("name", "width", "height", "dark", "mobile"),
    [
        ("dav-page", 1000, 620, False, False),
        ("dav-page-dark", 1000, 620, True, False),
        ("dav-page-phone", 390, 844, False, True),
    ],
)
def test_the_page_looks_like_something(
    serve: Serve, browser: Browser, name: str, width: int, height: int, dark: bool, mobile: bool
) -> None:
    server = serve()
    fill(server)
    tab = browser.open(
        f"{server.url}/Holiday/", width=width, height=height, dark=dark, mobile=mobile
    )
    # Nothing sticks out, however narrow the window.
    assert tab.run("document.documentElement.scrollWidth") <= width
    found = pixels(tab.screenshot(PICTURES / f"{name}.png"))
    assert found[:2] == (width, height)
    assert found[2] > 100
    ground = tab.run("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground[4:-1].split(","))) < 200) is dark
