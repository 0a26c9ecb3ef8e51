"""What is shown on the web page is text, whoever wrote it."""

from __future__ import annotations

import html as standard
import json
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.addenda import Disagreement, Retry
from agent.debrief import PointLine, QuestionLine, Report, Tally, TopicReport
from agent.grades import AnswerSpan, GraderInfo, PointGrade, Scored, Ungraded
from agent.records import SessionSummary
from agent.turns import Marked, Turn, Unsure
from corpus.schema import KeyPoint, Question, Reference, Span
from ui.views import Citation
from ui.web import begin_html, debrief_html, html, mark_html, said_html, second_html, turn_html
from ui.web.beginning import Beginning
from ui.web.transcript import Additions, transcript_html

ACTIVE = re.compile(r"[*_`~\[\]()\-+=!|$\\{}:@/.>\"]")
NASTY = "<script>alert(1)</script> **b** [a](http://e.x) ![i](http://e.x) `c` $x$ \"' & | # ok"
GRADER = GraderInfo("embedded", "1", "m", True)
SPAN = Span(NASTY, f"/tmp/{NASTY.replace('/', '∕')}", 0, len(NASTY), NASTY)
POINT = PointGrade(
    "k1", NASTY, 1.0, "covered", 1.0, 0.9, "grader", AnswerSpan(0, len(NASTY), NASTY), SPAN
)
SCORED = Scored(1.0, 0.9, "correct", (POINT,), ("injection",), NASTY, GRADER)
UNGRADED = Ungraded("no_reference", (), NASTY, GRADER)
QUESTION = Question(
    "q", "d", NASTY, NASTY, "concept", "explicit", 1, (NASTY,), Reference.of((SPAN,)),
    (KeyPoint("k1", NASTY, 1.0, SPAN),), (), (), (NASTY,), NASTY,
)  # fmt: skip
TALLY = Tally(1, 1, 0, 0, 1.0, 1, 0.5)
TURN = Turn(
    "s", 1, "question", None, NASTY, 1, 1, 0, NASTY, None, (), NASTY, None, None, None, False
)
MARKED = Marked(1, QUESTION, NASTY, SCORED, SCORED, NASTY, True, (NASTY,), {"k1": 0.5})
OURS = {
    "div", "p", "b", "i", "ul", "li", "span", "details", "summary", "br", "button", "form",
    "label", "textarea", "small",
}  # fmt: skip
ATTRIBUTES = {
    "class", "aria-hidden", "aria-label", "role", "type", "style", "rows", "data-act",
    "data-reader", "data-do", "data-turn", "data-print", "data-practise",
}  # fmt: skip
STYLE = re.compile(r"left:\d+%(?:;width:\d+%)?")


class Reader(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def check(page: str) -> Reader:
    """Only our own tags, well nested; what came from outside is there as text."""
    seen = Reader(page)
    assert seen.open == []
    assert set(seen.tags) <= OURS
    assert {name for name, _ in seen.attributes} <= ATTRIBUTES
    for name, value in seen.attributes:
        if name in ("data-act", "data-reader"):
            assert isinstance(json.loads(value), dict)
        if name == "style":
            assert STYLE.fullmatch(value)
    assert NASTY in seen.text
    assert "\n" not in page  # a blank line would let Markdown in again
    return seen


@given(st.text())
@example("\ufffd")
@example("\u202ea\x00\t\n")
def test_escaped_text_holds_nothing_active_and_says_the_same(text: str) -> None:
    shown = html.escape(text)
    bare = re.sub(r"&(#\d+|lt|gt|amp|quot);", "", shown.replace("<br>", ""))
    assert "<" not in bare
    assert not ACTIVE.search(bare)
    assert "\n" not in shown
    said = standard.unescape(shown.replace("<br>", "\n"))
    assert said == "".join(c if _is_shown(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _is_shown(character: str) -> bool:
    """Not a control nor an override of the writing direction."""
    if character in "\n\t":
        return True
    overrides = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return (
        unicodedata.category(character) not in {"Cc", "Cs"}
        and unicodedata.bidirectional(character) not in overrides
    )


@given(st.text())
def test_what_a_button_carries_comes_back_and_ends_no_attribute(text: str) -> None:
    page = html.act_html("x", {"do": text}) + html.cite_html(Citation(text, "f", "q", 1, 2))
    seen = Reader(page)
    assert seen.tags == ["button", "button"]
    carried = dict(seen.attributes)
    assert json.loads(carried["data-reader"]) == {"document": text, "start": 1, "end": 2}
    assert json.loads(carried["data-act"]) == {"do": text}


def test_control_sequences_are_shown_as_such() -> None:
    assert "\x1b" not in html.escape("\x1b[31mred\x07")


def test_turns_and_answers() -> None:
    check(turn_html.prompt_html(TURN))
    check(turn_html.prompt_html(replace(TURN, kind="closing", cited=(SPAN,))))
    check(turn_html.note_html(NASTY))
    check(html.answer_html(NASTY))
    check(said_html.unknown_html("x") + html.escape(NASTY))


def test_what_a_hint_rests_on_is_not_cited() -> None:
    hinted = replace(TURN, cited=(SPAN,))
    assert "data-reader" not in turn_html.prompt_html(hinted)
    assert "data-reader" in turn_html.prompt_html(replace(hinted, kind="closing"))


def test_a_very_long_answer_opens_on_a_click_and_is_whole() -> None:
    text = "ab c" * html.LONGEST
    seen = Reader(html.answer_html(text))
    assert "details" in seen.tags
    assert len(seen.text) > len(text)
    assert seen.text.replace(f"… {len(text) - html.LONGEST:,} more characters", "") == text


def test_grades() -> None:
    check(mark_html.grade_html(SCORED, whole=True))
    check(mark_html.grade_html(UNGRADED, whole=True))
    check(mark_html.why_html(SCORED))
    assert "no mark" in mark_html.why_html(UNGRADED)


def test_a_mark_tells_which_points_were_not_needed() -> None:
    other = replace(POINT, id="k2", weight=0.0, verdict="missing", score=0.0, answer_span=None)
    why = mark_html.why_html(replace(SCORED, points=(POINT, other)))
    assert "of which the best 1 count" in why
    assert why.count("not needed") == 1
    assert why.count("it earns") == 1
    assert "not needed" not in mark_html.why_html(SCORED)


def test_a_point_cites_its_place_and_repeats_no_words() -> None:
    page = mark_html.grade_html(SCORED, whole=True)
    place = {"document": NASTY, "start": 0, "end": len(NASTY)}
    assert [json.loads(v) for n, v in Reader(page).attributes if n == "data-reader"] == [place]
    assert "Word for word" in page
    other = replace(SPAN, quote="other words", end=11)
    page = mark_html.grade_html(
        replace(SCORED, points=(replace(POINT, source_span=other),)), whole=True
    )
    assert "“other words”" in page


def test_a_source_that_says_otherwise_stands_beside_the_first() -> None:
    span = Span("library-x", "library:x-y", 0, len(NASTY), NASTY)
    other = replace(POINT, other_span=span)
    grade = replace(SCORED, points=(other,), flags=("sources_disagree",))
    seen = check(mark_html.grade_html(grade, whole=True))
    assert [n for n, _ in seen.attributes].count("data-reader") == 2
    assert "Another source says otherwise" in seen.text
    assert "Greenroom library, x y" in seen.text
    assert "disagree" in seen.text
    line = PointLine("q", NASTY, NASTY, 1.0, "covered", "grader", False, None, None, span)
    topic = TopicReport(NASTY, TALLY, (), (line,), (), (), (), (), ())
    page = debrief_html.report_html(Report("s", "local", "2026", None, 1, TALLY, (topic,)))
    assert "Another source says otherwise" in Reader(page).text


def test_missing_points_and_sources_stay_hidden_while_the_question_goes_on() -> None:
    missing = replace(POINT, text="the secret", verdict="missing", score=0.0)
    grade = replace(SCORED, points=(POINT, missing))
    page = mark_html.marked_html(replace(MARKED, closed=False, grade=grade))
    assert "the secret" not in page
    assert "data-reader" not in page
    assert "good answer" not in page
    assert "the secret" in mark_html.grade_html(grade, whole=True)


def test_words_compared_with_a_missing_point_are_not_shown_as_evidence() -> None:
    missing = replace(POINT, verdict="missing", score=0.0)
    page = mark_html.grade_html(replace(SCORED, points=(missing,)), whole=True)
    assert "You:" not in standard.unescape(page)


def test_a_closed_mark_says_what_can_be_done_about_it() -> None:
    seen = check(mark_html.marked_html(MARKED))
    for label in ("Why this mark", "Show a good answer", "Try again", "I disagree"):
        assert label in seen.text
    assert "at most 50%" in seen.text
    assert ("data-do", "retry") in seen.attributes


def test_a_good_answer_is_the_written_one_else_the_points_else_the_passage() -> None:
    check(mark_html.good_html(QUESTION))
    assert "these points" in mark_html.good_html(replace(QUESTION, model_answer=None))
    bare = replace(QUESTION, model_answer=None, key_points=())
    check(mark_html.good_html(bare))
    assert mark_html.good_html(replace(bare, reference=None)) == mark_html.NO_ANSWER


def test_second_looks_show_both_marks_and_what_changed() -> None:
    worse = replace(SCORED, score=0.25, points=(replace(POINT, verdict="missing", score=0.0),))
    retry = Retry("s", 1, 1, NASTY, "2026", worse)
    about = Disagreement("s", 1, 1, NASTY, "2026", worse, SCORED)
    page = second_html.second_html(MARKED, [retry], [about])
    seen = check(page)
    assert "before 100%, now 25%" in seen.text
    assert "covered, now not mentioned" in seen.text
    assert "marked 25%, marked again 100%" in seen.text
    waiting = replace(retry, grade=None)
    assert second_html.second_html(MARKED, [waiting], []) == ""


def test_points_put_to_the_candidate() -> None:
    unsure = Unsure("k1", NASTY, POINT.answer_span, POINT.source_span, "partial", 0.4)
    put = replace(TURN, kind="confirm", unsure=(unsure,), verdicts={})
    seen = check(turn_html.confirm_html(put, {}))
    asked = [json.loads(v) for n, v in seen.attributes if n == "data-act"]
    assert [a.get("verdict") for a in asked] == [
        "covered", "partial", "missing", "contradicted", None,
    ]  # fmt: skip
    assert "✓" in turn_html.confirm_html(put, {"k1": "missing"})
    nothing = turn_html.unsure_html(1, replace(unsure, answer_span=None, source_span=None), 1)
    check(nothing)
    assert "Nothing found" in nothing
    assert "Word for word in" in seen.text  # and not the same words twice
    other = turn_html.unsure_html(1, replace(unsure, text="another point"), 1)
    assert "It says: “" in check(other).text
    check(turn_html.verdicts_html(put))
    assert "left as guessed" in turn_html.verdicts_html(put)


def test_the_debrief() -> None:
    line = PointLine("q", NASTY, NASTY, 1.0, "missing", "grader", False, None, POINT.source_span)
    topic = TopicReport(
        NASTY, TALLY, (QuestionLine("q", NASTY, "graded", 0.123, None, 75.0),), (line,), (line,),
        (line,), (line,), (SPAN,), (NASTY,),
    )  # fmt: skip
    report = Report("s", "p", "t", None, 3, TALLY, (topic,))
    page = debrief_html.report_html(report, NASTY)
    seen = check(page)
    assert "12%" in seen.text
    assert "1:15" in seen.text
    assert "Download" in seen.text
    # What to work on stands before what is known.
    titles = ["Contradicts the source", "Not mentioned", "Partly covered", "Covered"]
    places = [page.index(f">{title}<") for title in titles]
    assert places == sorted(places)
    empty = replace(report, overall=replace(TALLY, asked=0), topics=())
    assert "No question was answered" in debrief_html.report_html(empty)


def test_the_debrief_leads_on_to_what_was_marked_below_good() -> None:
    asked = [
        QuestionLine(NASTY, NASTY, "graded", 0.59, None),
        QuestionLine("good", "", "graded", 0.6, None),
    ]
    asked += [
        QuestionLine("zero", "", "graded", 0.0, None),
        QuestionLine("skip", "", "skipped", None, None),
    ]
    topic = TopicReport(NASTY, TALLY, tuple(asked), (), (), (), (), (), ())
    report = Report("s", "p", "t", None, 4, TALLY, (topic,))
    wanted = [
        json.loads(v)
        for n, v in Reader(debrief_html.report_html(report)).attributes
        if n == "data-practise"
    ]
    assert wanted == [{"question_ids": [NASTY, "zero"]}]
    well = replace(topic, questions=(asked[1],))
    assert "data-practise" not in debrief_html.report_html(replace(report, topics=(well,)))


@pytest.mark.parametrize(
    ("scores", "label"), [((0.0, 0.9), "the one below"), ((0.0,) * 80, "60 b")]
)
def test_the_button_of_the_debrief_counts_what_it_asks(
    scores: tuple[float, ...], label: str
) -> None:
    asked = tuple(QuestionLine(f"q{n}", "", "graded", s, None) for n, s in enumerate(scores))
    topic = TopicReport("T", TALLY, asked, (), (), (), (), (), ())
    report = Report("s", "local", "2026", None, 1, TALLY, (topic,))
    assert label in debrief_html.report_html(report)


def test_a_follow_up_keeps_in_sight_what_it_goes_on_from() -> None:
    put = replace(TURN, kind="follow_up", note="", question=QUESTION, prompt="What else?")
    assert "What else?" in check(turn_html.prompt_html(put)).text


def test_the_beginning() -> None:
    told = SessionSummary("s", "p", "2026-01-02T03:04:05+00:00", None, (NASTY,), 3, 1, 0, 0, 0.5)
    short = replace(told, topics=(NASTY[:50],))
    here = Beginning(NASTY, (), (), NASTY, "", NASTY, (short,), (short,))
    check(begin_html.below_html(here))
    check(begin_html.reason_html(here))
    seen = Reader(begin_html.open_html(here))
    assert set(seen.tags) <= OURS
    assert NASTY[:50] in seen.text
    assert "1 of 3" in seen.text


@pytest.mark.parametrize("kind", ["question", "follow_up", "closing"])
def test_a_transcript_is_made_of_them(kind: str) -> None:
    first = replace(TURN, kind=kind)
    second = replace(first, number=2, marked=MARKED, reply=None)
    seen = check(transcript_html([first, second], Additions()))
    assert seen.text.count("You:") >= 1
    assert "Strong" in seen.text
