"""How long tests wait for what should come."""

from __future__ import annotations

from typing import Final

#: For what comes at once, seconds: only where something hangs does anybody wait as long, and
#: machines may be busy with other things.
PATIENCE_S: Final = 60.0
