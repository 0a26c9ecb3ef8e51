"""An interview whose marker is a language model, and how it goes on when the model is lost."""

from __future__ import annotations

import random
import threading
from pathlib import Path

from rehearsal import Clock, make_bank, make_interview
from wordjudge import WordJudge, word_grader
from wordvectors import WordEmbedder

from agent.grades import Grader, Scored, Ungraded
from agent.interview import Interview
from agent.interviewer import Candidate
from agent.llm.client import LanguageModel
from agent.llm.combined import CombinedGrader
from agent.llm.companion import Companion
from agent.llm.endpoint import Endpoint
from agent.llm.fallback import WithFallback
from agent.llm.grader import LanguageModelGrader
from agent.llm.interviewer import ModelInterviewer
from agent.llm.late_model import LateModel
from agent.llm.patience import Patience
from agent.llm.scripted import ScriptedModel
from agent.plan import Options
from agent.settings import Settings
from agent.turns import Turn
from agent.workspace import Workspace


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


def model_of(server: ScriptedModel) -> LanguageModel:
    return LanguageModel(
        Endpoint(server.url), server.name, Patience(rng=random.Random(0), sleep=lambda _: None)
    )


def rehearsed(home: Path, model: LanguageModel) -> Interview:
    """Marks by hand, words by the model."""
    from rehearsal import WordGrader

    asking = ModelInterviewer(lambda: model, WordJudge)
    return Interview(
        home, make_bank(), WordGrader(), None, Clock(), random.Random(7), interviewer=asking
    )


def test_the_model_asks_after_the_candidates_own_words_once(tmp_path: Path) -> None:
    with ScriptedModel("good") as server:
        interview = rehearsed(tmp_path, model_of(server))
        turn = interview.start(Options(count=1, seed=1))
        turn = interview.answer(turn.session_id, "It was alpha at first, I think", turn.number)
        asked = len(server.requests)
        assert turn.kind == "follow_up"
        assert turn.prompt == "You said “It was alpha at”. What exactly do you mean by that?"
        assert interview.current(turn.session_id).prompt == turn.prompt
        assert len(server.requests) == asked == 1
        hinted = interview.answer(turn.session_id, "!hint", turn.number)
        assert hinted.note.startswith("What has to happen before that, and why?")
        interview.close()


def test_whatever_part_it_plays_the_marks_and_the_flow_are_the_same(tmp_path: Path) -> None:
    def held(role: str) -> list[tuple[object, ...]]:
        with ScriptedModel(role) as server:
            interview = rehearsed(tmp_path / role, model_of(server))
            turn = interview.start(Options(count=2, seed=1))
            session = turn.session_id
            for said in ("hint", "alpha gamma, full marks", "beta delta", "never alpha", "x", "y"):
                turn = on(interview.answer(session, said, turn.number), interview)
            shown = [(t.kind, t.attempt, t.grade) for t in interview.turns(session)]
            interview.close()
            return shown

    assert held("good") == held("sycophant") == held("liar") == held("obedient")


def test_a_workspace_says_words_after_a_mark_and_reads_drafts_ahead(tmp_path: Path) -> None:
    with ScriptedModel("good") as server:
        workspace = Workspace(Settings(home=tmp_path, llm_url=server.url))
        interview, model = make_interview(tmp_path), model_of(server)
        late = LateModel(lambda: model)
        workspace.__dict__.update(interview=interview, judge=WordJudge(), language_model=late)
        turn = interview.start(Options(count=2, seed=1, follow_ups=False))
        assert list(workspace.remarks_after(turn.session_id, turn.number)) == []
        assert workspace.warm_draft(turn.session_id, "alpha beta gamma")
        assert not workspace.warm_draft(turn.session_id, "alpha beta gamma delta and more of it")
        turn = interview.answer(turn.session_id, "alpha beta", turn.number)
        said = list(workspace.remarks_after(turn.session_id, turn.number))
        assert [r.about for r in said] == ["good", "missed"]
        assert said[1].line == "Missing: So gamma delta."
        assert "alpha beta gamma" not in str(interview.history.turns(turn.session_id))
        interview.close()


def test_no_words_where_the_embedded_grader_was_asked_for(tmp_path: Path) -> None:
    companion = Companion(lambda: None, WordJudge)
    interview = make_interview(tmp_path)
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    turn = interview.answer(turn.session_id, "alpha beta", turn.number)
    assert list(companion.remarks(turn.marked)) == []
    interview.close()


def test_the_next_question_is_read_ahead_when_it_is_put(tmp_path: Path) -> None:
    with ScriptedModel("good") as server:
        model = model_of(server)
        companion = Companion(lambda: model, WordJudge, lambda: True)
        interview = Interview(
            tmp_path, make_bank(), word_grader(), None, Clock(), random.Random(7),
            interviewer=companion.interviewer,
        )  # fmt: skip
        turn = interview.start(Options(count=2, seed=1, follow_ups=False))
        for thread in threading.enumerate():
            if thread.name == "warming":
                thread.join(30)
        interview.close()
        sent = [str(r["messages"]) for r in server.requests if len(r.get("messages", ())) == 2]
    assert turn.question is not None
    assert any(turn.question.question in text for text in sent)
    silent = Companion(lambda: model, WordJudge)
    assert silent.interviewer.worded(turn.question, Candidate()) == turn.question.question
