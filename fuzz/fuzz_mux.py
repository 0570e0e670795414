"""Both ends of the mux: any frames, cut anywhere, among anything else that may happen."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["caraway"]):
    from fuzz.mux_course import run


def main() -> None:
    """Fuzz until told to stop."""
    atheris.Setup(sys.argv, run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
