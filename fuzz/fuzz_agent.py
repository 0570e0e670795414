"""The guest's end, with programs at it, against any peer: what must hold, holds."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["caraway"]):
    from fuzz.agent_course import Player


def main() -> None:
    """Fuzz until told to stop."""
    atheris.Setup(sys.argv, Player().play)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
