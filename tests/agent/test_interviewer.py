"""The seam for words: when an interviewer is asked, once, and what the history keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from rehearsal import Bank, make_interview, make_question

from agent.grades import PointGrade, Scored
from agent.hints import Probe
from agent.interviewer import Candidate, FixedInterviewer, Interviewer, Words
from agent.plan import Options
from agent.state import State
from corpus.schema import Question, Span

CITED = Span("d" * 16, "/notes.md", 0, 5, "alpha")


class Talker:
    """Says something else every time, and counts."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def _next(self, what: str) -> str:
        self.said.append(what)
        return f"{what} {len(self.said)}"

    def hint(
        self, question: Question, points: Sequence[PointGrade], said: str, number: int
    ) -> Words:
        return Words(self._next("hint"), (CITED,))

    def probe(
        self, question: Question, points: Sequence[PointGrade], said: str, asked: Sequence[str]
    ) -> Probe | None:
        return Probe(self._next("probe"), "k2")

    def good_answer(self, question: Question) -> Words | None:
        return None

    def worded(self, question: Question, candidate: Candidate) -> str:
        return self._next(f"question for {candidate.role}")


def test_an_interviewer_words_questions_hints_and_follow_ups(tmp_path: Path) -> None:
    bank = Bank([make_question(1, roles=("ml-engineer",)), make_question(2)])
    interview = make_interview(tmp_path, bank, interviewer=Talker())
    turn = interview.start(Options(count=1, seed=1, roles=("ml-engineer",)))
    assert turn.prompt == "question for ml-engineer 1"
    assert turn.question is not None
    assert "thing" in turn.question.question  # what is graded stays as it is
    turn = interview.answer(turn.session_id, "hint", 1)
    assert turn.note.startswith("hint 2 This point now earns at most 75%")
    assert turn.cited == (CITED,)
    assert turn.prompt == "question for ml-engineer 1"
    turn = interview.answer(turn.session_id, "alpha beta", 2)
    assert turn.prompt == "probe 3"
    assert isinstance(turn.grade, Scored)
    interview.close()


@pytest.mark.parametrize("step", ["ask", "tell", "follow_up"])
def test_what_was_said_first_stays_when_a_step_runs_twice(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview = make_interview(tmp_path, interviewer=Talker())
    session = interview.start(Options(count=2, seed=1)).session_id
    whole = getattr(interview._flow, step)

    def cut_off(state: State) -> State:
        whole(state)
        raise OSError("killed")

    monkeypatch.setattr(interview._flow, step, cut_off)
    with pytest.raises(OSError, match="killed"):  # noqa: PT012
        for number, text in enumerate(("hint", "alpha beta", "gamma delta"), 1):
            interview.answer(session, text, number)
    kept = [(t.prompt, t.note) for t in interview.history.turns(session)]
    interview.close()
    talker = Talker()
    interview = make_interview(tmp_path, interviewer=talker)
    interview.current(session)
    turns = interview.history.turns(session)
    assert [(t.prompt, t.note) for t in turns][: len(kept)] == kept
    assert step != "tell" or "hint" not in talker.said
    assert step != "follow_up" or "probe" not in talker.said
    # The graph goes on from what was kept, not from what would be said now.
    turn = interview.answer(session, "repeat", turns[-1].number)
    assert turn.prompt == turns[-1].prompt
    interview.close()


def test_where_an_interviewer_has_no_follow_up_the_fixed_one_is_put(tmp_path: Path) -> None:
    class Silent(Talker):
        def probe(
            self, question: Question, points: Sequence[PointGrade], said: str, asked: Sequence[str]
        ) -> Probe | None:
            return None

    interview = make_interview(tmp_path, interviewer=Silent())
    turn = interview.start(Options(count=1, seed=1))
    turn = interview.answer(turn.session_id, "alpha beta", 1)
    assert turn.question is not None
    assert turn.prompt == turn.question.follow_ups[0].text
    interview.close()


def test_the_fixed_interviewer_gives_good_answers_from_what_is_there() -> None:
    fixed: Interviewer = FixedInterviewer()
    written = fixed.good_answer(make_question(1, model_answer="It is so."))
    assert written is not None
    assert (written.text, len(written.cited)) == ("It is so.", 2)
    points = fixed.good_answer(make_question(1))
    assert points is not None
    assert points.text == "- alpha beta\n- gamma delta"
    assert [span.quote for span in points.cited] == ["alpha beta", "gamma delta"]
    bare = make_question(1, points=())
    assert fixed.good_answer(bare) is None
    assert fixed.worded(bare, Candidate(role="any")) == bare.question


def test_a_story_without_a_rubric_is_held_against_what_any_good_story_has(tmp_path: Path) -> None:
    bare = make_question(
        1, kind="behavioural", points=(), question="Tell me about a time you missed a deadline."
    )
    interview = make_interview(tmp_path, Bank([bare]))
    turn = interview.start(Options(count=1, seed=1, follow_ups=False))
    turn = interview.answer(turn.session_id, "Our project was late and I told everybody.", 1)
    assert isinstance(turn.grade, Scored)
    assert [p.id for p in turn.grade.points][:4] == ["situation", "task", "action", "result"]
    interview.close()
