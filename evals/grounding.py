"""The suite ``grounding``: is every quote exact, and does it carry what it is cited for?

One case: the point "a warp has 32 threads", covered; its quote from the answer must stand there
word for word, speak to the point when read alone, and its line of the source must support it.
Invariant: spans are checked on what is shown, against the texts that they claim to come from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from agent.batch import rows_at_a_time
from agent.grades import GradeRequest, PointGrade, Scored, Verdict
from agent.judge import VERDICTS, Judge, Pair
from agent.segments import sentences
from agent.verification import Verification, verify
from corpus.schema import KeyPoint, Question, Span
from evals.cases import marks_rows, sample
from evals.marks import Marks, load_marks
from evals.metrics import Rows, estimate
from evals.result import Figure, Goal, Result, joined
from evals.sampling import spread
from index.threads import cores, in_order

if TYPE_CHECKING:
    from agent.workspace import Workspace

ANSWERS = 150  # of the dev split, whole questions
STRANGE = 400  # points held against another point's quote
SEED = 0
SPEAKS = frozenset({"covered", "partial"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One point of one graded answer as a person sees it; `human` is the marked verdict."""

    question_id: str
    answer_id: str
    answer: str
    question: str
    point: PointGrade
    human: Verdict


@dataclass(frozen=True, slots=True)
class Sourced:
    """A key point of the library with its quote, or with a stranger's."""

    question_id: str
    point: KeyPoint
    quote: str
    own: bool


def run(workspace: Workspace, most: int | None = None) -> Result:
    """The quotes of our own marked answers and of the library, judged by the workspace's judge; of
    `most` answers and as many questions of the library where it is given."""
    judge = workspace.judge
    bank = {q.id: q for q in workspace.questions(source="library")}
    shown = graded_points(load_marks(), bank, workspace, most or ANSWERS)
    asked = spread(list(bank.values()), most, lambda question: question.topic)
    parts = [
        exact_spans(shown, workspace),
        speaking_quotes(shown, judge),
        carrying_sources(asked, judge),
    ]
    return joined("grounding", parts)


def graded_points(
    marks: Marks, bank: dict[str, Question], workspace: Workspace, most: int = ANSWERS
) -> list[Shown]:
    """The points of a sample of our marked answers, graded as the bank asks for it."""
    grader = workspace.grader("auto")
    rows = sample([r for r in marks_rows(marks.part("dev")) if r["question_id"] in bank], most)
    requests = [GradeRequest.of(bank[row["question_id"]], row["answer"]) for row in rows]
    shown = []
    for row, grade in zip(
        rows, in_order(grader.grade, requests, rows_at_a_time(grader)), strict=True
    ):
        if isinstance(grade, Scored):
            shown += [
                Shown(row["question_id"], row["id"], row["answer"], row["question"], point, verdict)
                for point in grade.points
                if (verdict := row["verdicts"].get(point.id))
            ]
    return shown


def exact_spans(shown: Sequence[Shown], workspace: Workspace) -> Result:
    """Whether ``text[start:end] == quote`` on both sides, and every verdict has its words."""
    texts: dict[str, str] = {}

    def stands(span: Span) -> bool:
        if span.document_id not in texts:
            texts[span.document_id] = workspace.document(span.document_id).text
        return texts[span.document_id][span.start : span.end] == span.quote

    faults, answers, sources = [], [], []
    for case in shown:
        name = f"{case.answer_id}/{case.point.id}"
        quoted = case.point.answer_span
        # The nearest words of a missing point serve to ask; they are not shown as a quote.
        if case.point.verdict != "missing" and quoted is None:
            faults.append(f"{name} is {case.point.verdict} without words of the answer")
        elif case.point.verdict != "missing" and quoted is not None:
            answers.append(case.answer[quoted.start : quoted.end] == quoted.quote != "")
            faults += [] if answers[-1] else [f"{name} quotes what does not stand in the answer"]
        for span in filter(None, (case.point.source_span, case.point.other_span)):
            sources.append(stands(span))
            faults += [] if sources[-1] else [f"{name} quotes what does not stand in the source"]
    figures = (
        Figure("spans/answer_exact", _share(answers), goal="high", limit=1.0),
        Figure("spans/source_exact", _share(sources), goal="high", limit=1.0),
    )
    text = f"spans: {len(answers)} of answers, {len(sources)} of sources, {len(faults)} wrong"
    details = {"answer_spans": len(answers), "source_spans": len(sources)}
    return Result("grounding", text, figures, details, faults=tuple(faults), title="spans")


def speaking_quotes(shown: Sequence[Shown], judge: Judge) -> Result:
    """Whether what is quoted from an answer speaks to its point.

    ``speaks``: of points called covered, those whose quote, in its sentence and read alone, is
    judged to say the point or a part of it. ``cited_right``: of points shown with a quote as
    covered or partial, those that people call so too. ``cited_for_missing``: of points that people
    call missing, those shown with a quote all the same.
    """
    covered = [c for c in shown if c.point.verdict == "covered" and c.point.answer_span]
    pairs = [Pair(c.point.text, sentence_of(c), c.question) for c in covered]
    chances = judge.judge(pairs) if pairs else np.zeros((0, len(VERDICTS)), np.float32)
    given = [VERDICTS[int(row.argmax())] for row in chances]
    cited = [c for c in shown if c.point.verdict in SPEAKS and c.point.answer_span]
    unsaid = [c for c in shown if c.human == "missing"]
    figures = (
        _figure("quotes/speaks", covered, [v in SPEAKS for v in given], "high"),
        _figure("quotes/cited_right", cited, [c.human in SPEAKS for c in cited], "high"),
        _figure("quotes/cited_for_missing", unsaid, [_is_cited(c) for c in unsaid], "low"),
    )
    rows = tuple(
        _quote_row(c, pair.passage, verdict)
        for c, pair, verdict in zip(covered, pairs, given, strict=True)
        if verdict not in SPEAKS
    )
    text = _lines(f"quotes: {len(shown)} points, {len(covered)} called covered", figures)
    return Result("grounding", text, figures, {"points": len(shown)}, rows, title="quotes")


def sentence_of(case: Shown) -> str:
    """The sentences of the answer that its quote lies in; empty without a quote."""
    span = case.point.answer_span
    if span is None:
        return ""
    touched = [
        (low, high) for low, high in sentences(case.answer) if low < span.end and span.start < high
    ]
    return case.answer[touched[0][0] : touched[-1][1]] if touched else span.quote


def carrying_sources(questions: Sequence[Question], judge: Judge, strange: int = STRANGE) -> Result:
    """Whether the line of the library that a key point cites supports it, and whether another
    point's line of the same question does not."""
    cases = list(_sourced(questions, strange))
    found = list(in_order(lambda c: verify(c.point.text, _cut(c.quote), judge), cases, cores()))
    own = [(c, f) for c, f in zip(cases, found, strict=True) if c.own]
    other = [(c, f) for c, f in zip(cases, found, strict=True) if not c.own]
    figures = (
        _source_figure("sources/supported", own, "high"),
        _source_figure("sources/strange_supported", other, "low"),
    )
    rows = tuple(
        {"question_id": c.question_id, "point_id": c.point.id, "point": c.point.text,
         "quote": c.quote, "label": f.label, "score": f.score}
        for c, f in own
        if f.label != "supported"
    )  # fmt: skip
    text = _lines(f"sources: {len(own)} points of the library, {len(other)} strangers", figures)
    details = {"points": len(own), "strange": len(other)}
    return Result("grounding", text, figures, details, rows, title="sources")


def _sourced(questions: Sequence[Question], strange: int) -> Iterator[Sourced]:
    rng = np.random.default_rng(SEED)
    pairs = []
    for question in questions:
        points = [(p, p.span.quote) for p in question.key_points if p.span is not None]
        for i, (point, quote) in enumerate(points):
            yield Sourced(question.id, point, quote, own=True)
            others = {q for _, q in points[i + 1 :] + points[:i] if q != quote}
            pairs += [Sourced(question.id, point, sorted(others)[0], own=False)] if others else []
    chosen = sorted(rng.permutation(len(pairs))[:strange].tolist())
    yield from (pairs[i] for i in chosen)


def _cut(quote: str) -> list[str]:
    return [quote[low:high] for low, high in sentences(quote)]


def _is_cited(case: Shown) -> bool:
    return case.point.verdict in SPEAKS and case.point.answer_span is not None


def _share(right: Sequence[bool]) -> float:
    return float(np.mean(right)) if right else float("nan")


def _figure(name: str, cases: Sequence[Shown], right: Sequence[bool], goal: Goal) -> Figure:
    return _interval(name, [c.question_id for c in cases], right, goal)


def _source_figure(name: str, found: Sequence[tuple[Sourced, Verification]], goal: Goal) -> Figure:
    groups = [case.question_id for case, _ in found]
    return _interval(name, groups, [f.label == "supported" for _, f in found], goal)


def _interval(name: str, groups: Sequence[str], right: Sequence[bool], goal: Goal) -> Figure:
    """A share with its interval, clustered by question."""
    if not right:
        return Figure(name, float("nan"))
    values = np.asarray(right, dtype=np.float64)

    def mean(at: Rows) -> float:
        return float(values[at].mean())

    found = estimate(groups, mean, SEED)
    return Figure(name, found.value, found.low, found.high, goal)


def _quote_row(case: Shown, sentence: str, verdict: Verdict) -> dict[str, Any]:
    return {
        "answer_id": case.answer_id, "point_id": case.point.id, "point": case.point.text,
        "sentence": sentence, "alone": verdict, "human": case.human,
    }  # fmt: skip


def _lines(head: str, figures: Sequence[Figure]) -> str:
    return "\n".join([head, *(f"  {f.name}: {f.shown}" for f in figures)])
