"""Derived questions: what they ask, what answers them, and what must not be asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.blocks import scan
from corpus.questions.derived import derived_questions
from corpus.questions.grammar import can_be_asked, is_plural, spoken, what_is, with_article
from corpus.questions.outline import readable_title
from corpus.repair import repair
from corpus.schema import Document, Question, Reference, Removed


def document(text: str, title: str = "Notes") -> Document:
    return Document("d" * 16, "/notes.md", title, "text/markdown", "user", "0", text)


def derive(text: str, title: str = "Notes", removed: tuple[Removed, ...] = ()) -> list[Question]:
    return list(derived_questions(document(text, title), scan(text), removed, ()))


def answers(text: str, title: str = "Notes") -> dict[str, str]:
    return {q.question: q.reference.text if q.reference else "" for q in derive(text, title)}


@pytest.mark.parametrize(
    ("term", "question"),
    [
        ("TPU (Tensor Processing Unit)", "What is a TPU (Tensor Processing Unit)?"),
        ("ASIC (Application-Specific Integrated Circuit)",
         "What is an ASIC (Application-Specific Integrated Circuit)?"),
        ("FPGA", "What is an FPGA?"),
        ("LSTM", "What is an LSTM?"),
        ("HPC (High-Performance Computing)", "What is HPC (High-Performance Computing)?"),
        ("quantization", "What is quantization?"),
        ("tensor cores", "What are tensor cores?"),
        ("PyTorch", "What is PyTorch?"),
        ("Little's Law", "What is Little's Law?"),
        ("unit test", "What is a unit test?"),
        ("hash table", "What is a hash table?"),
        ("analysis", "What is analysis?"),
    ],
)  # fmt: skip
def test_articles_and_plurals(term: str, question: str) -> None:
    assert what_is(term) == question


def test_the_text_decides_about_articles_and_plurals() -> None:
    assert with_article("roofline", "A roofline bounds it. Draw a roofline.") == "a roofline"
    assert not is_plural("Kubernetes", "Kubernetes is an orchestrator. Kubernetes has pods.")
    assert is_plural("Transformers", "Transformers are networks.")


def test_title_case_is_lowered_only_for_ordinary_words() -> None:
    assert spoken("Inference Engine", "") == "inference engine"
    assert spoken("Gradle Daemon", "no such words here") == "Gradle Daemon"
    assert spoken("Widget Cache", "a widget and a cache") == "widget cache"


@pytest.mark.parametrize(
    "term", ["Introduction", "It", "The thing", "Key Takeaways", "3.5", "you", "a: b"]
)
def test_what_cannot_be_asked(term: str) -> None:
    assert not can_be_asked(term)


def test_titles_lose_emoji_numbers_and_editions() -> None:
    assert readable_title("⚡ **Lesson 12 — Vector Search**") == "Vector Search"
    assert readable_title("## 3. Model Serving (2025 Overview)") == "Model Serving"
    assert readable_title("I/O models") == "I/O models"


def test_a_glossary_table_asks_for_each_row() -> None:
    found = answers(
        "## Concepts\n\n| Concept | Description |\n|---|:--|\n"
        "| **SDK** | A kit of libraries and tools for one platform. |\n"
        "| Batch vs Stream | Choosing between latency and cost of the processing. |\n"
        "| Empty | |\n"
    )
    assert found == {
        "What is an SDK?": "A kit of libraries and tools for one platform.",
        "How do you choose between batch and stream?": (
            "Choosing between latency and cost of the processing."
        ),
    }


def test_a_table_of_layers_asks_for_tools_and_purpose() -> None:
    text = (
        "## Data Stack\n\n| Layer | Tools | Purpose |\n|---|---|---|\n"
        "| Storage | MinIO, Ceph | Keep the raw files safe |\n"
    )
    (question,) = derive(text)
    assert question.question == (
        "Which tools serve the “Storage” layer of the Data Stack, and what are they for?"
    ) or question.question == (
        "Which tools serve the “Storage” layer of the data stack, and what are they for?"
    )
    assert question.reference is not None
    assert [s.quote for s in question.reference.spans] == ["MinIO, Ceph", "Keep the raw files safe"]


def test_a_comparison_table_asks_once() -> None:
    found = derive(
        "| Aspect | Thread | Process |\n|---|---|---|\n"
        "| Memory | shared with its siblings | its own address space |\n"
        "| Cost of creation | small | large by comparison |\n"
    )
    assert [q.question for q in found] == [
        "What are the main differences between Thread and Process?"
    ]
    assert found[0].kind == "comparison"
    assert [k.text for k in found[0].key_points] == [
        "Memory: shared with its siblings, its own address space",
        "Cost of creation: small, large by comparison",
    ]


def test_a_table_of_people_asks_nothing() -> None:
    assert derive("| Name | Age |\n|---|---|\n| Ann Lee | 34 |\n| Bob Ray | 28 |\n") == []


def test_bold_definitions_end_where_the_next_begins() -> None:
    found = answers(
        "## Definition\n\n**Sharding** means that a table is split over several machines. Each "
        "holds a "
        "part.\n**Replication** means that each machine holds a copy of all the rows.\n"
    )
    assert found["What is sharding?" if "What is sharding?" in found else "What is Sharding?"] == (
        "**Sharding** means that a table is split over several machines. Each holds a part."
    )
    assert len(found) == 2


def test_headings_that_are_questions_in_disguise() -> None:
    prose = (
        "It needs a second copy of all the data, which costs money, and it takes many hours to "
        "switch "
        "over when the copy has fallen behind the original by more than a day.\n\n"
    )
    found = answers(f"# Storage\n\n## Limitations of snapshots\n{prose}## RAID vs backup\n{prose}")
    assert set(found) == {
        "What are the limitations of snapshots?",
        "What is the difference between RAID and backup?",
    }


@pytest.mark.parametrize(
    "title", ["References", "Further Reading", "Exercises", "Table of Contents", "Introduction"]
)
def test_sections_that_are_no_source(title: str) -> None:
    text = f"## {title}\n\n**Sharding** means that one table is split over several machines.\n"
    found = derive(text)
    assert [q.question for q in found] == [] or title == "Introduction"


def test_example_prompts_are_asked_verbatim_without_a_reference() -> None:
    (question,) = derive(
        "## Example Prompt\n\n> “How would you shard a table of orders — and when?”\n"
    )
    assert question.question == "How would you shard a table of orders — and when?"
    assert question.reference is None
    assert question.key_points == ()


def test_a_project_with_a_goal_and_steps() -> None:
    found = answers(
        "## Mini Project\n\n**Goal:** Measure the latency of two vector indexes.\n\n"
        "1. Load a million vectors into both.\n2. Run the same queries.\n3. Plot the percentiles.\n"
    )
    ((question, reference),) = found.items()
    assert question == "How would you measure the latency of two vector indexes?"
    assert reference.split("\n\n")[1] == "Run the same queries."


def test_nothing_comes_from_removed_text_or_code() -> None:
    text = (
        "# Notes\n\n**Sharding** means that one table is split over several machines.\n\n"
        "```\n**Locking** means that one thread at a time may write here.\n```\n"
    )
    start = text.index("**Sharding")
    end = text.index("\n\n```")
    removed = (Removed(start, end, "advert", text[start:end]),)
    assert derive(text, removed=removed) == []


def test_taken_questions_are_not_asked_again() -> None:
    text = "# Notes\n\n**Sharding** means that one table is split over several machines.\n"
    (question,) = derive(text)
    doc = document(text)
    taken = Question(
        "x", doc.id, "Notes", question.question.upper(), "concept", "explicit", 2, (),
        Reference.of((doc.span(9, 20),)),
    )  # fmt: skip
    assert derived_questions(doc, scan(text), (), (taken,)) == ()


def test_ids_survive_a_change_elsewhere() -> None:
    text = "# Notes\n\n**Sharding** means that one table is split over several machines.\n"
    assert [q.id for q in derive(text)] == [
        q.id for q in derive(text + "\nAnother line follows.\n")
    ]


LINES = st.sampled_from(
    ["# A b", "## Types of x", "| a | b |", "|---|---|", "| Term | Description |",
    "- **Goal**: Learn x as a y z",
     "**X** is a thing that does b.", "> “What is it?”", "```", "",
     "The more a you have, the better the b is.",
     "- [ ] **Item**", "  Tip: say it", "There are two types of x:", "* y", "Limits — of x", "🙂"]
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(LINES, max_size=25))
def test_any_layout_gives_exact_spans_and_distinct_questions(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = derive(text)
    assert len({q.id for q in found}) == len(found)
    for question in found:
        assert question.origin == "derived"
        assert 1 <= question.difficulty <= 5
        spans = [p.span for p in question.key_points if p.span]
        if question.reference:
            spans += question.reference.spans
            assert question.key_points
        assert all(text[s.start : s.end] == s.quote for s in spans)


def test_the_samples(shared: Path) -> None:
    asked: dict[str, list[Question]] = {}
    for path in sorted((shared / "documents" / "seeds").glob("*.txt")):
        text = repair(path.read_text(encoding="utf-8"))
        asked[path.name[:3]] = derive(text, "")
    lesson = " ".join(q.question for q in asked["002"])
    for name in ("GPU (", "TPU (", "ASIC (", "FPGA (", "HPC (", "inference engine",
    "memory bandwidth",
                 "Hybrid", "“Compute”", "“Monitoring”", "“Edge Accelerators”",
                 "AI infrastructure"):  # fmt: skip
        assert name in lesson
    checklist = " ".join(q.question for q in asked["000"])
    for name in ("cuDNN", "TensorRT", "AI pipeline", "quantization", "fine-tuning"):
        assert name in checklist
    advice = " ".join(c for q in asked["000"] for c in q.coaching)
    assert "Interview Tip" in advice
    assert "Resume Link" in advice
    graded = " ".join(q.reference.text for q in asked["000"] if q.reference)
    assert "dashboards" not in graded
    assert not any("your" in k.text for q in asked["000"] for k in q.key_points)
    blog = " ".join(q.question for q in asked["003"])
    assert "difference between training and inference" in blog
    assert "GPUs" in blog
