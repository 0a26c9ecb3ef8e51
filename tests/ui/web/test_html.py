"""What is shown on the web page is text, whoever wrote it."""

from __future__ import annotations

import html as standard
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent.debrief import PointLine, QuestionLine, Report, Tally, TopicReport
from agent.grades import AnswerSpan, GraderInfo, PointGrade, Scored, Ungraded
from agent.turns import Turn, Unsure
from corpus.schema import Span
from ui.web import html

ACTIVE = re.compile(r"[*_`~\[\]()\-+=!|$\\{}:@/.>\"]")
NASTY = "<script>alert(1)</script> **b** [a](http://e.x) ![i](http://e.x) `c` $x$ \"' & | # ok"
GRADER = GraderInfo("embedded", "1", "m", True)
POINT = PointGrade(
    "k1", NASTY, 1.0, "covered", 1.0, 0.9, "grader", AnswerSpan(0, len(NASTY), NASTY),
    Span("d", f"/tmp/{NASTY.replace('/', '∕')}", 0, len(NASTY), NASTY),
)  # fmt: skip
SCORED = Scored(1.0, 0.9, "correct", (POINT,), ("injection",), NASTY, GRADER)
TALLY = Tally(1, 1, 0, 0, 1.0, 1, 0.5)
TURN = Turn(
    "s", 1, "question", None, NASTY, 1, 1, 0, NASTY, None, (), NASTY, None, None, None, False
)
OURS = {
    "div", "p", "b", "i", "ul", "li", "span", "details", "summary", "blockquote", "mark", "br",
}  # fmt: skip


class Reader(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def passage(cited: Any) -> tuple[str, str, str]:
    """Surroundings as nasty as the rest."""
    return NASTY, cited.quote, NASTY


def check(page: str) -> None:
    """Only our own tags, well nested; what came from outside is there as text."""
    seen = Reader(page)
    assert seen.open == []
    assert set(seen.tags) <= OURS
    assert seen.attributes <= {"class", "aria-hidden"}
    assert NASTY in seen.text
    assert "\n" not in page  # a blank line would let Markdown in again


@given(st.text())
def test_escaped_text_holds_nothing_active_and_says_the_same(text: str) -> None:
    shown = html.escape(text)
    bare = re.sub(r"&(#\d+|lt|gt|amp|quot);", "", shown.replace("<br>", ""))
    assert "<" not in bare
    assert not ACTIVE.search(bare)
    assert "\n" not in shown
    said = standard.unescape(shown.replace("<br>", "\n"))
    assert [c for c in said if c != "\N{REPLACEMENT CHARACTER}"] == [
        c
        for c in text
        if c.isprintable() or not re.match(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]", c)
    ]


def test_control_sequences_are_shown_as_such() -> None:
    assert "\x1b" not in html.escape("\x1b[31mred\x07")


def test_turns_and_answers() -> None:
    check(html.prompt_html(TURN))
    check(html.note_html(NASTY))
    check(html.answer_html(NASTY))


def test_a_very_long_answer_opens_on_a_click_and_is_whole() -> None:
    text = "ab c" * html.LONGEST
    seen = Reader(html.answer_html(text))
    assert "details" in seen.tags
    assert len(seen.text) > len(text)
    assert seen.text.replace(f"… {len(text) - html.LONGEST:,} more characters", "") == text


def test_grades() -> None:
    check(html.grade_html(SCORED, passage, whole=True))
    check(html.grade_html(Ungraded("no_reference", (), NASTY, GRADER), passage, whole=True))


def test_a_cited_passage_is_marked() -> None:
    page = html.grade_html(SCORED, passage, whole=True)
    assert f"<mark>{html.escape(NASTY)}</mark>" in page


def test_a_source_that_says_otherwise_stands_beside_the_first() -> None:
    other = replace(POINT, other_span=Span("library-x", "library:x-y", 0, len(NASTY), NASTY))
    grade = replace(SCORED, points=(other,), flags=("sources_disagree",))
    page = html.grade_html(grade, passage, whole=True)
    check(page)
    assert page.count('<details class="source">') == 2
    assert "Another source says otherwise: Greenroom library, x y" in Reader(page).text
    assert "disagree" in Reader(page).text
    line = PointLine(
        "q", NASTY, NASTY, 1.0, "covered", "grader", False, None, None, other.other_span
    )
    topic = TopicReport(NASTY, TALLY, (), (line,), (), (), (), (), ())
    page = html.report_html(Report("s", "local", "2026", None, 1, TALLY, (topic,)), passage)
    assert "Another source says otherwise" in Reader(page).text


def test_missing_points_and_sources_stay_hidden_while_the_question_goes_on() -> None:
    missing = replace(POINT, text="the secret", verdict="missing", score=0.0)
    grade = replace(SCORED, points=(POINT, missing))
    assert "the secret" not in html.grade_html(grade, passage, whole=False)
    assert "<mark>" not in html.grade_html(grade, passage, whole=False)
    assert "the secret" in html.grade_html(grade, passage, whole=True)


def test_words_compared_with_a_missing_point_are_not_shown_as_evidence() -> None:
    missing = replace(POINT, verdict="missing", score=0.0)
    page = html.grade_html(replace(SCORED, points=(missing,)), passage, whole=True)
    assert "You:" not in standard.unescape(page)


def test_points_put_to_the_candidate() -> None:
    unsure = Unsure("k1", NASTY, POINT.answer_span, POINT.source_span, "partial", 0.4)
    check(html.unsure_html(1, unsure))
    nothing = html.unsure_html(1, replace(unsure, answer_span=None, source_span=None))
    check(nothing)
    assert "Nothing found" in nothing
    confirmed = replace(TURN, kind="confirm", unsure=(unsure,), verdicts={})
    check(html.verdicts_html(confirmed))
    assert "left as guessed" in html.verdicts_html(confirmed)


def test_the_debrief() -> None:
    line = PointLine("q", NASTY, NASTY, 1.0, "missing", "grader", False, None, POINT.source_span)
    topic = TopicReport(
        NASTY, TALLY, (QuestionLine("q", NASTY, "graded", 0.123, None),), (line,), (line,),
        (line,), (line,), (POINT.source_span,) if POINT.source_span else (), (NASTY,),
    )  # fmt: skip
    report = Report("s", "p", "t", None, 3, TALLY, (topic,))
    page = html.report_html(report, passage, NASTY)
    check(page)
    assert "12%" in standard.unescape(page)
    empty = replace(report, overall=replace(TALLY, asked=0), topics=())
    assert "No question was answered" in html.report_html(empty, passage)
