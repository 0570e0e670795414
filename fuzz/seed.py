"""Makes the seeds that are not kept as files: descriptions, messages, sessions, WebDAV requests.

Run by ``make fuzz`` before the targets; what it writes is not kept.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fuzz.agent_course import courses as agent_courses  # noqa: E402  # likewise
from fuzz.dav_seeds import DAV, PATHS, STREAMS  # noqa: E402  # likewise
from fuzz.mux_seeds import courses  # noqa: E402  # likewise
from fuzz.selection import choices, prefix  # noqa: E402  # the project's root has to be on the path
from fuzz.spice_seeds import LINKS, framings, sessions  # noqa: E402  # likewise


def main() -> None:
    """Write a file for each seed into the corpora."""
    texts = sorted((ROOT / "src/caraway/descriptions").glob("*.proto"))
    texts += sorted((ROOT / "tests/unit/idl/golden").rglob("*.proto"))
    for index, path in enumerate(texts):
        dialect = b"1" if path.name == "spice1.proto" else b"2"
        # The largest descriptions would take all the time there is.
        _write("description", f"seed-{index}", dialect + path.read_bytes()[:8192])
    recorded = json.loads((ROOT / "tests/vectors/spice-messages.json").read_text("utf-8"))
    bodies: dict[tuple[str, int], list[bytes]] = {}
    for vector in recorded["vectors"] + recorded["probes"]:
        key = vector["direction"], vector["type"]
        bodies.setdefault(key, []).append(bytes.fromhex(vector["hex"]))
    for index, (subject, _) in enumerate(choices()):
        found = bodies.get((subject.model.direction, subject.model.number), [b""])
        for number, body in enumerate(found):
            for target in ("messages", "interpreter"):
                _write(target, f"seed-{index}-{number}", prefix(index) + body)
    _write_dav()
    _write_sessions()


def _write_dav() -> None:
    for index, texts in enumerate(DAV):
        for number, text in enumerate(texts):
            _write("dav", f"seed-{index}-{number}", bytes([index]) + text.encode("utf-8"))
    for target, streams in (("paths", PATHS), ("stream", STREAMS)):
        for number, text in enumerate(streams):
            _write(target, f"seed-{number}", text.encode("utf-8"))


def _write_sessions() -> None:
    links = (bytes([side]) + stream for side, stream in LINKS)
    for target, streams in (
        ("link", links),
        ("framing", framings()),
        ("session", sessions()),
        ("mux", courses()),
        ("agent", agent_courses()),
    ):
        for number, stream in enumerate(streams):
            _write(target, f"seed-{number}", stream)


def _write(target: str, name: str, data: bytes) -> None:
    folder = ROOT / "fuzz/corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
