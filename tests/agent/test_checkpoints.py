"""Faults of the file in which the graph keeps its steps: told as those of the other databases, and
nothing that was sent is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from rehearsal import make_interview, score

from agent.checkpoints import FileCheckpoints
from agent.interview import CHECKPOINTS
from agent.plan import Options
from index.database import DatabaseError

FULL = "alpha beta gamma delta"


def test_a_full_disk_is_told_and_the_answer_is_kept(tmp_path: Path) -> None:
    interview = make_interview(tmp_path)
    turn = interview.start(Options(count=2, seed=1))
    interview.warm()
    checkpoints = interview._driver.thread()._checkpoints
    assert isinstance(checkpoints, FileCheckpoints)
    connection = checkpoints.saver.conn
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")  # as if the disk ended here
    with pytest.raises(DatabaseError, match=f"disk that holds .*{CHECKPOINTS} is full"):
        interview.answer(turn.session_id, FULL, turn.number)
    connection.execute("PRAGMA max_page_count = 100000")
    later = interview.current(turn.session_id)
    assert later.number == 2
    assert later.marked is not None
    assert later.marked.answer == FULL
    assert score(later) >= 0.95
    interview.close()


def test_a_file_that_cannot_be_written_is_told_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / CHECKPOINTS
    path.with_name(f"{CHECKPOINTS}-wal").mkdir()  # where SQLite puts its log
    with pytest.raises(DatabaseError, match=CHECKPOINTS):
        FileCheckpoints(path)
