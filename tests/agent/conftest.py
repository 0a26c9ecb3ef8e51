"""Fixtures that the tests of the interview share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rehearsal import make_interview

from agent.interview import Interview


@pytest.fixture
def interview(tmp_path: Path) -> Iterator[Interview]:
    made = make_interview(tmp_path)
    yield made
    made.close()
