"""Explicit questions: every layout, whole answers, and no question where none was asked."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.blocks import scan
from corpus.junk import find_junk
from corpus.questions.explicit import explicit_questions
from corpus.questions.subject import legend_of, subject_of
from corpus.questions.wording import cleaned, kind_of
from corpus.schema import Document, Question


def document(text: str, title: str = "") -> Document:
    return Document("d1", "/notes/a.md", title, "text/markdown", "user", "0", text)


def bank(text: str, title: str = "") -> tuple[Question, ...]:
    doc = document(text, title)
    blocks = scan(text)
    return explicit_questions(doc, blocks, find_junk(doc, blocks))


def pairs(text: str, title: str = "") -> list[tuple[str, str | None]]:
    return [(q.question, q.reference.text if q.reference else None) for q in bank(text, title)]


WARP = ("What is a warp?", "Thirty-two threads that run together.")
BLOCK = ("Why use blocks?", "They share memory.")

LAYOUTS = {
    "Q and number": "Q 1. What is a warp?\nThirty-two threads that run together.\nQ 2. Why "
    "use blocks?\nThey share memory.\n",
    "Q: and A:": "Q: What is a warp?\nA: Thirty-two threads that run together.\n\nQ: Why "
    "use blocks?\nA: They share memory.\n",
    "bold answer": "**Question 1:** What is a warp?\n\n**Answer:** Thirty-two threads that "
    "run together.\n\n**Question 2:** Why use blocks?\n\n**Answer:** They "
    "share memory.\n",
    "numbered headings": "### 1. What is a warp?\n\nThirty-two threads that run "
    "together.\n\n### 2. Why use blocks?\n\nThey share memory.\n",
    "trailing anchors": "## What is a warp? [¶](#warp)\n\nThirty-two threads that run "
    "together.\n\n## Why use blocks? {#blocks}\n\nThey share memory.\n",
    "rules between": "**What is a warp?**\n\nThirty-two threads that run "
    "together.\n\n---\n\n**Why use blocks?**\n\nThey share memory.\n\n---\n",
    "list with answers": "1. **What is a warp?**\n- Answer:\n\n    Thirty-two threads that "
    "run together.\n\n---\n\n2. Why use blocks?\n- Answer\n\n    They "
    "share memory.\n",
    "folded": "<details>\n<summary><b>1. What is a warp?</b></summary>\n\nThirty-two "
    "threads that run together.\n\n</details>\n\n<details>\n<summary><b>2. Why "
    "use blocks?</b></summary>\n\nThey share memory.\n\n</details>\n\nAfter all that.\n",
    "folded answers": "### Question 1\n\nWhat is a "
    "warp?\n\n<details>\n<summary>Answer</summary>\n\nThirty-two threads "
    "that run together.\n\n</details>\n\n### Question 2\n\nWhy use "
    "blocks?\n\n<details>\n<summary>Show answer</summary>\n\nThey share "
    "memory.\n\n</details>\n",
    "definition list": "<dl>\n<dt>What is a warp?</dt>\n<dd>\nThirty-two threads that run "
    "together.\n</dd>\n<dt>Why use blocks?</dt>\n<dd>\nThey share "
    "memory.\n</dd>\n</dl>\n",
    "lone lines of a FAQ": "# Frequently asked questions\n\nWhat is a warp?\n\nThirty-two "
    "threads that run together.\n\nWhy use blocks?\n\nThey share memory.\n",
    "answer on the same line": "- **What is a warp?** Thirty-two threads that run "
    "together.\n- **Why use blocks?** They share memory.\n",
    "emoji and stars": "**What is a warp? 👶**\n\nThirty-two threads that run "
    "together.\n\n<br/>\n\n**Why use blocks? ⭐️**\n\nThey share "
    "memory.\n\n<br/>\n",
    "numbered and plain": "## Interview questions\n\n1) What is a warp?\n\nThirty-two "
    "threads that run together.\n\n2) Why use blocks?\n\nThey share "
    "memory.\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str) -> None:
    assert pairs(LAYOUTS[layout]) == [WARP, BLOCK]


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_well_formed_questions(text: str) -> None:
    for q in bank(text):
        assert q.question[-1] in ".?!…"
        for span in q.reference.spans if q.reference else ():
            assert text[span.start : span.end] == span.quote


@given(
    st.lists(
        st.sampled_from([*LAYOUTS.values(), "## Part\n\n", "Prose.\n\n", "![p](p.png)\n"]),
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None)
def test_references_never_overlap_and_ids_are_unique(parts: list[str]) -> None:
    questions = bank("".join(parts))
    assert len({q.id for q in questions}) == len(questions)
    spans = sorted((s.start, s.end) for q in questions if q.reference for s in q.reference.spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


@pytest.mark.parametrize(
    "text",
    [
        "A forecast needs data. What was bought at the same time? What was the weather "
        "like? All of it helps the model.",
        "Would you like me to continue with the next lesson?",
        "## What's next?\n\nRead the next chapter.",
        "## Ready to get started?\n\nOpen the notebook.",
        "## Ideas\n\nAsk yourself:\n\n- Is it fast?\n- Is it cheap?\n\nThen decide.",
        "**What is it?** It is a note.",
        "# Notes\n\n1. Is the data clean?\n2. Is it enough?\n3. Is it labelled?\n",
    ],
)
def test_what_only_looks_like_a_question(text: str) -> None:
    assert bank(text) == ()


@pytest.mark.parametrize("asked", ["GPU 的 warp 是什么？为什么重要？", "What is a warp？"])
def test_a_wide_question_mark_ends_a_question(asked: str) -> None:
    answer = "Thirty-two threads that run together."
    assert pairs(f"## {asked}\n\n{answer}\n") == [(asked, answer)]


def test_a_list_of_questions_without_answers_is_kept_without_references() -> None:
    found = pairs("## Interview questions\n\n1. What is a warp?\n2. Why use blocks?\n")
    assert found == [("What is a warp?", None), ("Why use blocks?", None)]


@pytest.mark.parametrize(
    "placeholder", ["Answer here", "TODO", "_TBA_", "Coming soon!", "**Answer:** TBD", ""]
)
def test_placeholders_are_no_answers(placeholder: str) -> None:
    found = pairs(
        f"**What is a warp?**\n\n{placeholder}\n\n<br/>\n\n**Why use blocks?**\n\nThey "
        f"share memory.\n\n"
    )
    assert found == [("What is a warp?", None), BLOCK]


def test_a_picture_and_its_source_part_the_answer_and_are_not_in_it() -> None:
    text = (
        "1. What is a warp?\n- Answer:\n\n    First part.\n\n    ![w](w.png)\n\n    "
        "Image source: [x](https://x.org)\n\n    Second part.\n\n    ---\n"
    )
    (q,) = bank(text)
    assert q.reference is not None
    assert [s.quote for s in q.reference.spans] == ["First part.", "Second part."]
    assert q.reference.text == "First part.\n\nSecond part."


def test_a_heading_that_asks_for_a_number_of_things_is_a_question() -> None:
    text = (
        "## Name three ways to share work\n\n- threads\n- warps\n\n## Name resolution\n\nIt maps.\n"
    )
    assert pairs(text) == [("Name three ways to share work.", "- threads\n- warps")]


def test_answers_keep_lists_code_tables_and_lower_headings() -> None:
    answer = (
        "Two ways:\n\n- one\n- two\n\n```python\n# Q: no question\nx = 1\n```\n\n### "
        "Details\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    assert pairs(f"# Bank\n\n## What is a warp?\n\n{answer}\n\n## Other\n\nText.\n") == [
        ("What is a warp?", answer)
    ]


def test_bold_questions_inside_the_answer_to_a_marked_one_belong_to_it() -> None:
    text = (
        "Q1: What is a warp?\n\nThreads.\n\n**Why does it matter?**\n\nSpeed.\n\nQ2: Why "
        "use blocks?\n\nMemory.\n"
    )
    assert [q for q, _ in pairs(text)] == ["What is a warp?", "Why use blocks?"]


def test_steps_in_an_answer_are_no_questions() -> None:
    text = (
        "**How do you tune it? ⭐**\n\n**1. Measure.** First of all.\n\n**2. Change.** "
        "One thing.\n\n**Why? Is it hard? ⭐**\n\nYes, it is.\n"
    )
    assert len(bank(text)) == 2


def test_front_matter_title_asks_and_a_long_article_is_cut_at_a_block() -> None:
    body = "\n\n".join(
        f"Paragraph {i} says something about the thing in question. " * 6 for i in range(12)
    )
    (q,) = bank(f"---\ntitle: What is occupancy?\n---\n\n{body}\n")
    assert q.reference is not None
    assert q.topic == "Occupancy"
    assert len(q.reference.text) <= 2100
    assert q.reference.text.startswith("Paragraph 0")
    assert q.reference.text.rstrip().endswith(".")


TASKS = """## SQL

Suppose we have this schema:

* Shops(id, city)
* Sales(shop_id, amount)

Write SQL queries to extract the following information:

**1)** The number of shops.

<img src="a.png" />

```sql
SELECT count(*) FROM Shops;
```

<br/>

**2)** All cities with a shop

```sql
SELECT DISTINCT city FROM Shops;
```

## Coding

**1) Reversal**. Reverse a string.

* `rev("ab")` = `"ba"`

Example:

    Input: ab

With slices:

```python
s[::-1]
```
or
```python
"".join(reversed(s))
```
"""


def test_tasks_read_on_their_own_and_code_answers_them() -> None:
    first, second, third = bank(TASKS)
    assert first.question == (
        "Suppose we have this schema: Shops(id, city); Sales(shop_id, amount). "
        "Write an SQL query to extract the following information: the number of shops."
    )
    assert second.question.endswith("following information: all cities with a shop.")
    assert {q.kind for q in (first, second, third)} == {"coding"}
    assert third.question.startswith('Reversal. Reverse a string: rev("ab") = "ba". Example:')
    assert first.reference is not None
    assert third.reference is not None
    assert first.reference.text == "```sql\nSELECT count(*) FROM Shops;\n```"
    assert third.reference.text.startswith("With slices:")
    assert "reversed(s)" in third.reference.text


def test_own_experience_gets_a_rubric_and_nobody_elses_story() -> None:
    text = (
        "Q1: Describe your experience with kernel tuning.\n\nTuning depends on occupancy "
        "and on memory access. I won a prize.\n\nQ2: What is a warp?\n\nThreads.\n"
    )
    q, other = bank(text)
    assert q.kind == "behavioural"
    assert q.reference is None
    assert len(q.key_points) == 5
    assert all(k.span is None for k in q.key_points)
    assert "kernel tuning" in q.key_points[0].text
    assert len(q.coaching) == 1
    assert "occupancy" in q.coaching[0]
    assert "prize" not in q.coaching[0]
    assert other.kind == "concept"
    assert other.reference is not None


def test_interview_tips_become_coaching() -> None:
    (q,) = bank(
        "# Bank\n\n## What is a warp?\n\nThreads.\n\n**Interview tip:** Draw it on the board.\n"
    )
    assert q.reference is not None
    assert q.reference.text == "Threads."
    assert q.coaching == ("Interview tip: Draw it on the board.",)


def test_difficulty_from_the_legend_of_the_document() -> None:
    text = "Legend: 👶 easy ⭐️ medium 🚀 expert\n\n" + "\n\n".join(
        f"**What is {x}? {mark}**\n\nIt is {x}."
        for x, mark in (("a b", "👶"), ("c d", "🚀"), ("e f", "⭐"))
    )
    assert [q.difficulty for q in bank(text)] == [2, 5, 3]
    assert legend_of("no marks here") == {}


def test_the_first_of_two_alike_is_kept() -> None:
    found = pairs("## What is a warp?\n\nOne.\n\n## What is a  warp?\n\nTwo.\n")
    assert found == [("What is a warp?", "One.")]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("**12. What is a *warp*? 🚀**", "What is a warp?"),
        ("Q 3) what is `nvcc`?", "What is nvcc?"),
        ("<b>4. R&amp;D: what is it?</b>", "R&D: what is it?"),
        ("[Why](http://x.org) use\n  blocks??", "Why use blocks?"),
        ("2.1 How does it work? (medium)", "How does it work?"),
        ("cuDNN or CUDA: which?", "cuDNN or CUDA: which?"),
    ],
)
def test_cleaned(raw: str, text: str) -> None:
    assert cleaned(raw) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What is the difference between a warp and a block?", "comparison"),
        ("How would you design a feature store?", "design"),
        ("How do you debug a hanging kernel?", "debugging"),
        ("Tell me about a time you missed a deadline.", "behavioural"),
        ("What is your experience with Triton?", "behavioural"),
        ("Write a function that merges two lists.", "coding"),
        ("Suppose a model drifts. What would you do?", "scenario"),
        ("Calculate the memory of a 7B model in FP16.", "calculation"),
        ("What is occupancy?", "concept"),
        ("How does a model learn from experience replay?", "concept"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Questions Asked in Kubernetes Interview", "Kubernetes"),
        ("Top 50 CUDA Interview Questions and Answers", "CUDA"),
        ("## 3. Random forest 🌲", "Random forest"),
        ("What is a Warp?", "Warp"),
        ("Algorithmic Questions", "Algorithmic Questions"),
    ],
)
def test_subjects(title: str, subject: str) -> None:
    assert subject_of(title) == subject


def sample(shared: Path, pattern: str) -> tuple[str, tuple[Question, ...]]:
    (path,) = (shared / "documents").glob(pattern)
    text = path.read_text()
    return text, bank(text)


def test_saved_article_gives_all_its_questions_with_whole_answers(shared: Path) -> None:
    text, questions = sample(shared, "seeds/004_*")
    lines = list(re.finditer(r"^Q \d+\. .*$", text, re.M))
    assert len(questions) == len(lines) == 28
    ends = [m.start() for m in lines[1:]] + [text.index("Key Topics to Learn")]
    for q, line, end in zip(questions, lines, ends, strict=True):
        assert q.question in line.group()
        if q.kind == "behavioural":
            assert q.reference is None
            assert q.key_points
            assert q.coaching
            continue
        assert q.reference is not None
        answer = text[line.end() : end].split("Career Expert")[0]
        assert q.reference.text == answer.strip()
        assert "ResumeGemini" not in q.reference.text
    assert sum(q.kind == "behavioural" for q in questions) == 3


@pytest.mark.parametrize(
    ("pattern", "count", "without"),
    [
        ("question-banks/*60_gen*", 62, 0),
        ("question-banks/*ai-engineer*", 145, 0),
        ("question-banks/*technical*", 40, 0),
        ("question-banks/*theory*", 166, 14),
        ("seeds/003_*", 1, 0),
        ("seeds/001_*", 0, 0),
    ],
)
def test_banks_come_out_whole(shared: Path, pattern: str, count: int, without: int) -> None:
    _, questions = sample(shared, pattern)
    assert len(questions) == count
    assert sum(q.reference is None for q in questions) == without
    for q in questions:
        assert not re.search(r"\*\*|<\w+>|^\d+[.)]|\s{2}|👶|🚀", q.question), q.question
        if q.reference:
            assert q.key_points
            assert not re.search(
                r"!\[|Learn more:|^\W*Answer:|^Image source", q.reference.text, re.M | re.I
            )


def test_folded_answers_are_complete(shared: Path) -> None:
    text, questions = sample(shared, "question-banks/*ai-engineer*")
    bodies = re.findall(r"</summary>\n\n(.*?)\n\n\*\*Learn more", text, re.S)
    assert [q.reference.text for q in questions if q.reference] == bodies


def test_glossary_articles_ask_their_title(shared: Path) -> None:
    for path in sorted((shared / "documents" / "gpu-glossary").glob("*/*.md")):
        text = path.read_text()
        title = re.search(r'^title: "?(.*?)"?$', text, re.M)
        assert title is not None
        (q,) = bank(text, title.group(1))
        assert q.question == title.group(1)
        assert q.reference is not None
        assert 0 < len(q.reference.text) <= 2600


def test_an_answer_does_not_swallow_an_endless_text() -> None:
    (q,) = bank("Q1: What is a warp?\n\n" + "A paragraph that goes on about it.\n\n" * 2000)
    assert q.reference is not None
    assert len(q.reference.text) <= 8000
