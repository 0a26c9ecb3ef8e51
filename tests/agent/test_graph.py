"""The graph: steps are saved, only plain values, only through the allow-list, and it stays lean."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from rehearsal import make_interview

from agent.interview import CHECKPOINTS
from agent.plan import Options


def test_the_state_is_plain_json_and_holds_no_answer(tmp_path: Path) -> None:
    interview = make_interview(tmp_path)
    turn = interview.start(Options(count=2, seed=1))
    interview.answer(turn.session_id, "alpha beta and a private story", 1)
    thread = interview._driver.thread()
    state = thread.state(turn.session_id)
    assert state is not None
    assert json.loads(json.dumps(state)) == state
    assert state["number"] == 2
    assert thread.waits(turn.session_id)
    interview.close()


def test_a_finished_session_leaves_no_checkpoints(tmp_path: Path) -> None:
    interview = make_interview(tmp_path)
    turn = interview.start(Options(count=1, seed=1))
    interview.answer(turn.session_id, "alpha", 1)
    connection = sqlite3.connect(tmp_path / CHECKPOINTS)
    count = "SELECT count(*) FROM checkpoints"
    assert connection.execute(count).fetchone()[0] > 3
    interview.stop(turn.session_id)
    assert connection.execute(count).fetchone()[0] == 0
    connection.close()
    interview.close()


def test_a_foreign_object_in_a_checkpoint_is_not_loaded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    interview = make_interview(tmp_path)
    interview.warm()
    serde = interview._driver.thread()._checkpoints.saver.serde
    read = serde.loads_typed(serde.dumps_typed({"x": Options(count=3)}))
    assert not isinstance(read["x"], Options)
    with pytest.raises((ValueError, NotImplementedError)):
        serde.loads_typed(("pickle", b"\x80\x04K\x01."))
    interview.close()


def test_the_first_question_does_not_wait_for_langgraph(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rehearsal import make_interview;"
        "from agent.plan import Options;"
        f"make_interview(Path({str(tmp_path)!r})).start(Options());"
        "assert not {'langgraph', 'langchain_core', 'torch'} & set(sys.modules), 'heavy'"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{root}:{Path(__file__).parent}", "PATH": ""},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
