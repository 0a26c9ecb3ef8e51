"""Words, follow-ups, hints and reading ahead against the real server; its toy speaks nonsense, so
that all of it must be refused, and in the shape that was asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "agent"))

from conftest import VllmServer
from rehearsal import INFO, make_question
from wordjudge import WordJudge

from agent.grades import GradeRequest, PointGrade, Scored
from agent.interviewer import FixedInterviewer
from agent.llm import word_prompts
from agent.llm.client import LanguageModel
from agent.llm.interviewer import Asked, Hinted, ModelInterviewer
from agent.llm.marking import PointMarker
from agent.llm.patience import Limits
from agent.llm.prompts import dossier
from agent.llm.words import Explainer
from agent.turns import Marked

pytestmark = [pytest.mark.vllm, pytest.mark.slow, pytest.mark.timeout(1500)]

POINTS = (
    "Object files are stored under a hash of the preprocessed source.",
    "A hit skips compilation and copies the stored result.",
)
QUESTION = make_question(1, points=POINTS, question="What does a build cache do?", follow_ups=())
SAID = "It looks the file up in a table, and then everything is done faster."
PATIENT = Limits(first=120.0, between=60.0, total=120.0, retries=0, reply=240.0)


def graded() -> tuple[PointGrade, ...]:
    return tuple(
        PointGrade(p.id, p.text, 1.0, "missing", 0.0, 0.9, "grader", None, p.span)
        for p in QUESTION.key_points
    )


@pytest.fixture(scope="module")
def model(vllm_server: VllmServer) -> LanguageModel:
    return LanguageModel(vllm_server.endpoint, vllm_server.model)


@pytest.mark.parametrize(
    ("schema", "end"),
    [(Asked, word_prompts.probe(POINTS[1], ())), (Hinted, word_prompts.hint(POINTS[1]))],
)
def test_the_server_keeps_to_the_form(model: LanguageModel, schema: type, end: str) -> None:
    shared = dossier(GradeRequest.of(QUESTION, SAID), QUESTION.key_points, SAID)
    assert isinstance(model.structured(shared.then(end), schema, 400, limits=PATIENT), schema)


def test_nonsense_is_not_shown(model: LanguageModel) -> None:
    fixed = FixedInterviewer()
    interviewer = ModelInterviewer(lambda: model, WordJudge, fixed, PATIENT, PATIENT)
    asked = (QUESTION.question,)
    expected = fixed.probe(QUESTION, graded(), SAID, asked)
    assert interviewer.probe(QUESTION, graded(), SAID, asked) == expected
    known = f"{QUESTION.question} {SAID}"
    assert interviewer.hint(QUESTION, graded(), known, 1) == fixed.hint(
        QUESTION, graded(), known, 1
    )
    assert interviewer.good_answer(QUESTION) == fixed.good_answer(QUESTION)


def test_words_end_with_the_feedback(model: LanguageModel) -> None:
    grade = Scored(0.0, 0.9, "incorrect", graded(), (), "What code says.", INFO)
    marked = Marked(1, QUESTION, SAID, grade, grade, SAID, True, ())
    found = list(Explainer(model, WordJudge(), PATIENT).remarks(marked))
    assert [r.text for r in found] == ["What code says."]


def test_what_was_read_ahead_is_not_read_again(
    model: LanguageModel, vllm_server: VllmServer
) -> None:
    question = make_question(2, points=POINTS, question="What is kept, and under which name?")
    marker = PointMarker(model)
    marker.warm(GradeRequest.of(question, ""), question.key_points, SAID)
    before = vllm_server.metric("vllm:prefix_cache_hits_total")
    asked = vllm_server.metric("vllm:prefix_cache_queries_total")
    marker.read(GradeRequest.of(question, ""), question.key_points[:1], f"{SAID} So it is.")
    hits = vllm_server.metric("vllm:prefix_cache_hits_total") - before
    queries = vllm_server.metric("vllm:prefix_cache_queries_total") - asked
    assert hits >= 0.5 * queries > 0
