"""The report counts apart what must be counted apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rehearsal import Bank, make_interview, make_question

from agent.debrief import Report
from agent.export import to_markdown
from agent.interview import Interview
from agent.plan import Options


@pytest.fixture
def interview(tmp_path: Path) -> Iterator[Interview]:
    bank = Bank(
        [
            make_question(0, "Sorting"),
            make_question(1, "Sorting", points=()),
            make_question(2, "Trees", further_reading=("Chapter 3",)),
            make_question(3, "Trees"),
            make_question(4, "Trees"),
        ]
    )
    made = make_interview(tmp_path, bank)
    yield made
    made.close()


def run(interview: Interview, replies: dict[str, str]) -> Report:
    ids = tuple(f"{'d' * 16}-{n}" for n in range(5))
    turn = interview.start(Options(question_ids=ids, follow_ups=False))
    while not turn.finished:
        assert turn.question is not None
        turn = interview.answer(turn.session_id, replies[turn.question.id[-1]], turn.number)
    assert turn.report is not None
    return turn.report


def test_means_are_over_what_was_graded(interview: Interview) -> None:
    report = run(
        interview,
        {
            "0": "alpha beta gamma delta",
            "1": "something",
            "2": "alpha beta",
            "3": "skip",
            "4": "never alpha",
        },
    )
    assert [t.topic for t in report.topics] == ["Sorting", "Trees"]
    sorting, trees = report.topics
    assert (sorting.tally.graded, sorting.tally.ungraded, sorting.tally.mean) == (1, 1, 1.0)
    assert (trees.tally.graded, trees.tally.skipped, trees.tally.mean) == (2, 1, 0.25)
    assert (report.overall.asked, report.overall.mean) == (5, 0.5)
    assert [q.outcome for q in trees.questions] == ["graded", "skipped", "graded"]
    assert [q.reason for q in sorting.questions] == [None, "no_reference"]


def test_what_lacks_is_cited_and_leads_to_what_to_read(interview: Interview) -> None:
    report = run(
        interview, {"0": "idk", "1": "skip", "2": "alpha beta", "3": "skip", "4": "never alpha"}
    )
    sorting, trees = report.topics
    assert {p.text for p in sorting.missed} == {"alpha beta", "gamma delta"}
    assert [(p.text, p.quote) for p in trees.wrong] == [("alpha beta", "alpha")]
    assert all(p.source is not None and p.source.path == "/notes.md" for p in sorting.missed)
    assert [s.quote for s in trees.read_next] == ["alpha beta\ngamma delta"]
    assert trees.further_reading == ("Chapter 3",)
    assert sorting.further_reading == ()


def test_what_a_choice_did_not_need_is_not_missed(tmp_path: Path) -> None:
    points = ("alpha one", "beta two", "gamma three", "delta four", "epsilon five")
    questions = [
        make_question(n, question=f"Name two aims of item{n}.", points=points) for n in range(2)
    ]
    interview = make_interview(tmp_path, Bank(questions))
    ids = tuple(q.id for q in questions)
    turn = interview.start(Options(question_ids=ids))
    turn = interview.answer(turn.session_id, "delta four and alpha one", turn.number)
    assert (turn.question, turn.kind) == (questions[1], "question")  # no follow-up
    turn = interview.answer(turn.session_id, "beta two", turn.number)
    assert turn.kind == "follow_up"
    assert turn.prompt == "That is 1 of the 2 asked for. What else is there?"
    turn = interview.answer(turn.session_id, "epsilon five", turn.number)
    interview.close()
    assert turn.report is not None
    (topic,) = turn.report.topics
    assert turn.report.overall.mean == 1.0
    assert topic.missed == ()
    assert topic.read_next == ()
    assert [p.text for p in topic.covered] == [
        "alpha one",
        "delta four",
        "beta two",
        "epsilon five",
    ]


def test_markdown_neutralises_what_others_wrote(tmp_path: Path) -> None:
    bank = Bank([make_question(0, "<b>T</b>", question="Is `x` [a](b)?")])
    interview = make_interview(tmp_path, bank)
    turn = interview.start(Options(count=1, follow_ups=False))
    interview.answer(turn.session_id, "alpha")
    written = to_markdown(interview.report(turn.session_id))
    assert r"\<b\>T\</b\>" in written
    assert r"Is \`x\` \[a\](b)?" in written
    assert "“alpha”" in written
    interview.close()
