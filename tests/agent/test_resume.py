"""Kills, reloads, double submissions, several at once: nothing lost, nothing asked twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rehearsal import WordGrader, make_interview

from agent.interview import CHECKPOINTS, Interview, TurnError
from agent.plan import Options
from agent.turns import Turn

ROOT = Path(__file__).resolve().parents[2]
GOOD = "alpha beta gamma delta"


def test_the_same_answer_submitted_twice_is_one(tmp_path: Path) -> None:
    grader = WordGrader()
    interview = make_interview(tmp_path, grader=grader)
    turn = interview.start(Options(count=3, seed=1))
    results: list[Turn] = []
    threads = [
        threading.Thread(
            target=lambda: results.append(interview.answer(turn.session_id, GOOD, turn.number))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(grader.calls) == 1
    assert all(r == results[0] for r in results)
    assert results[0].number == 2
    with pytest.raises(TurnError, match="turn 9 was not put yet"):
        interview.answer(turn.session_id, GOOD, 9)
    interview.close()


def test_two_sessions_at_once_do_not_mix(interview: Interview) -> None:
    ids = [interview.start(Options(count=4, seed=n)).session_id for n in (1, 2)]
    reports: dict[str, float | None] = {}

    def run(session_id: str, text: str) -> None:
        turn = interview.current(session_id)
        while not turn.finished:
            turn = interview.answer(session_id, text, turn.number)
        assert turn.report is not None
        reports[session_id] = turn.report.overall.mean

    threads = [
        threading.Thread(target=run, args=pair) for pair in zip(ids, (GOOD, "idk"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reports == {ids[0]: 1.0, ids[1]: 0.0}


def test_starting_again_with_the_same_id_is_the_same_session(interview: Interview) -> None:
    first = interview.start(Options(count=2, seed=1), session_id="mine")
    assert interview.start(Options(count=5, seed=2), session_id="mine") == first
    assert len(interview.sessions()) == 1


def test_a_reload_shows_every_turn_as_it_was(tmp_path: Path) -> None:
    interview = make_interview(tmp_path)
    shown = [interview.start(Options(count=3, seed=1))]
    session_id = shown[0].session_id
    for text in ("hint", "alpha beta", "skip", "ALPHA gamma delta"):
        shown.append(interview.answer(session_id, text, shown[-1].number))
    interview.close()
    again = make_interview(tmp_path)
    read = again.turns(session_id)
    assert [(t.number, t.kind, t.prompt, t.note, t.marked, t.unsure) for t in read] == [
        (t.number, t.kind, t.prompt, t.note, t.marked, t.unsure) for t in shown
    ]
    assert again.current(session_id) == shown[-1]
    again.close()


def test_a_lost_checkpoint_file_is_made_again_from_the_history(tmp_path: Path) -> None:
    grader = WordGrader()
    interview = make_interview(tmp_path, grader=grader)
    turn = interview.start(Options(count=3, seed=1))
    interview.answer(turn.session_id, "alpha beta", 1)
    turn = interview.answer(turn.session_id, "gamma delta", 2)
    interview.close()
    for file in tmp_path.glob(f"{CHECKPOINTS}*"):
        file.unlink()
    interview = make_interview(tmp_path, grader=grader)
    assert interview.current(turn.session_id) == turn
    assert interview.answer(turn.session_id, GOOD, turn.number).place == 3
    assert len(grader.calls) == 3  # the two earlier answers were not graded anew
    interview.close()


def test_a_kill_at_the_very_start_still_leads_to_the_first_question(interview: Interview) -> None:
    interview.history.begin("s", "local", Options(count=2, seed=1), "2026-01-01")
    turn = interview.current("s")
    assert (turn.number, turn.kind, turn.total) == (1, "question", 2)
    assert interview.start(Options(count=2, seed=1), session_id="s") == turn


KILLED = """
import os, signal, sys
from pathlib import Path
from rehearsal import make_interview
from agent.plan import Options
import agent.flow, agent.marking, agent.history

home, step, when = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
interview = make_interview(home)
turn = interview.start(Options(count=2, seed=1), session_id="killed")
interview.answer("killed", "alpha beta", 1)

owner = agent.marking.Marking if hasattr(agent.marking.Marking, step) else agent.flow.Flow
if hasattr(agent.history.History, step):
    owner = agent.history.History
real = getattr(owner, step)

def dying(*args):
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    real(*args)
    os.kill(os.getpid(), signal.SIGKILL)

graph = interview._driver.thread()._graph
if owner is agent.history.History:
    setattr(owner, step, dying)
else:
    graph.nodes[step].bound.func = lambda state: dying(
        interview._driver._marking if owner is agent.marking.Marking else interview._flow, state
    )
interview.answer("killed", "ALPHA GAMMA", 2)
"""


@pytest.mark.parametrize(
    ("step", "when"),
    [
        ("save_reply", "after"),
        ("understand", "before"),
        ("understand", "after"),
        ("grade", "before"),
        ("grade", "after"),
        ("settle", "after"),
        ("confirm", "after"),
        ("open_turn", "after"),
    ],
)
def test_a_kill_loses_nothing_and_asks_nothing_twice(tmp_path: Path, step: str, when: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "killed"), step, when],
        env={"PYTHONPATH": f"{ROOT}:{Path(__file__).parent}", "PATH": ""},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    whole = make_interview(tmp_path / "whole")
    whole.start(Options(count=2, seed=1), session_id="killed")
    whole.answer("killed", "alpha beta", 1)
    expected = whole.answer("killed", "ALPHA GAMMA", 2)
    resumed = make_interview(tmp_path / "killed")
    assert resumed.current("killed") == expected
    assert expected.kind == "confirm"
    ends = []
    for interview in (whole, resumed):
        interview.confirm("killed", {"k2": "partial"}, 3)
        turn = interview.current("killed")
        while not turn.finished:
            turn = interview.answer("killed", GOOD, turn.number)
        ends.append([(t.kind, t.prompt, t.reply, t.marked) for t in interview.turns("killed")])
        interview.close()
    assert ends[0] == ends[1]


def test_two_processes_on_one_home_agree(tmp_path: Path) -> None:
    first, second = make_interview(tmp_path), make_interview(tmp_path)
    turn = first.start(Options(count=4, seed=1, follow_ups=False))
    for text in (GOOD, "alpha", "ALPHA beta"):
        with ThreadPoolExecutor(2) as pool:
            given = (turn.session_id, text, turn.number)
            results = [pool.submit(i.answer, *given) for i in (first, second)]
        assert results[0].result() == results[1].result()
        assert results[0].result().number == turn.number + 1
        turn = results[0].result()
    assert second.stop(turn.session_id) == first.current(turn.session_id)
    first.close()
    second.close()
