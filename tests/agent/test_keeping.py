"""What is kept of an interview stays as it was said, and goes when it is to be forgotten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rehearsal import Bank, make_bank, make_interview, make_question

from agent.export import to_json, to_markdown
from agent.interview import Interview, SessionNotFoundError
from agent.plan import Options


@pytest.mark.parametrize(
    "text",
    ["x" * 100_000, "alpha\x00\x1b[31m\r\n\u202e", "<script>alert(1)</script> alpha", "  ", "🙂"],
)
def test_answers_are_kept_as_they_are(interview: Interview, text: str) -> None:
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    turn = interview.answer(turn.session_id, text)
    assert interview.turns(turn.session_id)[0].reply == text
    assert turn.marked is not None
    assert turn.marked.answer == text


def test_a_lone_surrogate_does_not_stop_the_interview(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    turn = interview.answer(turn.session_id, "alpha \ud800 beta")
    assert interview.turns(turn.session_id)[0].reply == "alpha \ufffd beta"


def test_the_export_holds_every_reply_and_no_markup(interview: Interview) -> None:
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    turn = interview.answer(turn.session_id, "<b>alpha</b> beta GAMMA")
    interview.confirm(turn.session_id, {"k2": "partial"})
    report = interview.report(turn.session_id)
    written = json.dumps(to_json(report, interview.history.turns(turn.session_id)))
    assert "<b>alpha</b> beta GAMMA" in written
    markdown = to_markdown(report)
    assert "marked by yourself" in markdown
    assert "### Read next" in markdown
    assert "notes.md" in markdown
    assert "/notes.md" not in markdown  # no folder of the machine


def test_a_forgotten_session_stands_nowhere_on_the_disk(tmp_path: Path) -> None:
    interview = make_interview(tmp_path, make_bank())
    secret = "a confession of alpha"
    running = interview.start(Options(count=2, seed=1)).session_id
    interview.answer(running, secret)
    over = interview.start(Options(count=1, seed=1, follow_ups=False)).session_id
    interview.answer(over, secret)
    interview.forget(running)
    interview.forget(over)
    with pytest.raises(SessionNotFoundError):
        interview.current(running)
    assert all(secret.encode() not in f.read_bytes() for f in tmp_path.iterdir() if f.is_file())
    interview.close()


def test_forgetting_a_document_ends_its_sessions_and_keeps_the_others(tmp_path: Path) -> None:
    bank = Bank(
        [
            make_question(0, document_id="a" * 16, points=("uniqueword beta",)),
            make_question(1, document_id="b" * 16),
        ]
    )
    interview = make_interview(tmp_path, bank)
    both = interview.start(Options(count=2, seed=1)).session_id
    interview.answer(both, "idk")
    other = interview.start(Options(document_ids=("b" * 16,), count=1)).session_id
    assert interview.forget_document("a" * 16) == [both]
    turn = interview.current(both)
    assert turn.kind == "report"
    assert turn.report is not None
    assert interview.current(other).kind == "question"
    assert all(b"uniqueword" not in f.read_bytes() for f in tmp_path.iterdir() if f.is_file())
    interview.close()
