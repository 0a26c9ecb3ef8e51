"""An interview whose marker is a language model, and how it goes on when the model is lost."""

from __future__ import annotations

import random
from pathlib import Path

from rehearsal import Clock, make_bank
from wordjudge import word_grader
from wordvectors import WordEmbedder

from agent.grades import Grader, Scored, Ungraded
from agent.interview import Interview
from agent.llm.client import LanguageModel
from agent.llm.combined import CombinedGrader
from agent.llm.endpoint import Endpoint
from agent.llm.fallback import WithFallback
from agent.llm.grader import LanguageModelGrader
from agent.llm.patience import Patience
from agent.llm.scripted import ScriptedModel
from agent.plan import Options
from agent.turns import Turn


def combined(server: ScriptedModel) -> CombinedGrader:
    model = LanguageModel(
        Endpoint(server.url), server.name, Patience(rng=random.Random(0), sleep=lambda _: None)
    )
    return CombinedGrader(LanguageModelGrader(model, WordEmbedder()), word_grader())


def interview_of(home: Path, grader: Grader) -> Interview:
    return Interview(home, make_bank(), grader, None, Clock(), random.Random(7))


def said(turn: Turn) -> str:
    """All key points of the question, a sentence each."""
    assert turn.question is not None
    return " ".join(f"It is {p.text.rstrip('.')}." for p in turn.question.key_points)


def on(turn: Turn, interview: Interview) -> Turn:
    """The turn after the doubts, if there were any, were left as they are."""
    return interview.confirm(turn.session_id, {}) if turn.kind == "confirm" else turn


def test_a_session_outlives_its_model(tmp_path: Path) -> None:
    options = Options(count=2, seed=1, follow_ups=False)
    with ScriptedModel("good") as server:
        interview = interview_of(tmp_path, combined(server))
        turn = interview.start(options)
        session = turn.session_id
        turn = on(interview.answer(session, said(turn), turn.number), interview)
        assert turn.marked is not None
        assert isinstance(turn.marked.grade, Scored)
        assert turn.marked.grade.grader.name == "combined"
    last = interview.answer(session, said(turn), turn.number)
    assert last.marked is not None
    assert isinstance(last.marked.grade, Ungraded)
    assert last.marked.grade.reason == "model_unavailable"
    interview.close()
    again = interview_of(tmp_path, word_grader())
    found = again.report(session).overall
    assert (found.graded, found.ungraded) == (1, 1)
    assert again.current(session).number == last.number
    again.close()


def test_with_a_fallback_the_next_mark_names_its_marker(tmp_path: Path) -> None:
    with ScriptedModel("good") as server:
        grader = WithFallback(combined(server), word_grader())
    interview = interview_of(tmp_path, grader)
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    turn = interview.answer(turn.session_id, said(turn), turn.number)
    assert turn.marked is not None
    assert isinstance(turn.marked.grade, Scored)
    assert turn.marked.grade.grader.name == "embedded"
    interview.close()
