"""What grades, questions and debriefs look like as text."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from agent.debrief import PointLine, QuestionLine, Report, Tally, TopicReport
from agent.grades import AnswerSpan, Grade, GraderInfo, PointGrade, Scored, Ungraded
from corpus.schema import Span
from ui.debrief import MOST_POINTS, print_report
from ui.terminal import GradePrinter
from ui.views import citation, direction, grade_view, match, point_view, sureness

INFO = GraderInfo("embedded", "1", "m", False)
SOURCE = Span("d1", "/notes/notes.md", 10, 31, "Yeast makes the gas.")
POINT = PointGrade(
    "k1",
    "Yeast makes gas.",
    1.0,
    "covered",
    1.0,
    0.9,
    "grader",
    AnswerSpan(3, 12, "yeast gas"),
    SOURCE,
)
MISSED = replace(
    POINT, id="k2", text="Salt slows it.", weight=2.0, verdict="missing", score=0, answer_span=None
)
GRADE = Scored(0.62, 0.7, "partial", (POINT, MISSED), (), "", INFO)


def drawn(width: int = 80) -> tuple[Console, io.StringIO]:
    stream = io.StringIO()
    return Console(file=stream, width=width, highlight=False, emoji=False), stream


def text_of(grade: Grade, *, whole: bool = True, width: int = 80) -> str:
    console, stream = drawn(width)
    GradePrinter(console).print_grade(grade, whole=whole)
    return stream.getvalue()


def test_a_grade_shows_both_quotes_and_the_place() -> None:
    shown = text_of(GRADE)
    assert "62%" in shown
    assert "you: “yeast gas”" in shown
    assert "notes.md, characters 10–31: “Yeast makes the gas.”" in shown


def test_a_point_that_is_missing_quotes_nobody() -> None:
    compared = replace(MISSED, answer_span=POINT.answer_span)
    shown = text_of(replace(GRADE, points=(compared,)))
    assert "Salt slows it." in shown
    assert "you:" not in shown


def test_a_source_that_says_otherwise_follows_the_first() -> None:
    other = Span("library-x", "library:x-y", 3, 9, "No gas.")
    disputed = replace(GRADE, points=(replace(POINT, other_span=other),))
    shown = text_of(replace(disputed, flags=("sources_disagree",)))
    assert "but Greenroom library, x y, characters 3–9: “No gas.”" in " ".join(shown.split())
    assert "disagree" in shown
    assert "No gas" not in text_of(disputed, whole=False)


def test_where_some_points_are_enough_it_says_so() -> None:
    some = replace(GRADE, points=(POINT, replace(MISSED, weight=0.0)))
    assert "Any 1 of these points are enough." in text_of(some)
    assert "enough" not in text_of(GRADE)


def test_points_not_said_are_kept_back_while_the_question_goes_on() -> None:
    shown = text_of(GRADE, whole=False)
    assert "Salt" not in shown
    assert "Yeast makes the gas" not in shown
    assert "yeast gas" in shown


def test_the_heaviest_point_comes_first() -> None:
    assert [p.id for p in grade_view(GRADE).points] == ["k2", "k1"]


def test_a_quote_that_repeats_the_point_is_not_printed_twice() -> None:
    same = replace(POINT, text="Yeast  makes\nthe gas.")
    shown = text_of(replace(GRADE, points=(same,)))
    assert "word for word in notes.md, characters 10–31" in shown
    assert "“Yeast makes the gas.”" not in shown


def test_what_the_candidate_marked_reads_so() -> None:
    view = point_view(replace(POINT, by="candidate"))
    assert view.self_marked
    assert view.verdict == "covered, marked by you"
    assert "[covered, marked by you]" in text_of(
        replace(GRADE, points=(replace(POINT, by="candidate"),))
    )


@pytest.mark.parametrize(
    ("confidence", "word"), [(0.95, "sure"), (0.7, "fairly sure"), (0.2, "unsure")]
)
def test_confidence_in_words(confidence: float, word: str) -> None:
    assert sureness(confidence) == word


def test_a_point_s_own_text_is_no_citation() -> None:
    assert citation(replace(SOURCE, document_id="key_points")) is None
    assert citation(None) is None


def test_an_ungraded_answer_has_no_number() -> None:
    view = grade_view(Ungraded("too_long", (), "Too long.", INFO))
    assert view.percent is None
    assert "100,000" in view.headline
    assert "%" not in text_of(Ungraded("no_reference", (), "", INFO))


def test_nothing_steers_the_terminal_or_is_read_as_markup() -> None:
    evil = replace(
        POINT,
        text="[red]x[/red] \x1b]0;t\x07 [/]",
        answer_span=AnswerSpan(0, 4, "\x1b[2J"),
        source_span=replace(SOURCE, path="/a/\x1b[1m[/].md", quote="\u202ee\x9bv"),
    )
    shown = text_of(replace(GRADE, points=(evil,)))
    assert "[red]x[/red]" in shown
    assert not set(shown) & set("\x1b\x07\x9b\u202e")


def test_lines_end_without_blanks_and_fit_a_narrow_terminal() -> None:
    lines = text_of(GRADE, width=30).splitlines()
    assert all(len(line) <= 30 and line == line.rstrip() for line in lines)


TALLY = Tally(asked=1, graded=1, ungraded=0, skipped=0, mean=0.5, points=2, self_marked=0.5)


def line_of(number: int, verdict: str, **changes: object) -> PointLine:
    line = PointLine(
        "q", "Q?", f"point {number}", float(number), verdict, "grader", False, None, SOURCE
    )  # type: ignore[arg-type]
    return replace(line, **changes)  # type: ignore[arg-type]


def report_of(missed: int = 0, overall: Tally = TALLY) -> Report:
    topic = TopicReport(
        "Bread [/]",
        TALLY,
        (QuestionLine("q", "Q?", "graded", 0.5, None),),
        (line_of(0, "covered", by="candidate"),),
        (),
        tuple(line_of(n, "missing") for n in range(1, missed + 1)),
        (line_of(99, "contradicted", unsure=True, quote="it cools"),),
        (SOURCE,),
        ("A book",),
    )
    return Report("s1", "local", "2026", None, 3, overall, (topic,))


def debrief(report: Report, *, whole: bool = False) -> str:
    console, stream = drawn()
    print_report(console, report, whole=whole)
    return stream.getvalue()


def test_a_debrief_counts_what_was_right_and_cites_what_was_not() -> None:
    shown = debrief(report_of(missed=1))
    assert "1 of 3 questions graded, on average 50%; 50% of the points marked by you." in shown
    assert "Bread [/] · 50%" in shown
    assert "1 point covered, marked by you" in shown
    assert "point 1" in shown
    assert "notes.md, characters 10–31" in shown
    assert "point 99 [a guess]" in shown
    assert "you: “it cools”" in shown
    assert "A book" in shown


def test_a_debrief_names_the_heaviest_and_counts_the_rest() -> None:
    shown = debrief(report_of(missed=MOST_POINTS + 3))
    assert "○ point 8" in shown
    assert "○ point 3\n" not in shown
    assert "and 3 more" in shown
    assert "○ point 3\n" in debrief(report_of(missed=MOST_POINTS + 3), whole=True)


def test_nothing_answered_makes_no_debrief() -> None:
    nothing = Tally(asked=0, graded=0, ungraded=0, skipped=0, mean=None, points=0, self_marked=0)
    shown = debrief(replace(report_of(overall=nothing), topics=()))
    assert len(shown.strip().splitlines()) == 1
    assert "Debrief" not in shown


@pytest.mark.parametrize(
    ("score", "words"),
    [(1.0, "strong"), (0.97, "strong"), (0.96, "fair"), (0.5, "fair"), (0.49, "weak"), (0, "weak")],
)
def test_a_passage_matches_in_words_and_not_in_percent(score: float, words: str) -> None:
    assert match(score) == f"{words} match"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (MISSED, replace(MISSED, score=0.04), "same"),  # the words say: still not mentioned
        (MISSED, replace(MISSED, verdict="contradicted"), "worse"),
        (None, POINT, "better"),
        (POINT, None, "worse"),
    ],
)
def test_where_a_verdict_went(
    before: PointGrade | None, after: PointGrade | None, told: str
) -> None:
    assert direction(before, after) == told
