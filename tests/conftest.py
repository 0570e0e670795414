"""Settings for every test."""

import os
import signal

from hypothesis import settings

# Examples may be slow on a shared machine; a failure prints how to replay itself.
settings.register_profile("local", deadline=None, print_blob=True)
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# Who is run in the background may have been told to ignore it, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Nothing of who runs the tests.
for name in ("CARAWAY_DEBUG", "SPICE_PASSWORD", "SPICE_PROXY"):
    os.environ.pop(name, None)
