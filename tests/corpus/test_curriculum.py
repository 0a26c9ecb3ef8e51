"""Study plans: topics and subjects, and what is no plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.blocks import scan
from corpus.questions.curriculum import curriculum, split_list
from corpus.questions.derived import derived_questions
from corpus.repair import repair
from corpus.schema import CurriculumTopic, Document

PLAN = """# Plan

## 1. Storage
Block devices, file systems (ext4, XFS), object stores

## 2) Networks
TCP, UDP, routing, congestion control

### Part 3 — Kubernetes 🚀
- Pods
- Services
- Operators

## 4. Observability
Metrics; traces; logs
"""


def document(text: str) -> Document:
    return Document("d" * 16, "/plan.md", "Plan", "text/markdown", "user", "0", text)


def topics(text: str) -> tuple[CurriculumTopic, ...]:
    return curriculum(document(text), scan(text))


def test_a_plan_gives_its_topics_and_subjects() -> None:
    found = topics(PLAN)
    assert [t.name for t in found] == ["Storage", "Networks", "Kubernetes", "Observability"]
    assert found[0].subjects == ("Block devices", "file systems (ext4, XFS)", "object stores")
    assert found[2].subjects == ("Pods", "Services", "Operators")
    for topic in found:
        assert PLAN[topic.span.start : topic.span.end] == topic.span.quote
        assert topic.name in topic.span.quote
        assert topic.subjects[-1] in topic.span.quote


def test_lines_with_labels_are_a_plan_too() -> None:
    text = "# Plan\n\n" + "\n".join(
        f"- **{name}**: alpha, beta tests, gamma rays" for name in ("One", "Two", "Three", "Four")
    )
    assert [t.name for t in topics(text)] == ["One", "Two", "Three", "Four"]


def test_a_plan_asks_nothing() -> None:
    assert derived_questions(document(PLAN), scan(PLAN), (), ()) == ()


@pytest.mark.parametrize(
    "text",
    [
        "# A\n\n## B\nOne, two, three\n\n## C\nFour, five, six\n",
        "# A\n"
        + "\n".join(f"## H{i}\nWe look at it, then we stop, and it works.\n" for i in range(6)),
        "# A\n" + "\n".join(f"## H{i}\nOne two.\n" for i in range(6)),
    ],
)
def test_few_lists_or_sentences_are_no_plan(text: str) -> None:
    assert topics(text) == ()


def test_commas_inside_parentheses_and_numbers_do_not_split() -> None:
    assert split_list("a (b, c), d [e, f]; 1,000 g") == ["a (b, c)", "d [e, f]", "1,000 g"]


def test_the_sample_plan(shared: Path) -> None:
    plans = []
    for path in sorted((shared / "documents" / "seeds").glob("*.txt")):
        text = repair(path.read_text(encoding="utf-8"))
        if found := topics(text):
            plans.append(found)
    (plan,) = plans
    assert len(plan) == 21
    assert plan[0].name == "Python"
    assert any(s.startswith("bias–variance") for t in plan for s in t.subjects)
