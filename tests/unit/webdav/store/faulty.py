"""System calls that fail on demand."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest


class FaultyCalls:
    """Makes functions of :mod:`os` fail.

    Args:
        monkeypatch: Undoes it at the end of the test.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def fail(
        self,
        name: str,
        number: int,
        *,
        when: Callable[..., bool] = lambda *args, **options: True,
        after: int = 0,
        module: Any = os,
    ) -> None:
        """Let ``module.name`` raise ``OSError(number)``.

        Args:
            when: Whether a call with these arguments is meant.
            after: Calls that are meant and still succeed.
        """
        real = getattr(module, name)
        left = after

        def call(*args: Any, **options: Any) -> Any:
            nonlocal left
            if when(*args, **options):
                if left == 0:
                    raise OSError(number, os.strerror(number))
                left -= 1
            return real(*args, **options)

        self._monkeypatch.setattr(module, name, call)
