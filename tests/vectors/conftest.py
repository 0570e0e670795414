"""Lets assertions that both codecs share explain themselves."""

import pytest

pytest.register_assert_rewrite("tests.vectors.reference")
