"""Fixtures that the tests of the interview share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import Postgres, server
from rehearsal import make_interview

from agent.interview import Interview


@pytest.fixture
def interview(tmp_path: Path) -> Iterator[Interview]:
    made = make_interview(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    yield from server()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a history may stand: a file, or a new database of a real server."""
    if request.param == "sqlite":
        return tmp_path / "history.db"
    running: Postgres = request.getfixturevalue("postgres")
    return running.make_database()
