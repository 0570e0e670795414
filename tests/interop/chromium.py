"""Chromium without a window, driven by its DevTools protocol over two pipes."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE_S

# Chromium reads commands from descriptor 3 and writes to 4; the pipes may have come as these.
_LAUNCH = """
import fcntl, os, sys
reading, writing = (fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in sys.argv[1:3])
os.dup2(reading, 3)
os.dup2(writing, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""
_OPTIONS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--font-render-hinting=none",
    "--lang=en-GB",
)
#: What Chromium answers where the page has gone of which it was asked.
_ANOTHER_PAGE = ("target navigated or closed", "context was destroyed", "Cannot find context")


class Browser:
    """A browser with an empty profile."""

    def __init__(self, profile: Path) -> None:
        program = shutil.which("chromium")
        assert program, "chromium is missing; install with: sudo apt-get install chromium"
        profile.mkdir(parents=True)
        self._log = profile.with_suffix(".log")
        read_command, write_command = os.pipe()
        read_answer, write_answer = os.pipe()
        command = [sys.executable, "-c", _LAUNCH, str(read_command), str(write_answer), program]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, *_OPTIONS, f"--user-data-dir={profile}"],
                pass_fds=(read_command, write_answer),
                env={**os.environ, "HOME": str(profile), "TZ": "UTC", "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        os.close(read_command)
        os.close(write_answer)
        self._write, self._read = write_command, read_answer
        self._received = b""
        self._count = 0
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, session: str | None = None, **parameters: object) -> dict[str, Any]:
        """A command of the protocol and its result.

        Raises:
            AssertionError: It failed, or took too long.
        """
        self._count += 1
        message: dict[str, object] = {"id": self._count, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self._put(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self._count:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _put(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._write, data) :]

    def receive(self) -> dict[str, Any]:
        """The next message."""
        while b"\0" not in self._received:
            ready, _, _ = select.select([self._read], [], [], PATIENCE_S)
            data = os.read(self._read, 1 << 16) if ready else b""
            assert data, f"Chromium says nothing more:\n{self._log.read_text(errors='replace')}"
            self._received += data
        message, _, self._received = self._received.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed

    def open(self, url: str, **options: Any) -> Tab:
        """A new tab with nothing of other tabs, showing ``url``."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context)
        attached = self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        return Tab(self, attached["sessionId"], url, **options)

    def close(self) -> None:
        """End it."""
        try:
            self.send("Browser.close")
            self._process.wait(PATIENCE_S)
        finally:
            os.close(self._write)
            os.close(self._read)
            self._process.kill()
            self._process.wait()


class Tab:
    """A page in a browser.

    Args:
        scripts: Whether scripts run.
        width: Of the window, CSS pixels; so is ``height``.
        dark: Ask for the dark scheme.
        mobile: As a phone does.
    """

    def __init__(
        self,
        browser: Browser,
        session: str,
        url: str,
        *,
        scripts: bool = True,
        width: int = 1000,
        height: int = 700,
        dark: bool = False,
        mobile: bool = False,
        time_zone: str = "Europe/Berlin",
    ) -> None:
        self._browser = browser
        self._session = session
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.send("Emulation.setTimezoneOverride", timezoneId=time_zone)
        self.send("Emulation.setLocaleOverride", locale="en-GB")
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=mobile,
        )
        if mobile:
            self.send("Emulation.setTouchEmulationEnabled", enabled=True)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        motion = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.send("Emulation.setEmulatedMedia", features=[scheme, motion])
        self.go(url)

    def send(self, method: str, **parameters: object) -> dict[str, Any]:
        """A command of the protocol."""
        return self._browser.send(method, self._session, **parameters)

    def go(self, url: str) -> None:
        """Show another page, and wait until it is loaded."""
        self.forget_events()
        result = self.send("Page.navigate", url=url)
        assert "errorText" not in result, f"{url}: {result}"
        self.wait_for_event("Page.loadEventFired")

    def forget_events(self) -> None:
        """Wait for none of those that have come."""
        self._browser.events.clear()

    def wait_for_event(self, method: str) -> dict[str, Any]:
        """The next event of a kind, or the one that came already."""
        events = self._browser.events
        while True:
            for event in events:
                if event.get("method") == method and event.get("sessionId") == self._session:
                    parameters: dict[str, Any] = event["params"]
                    return parameters
            events.append(self._browser.receive())

    def complaints(self) -> list[str]:
        """What the browser and the page's scripts complained of: refused, failed, thrown."""
        self.run("0")
        found = []
        for event in self._browser.events:
            if event.get("sessionId") != self._session:
                continue
            if event["method"] == "Log.entryAdded":
                found.append(event["params"]["entry"]["text"])
            elif event["method"] == "Runtime.exceptionThrown":
                found.append(json.dumps(event["params"]["exceptionDetails"]))
        return found

    def run(self, script: str, *, gesture: bool = False) -> Any:
        """The value of an expression; of a promise, what it resolves to."""
        result = self.send(
            "Runtime.evaluate",
            expression=script,
            returnByValue=True,
            awaitPromise=True,
            userGesture=gesture,
        )
        assert "exceptionDetails" not in result, f"{script}: {result['exceptionDetails']}"
        return result["result"].get("value")

    def _run_on_any_page(self, script: str) -> Any:
        """The value of an expression, or None where another page comes just then."""
        try:
            return self.run(script)
        except AssertionError as error:
            if not any(text in str(error) for text in _ANOTHER_PAGE):
                raise
            return None

    def text(self, selector: str) -> str:
        """What can be read in the first element that a selector finds."""
        value: str = self.run(f"document.querySelector({json.dumps(selector)}).innerText")
        return value

    def texts(self, selector: str) -> list[str]:
        """What can be read in all elements that a selector finds and that are shown."""
        value: list[str] = self.run(
            f"Array.from(document.querySelectorAll({json.dumps(selector)}))"
            ".filter(each => each.checkVisibility()).map(each => each.textContent.trim())"
        )
        return value

    def until(self, script: str, *, timeout_s: float = PATIENCE_S) -> Any:
        """Wait until an expression is true; gives its value."""
        deadline = time.monotonic() + timeout_s
        while not (value := self._run_on_any_page(script)):
            assert time.monotonic() < deadline, (
                f"never came to be: {script}\n{self.run('document.body.innerText')}"
                f"\n{self.complaints()}"
            )
            time.sleep(0.02)
        return value

    def click(self, selector: str, *, index: int = 0) -> None:
        """Click with the mouse into the middle of an element that can be seen."""
        where = self.until(
            f"(() => {{ const all = document.querySelectorAll({json.dumps(selector)});"
            f"const found = Array.from(all).at({index});"
            "if (!found || !found.checkVisibility()) return null;"
            "found.scrollIntoView({block: 'nearest'}); const box = found.getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.send(
                "Input.dispatchMouseEvent",
                type=kind,
                x=where[0],
                y=where[1],
                button="none" if kind == "mouseMoved" else "left",
                clickCount=0 if kind == "mouseMoved" else 1,
            )

    def hover(self, selector: str) -> None:
        """Put the mouse over an element."""
        box = self.run(
            f"document.querySelector({json.dumps(selector)}).getBoundingClientRect().toJSON()"
        )
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def type(self, text: str) -> None:
        """Replace what is in the focused field by ``text``."""
        self.run("document.activeElement.select()")
        self.send("Input.insertText", text=text)

    def press(self, key: str, *, code: int, text: str = "") -> None:
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.send(
                "Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **typed
            )

    def choose_files(self, selector: str, paths: list[Path]) -> None:
        """Choose files in a file input, as its dialog does."""
        found = self.send("Runtime.evaluate", expression=f"document.querySelector('{selector}')")
        self.send(
            "DOM.setFileInputFiles",
            files=[str(path) for path in paths],
            objectId=found["result"]["objectId"],
        )

    def drop(self, paths: list[Path]) -> None:
        """Drag files and folders into the middle of the window and let them go there."""
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.send("Input.dispatchDragEvent", type=kind, x=400, y=300, data=data)

    def screenshot(self, path: Path) -> bytes:
        """A picture of what is shown, as PNG; also written to ``path``."""
        data = base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return data
