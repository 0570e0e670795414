"""A mouse for a screen that nobody sees, by the X server's test extension."""

from __future__ import annotations

import ctypes
from types import TracebackType

from tests.interop.spice.screen import Screen


class Pointer:
    """A mouse; a context manager.

    Raises:
        OSError: The libraries are missing: libx11-6, libxtst6.
    """

    def __init__(self, screen: Screen) -> None:
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._test = ctypes.CDLL("libXtst.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        display = self._x11.XOpenDisplay(screen.name.encode())
        assert display, f"no screen {screen.name}"
        self._display = ctypes.c_void_p(display)

    def __enter__(self) -> Pointer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._x11.XCloseDisplay(self._display)

    def click(self, x: int, y: int) -> None:
        """Click with the first button, at pixels from the top left."""
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        for is_down in (1, 0):
            self._test.XTestFakeButtonEvent(self._display, 1, is_down, 0)
        self._x11.XSync(self._display, 0)
