"""What of caraway works on which system."""

from __future__ import annotations

__all__ = ["limitation"]


def limitation(system: str) -> str | None:
    """What caraway lacks on ``system`` (a :data:`sys.platform`), or None where nothing is lacking.

    Nothing is refused for it: what happens to work elsewhere may be used.
    """
    match system:
        case "linux":
            return None
        case "darwin":
            return (
                "On macOS the client, the protocol compiler and the WebDAV server are supported; "
                "the SPICE server and what runs inside a virtual machine need Linux."
            )
        case _:
            return (
                f"This system ({system}) is not supported: the protocol compiler and the messages "
                "are plain Python and should work; everything else needs Linux, or macOS for the "
                "client and the WebDAV server."
            )
