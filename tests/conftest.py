"""Settings for every test."""

import os

from hypothesis import settings

# Examples may be slow on a shared machine; a failure prints how to replay itself.
settings.register_profile("local", deadline=None, print_blob=True)
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
