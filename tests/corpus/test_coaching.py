"""Advice is told from subject matter, and hung on the questions it belongs to."""

from __future__ import annotations

import pytest

from corpus.blocks import scan
from corpus.questions.coaching import attach, fields_of, is_advice, is_advice_label
from corpus.questions.derived import derived_questions
from corpus.questions.drafts import Draft
from corpus.schema import Document

CHECKLIST = """# Deployment checklist

- [ ] **Canary releases** (1 hour)
  Goal: Learn canary releases as a way to send a small share of traffic to a new version.
  Interview Tip: Say: "I would always start with one percent."
  **Resume Link**: your rollout at the last company
- [ ] **Blue-green**
  - Goal: Understand blue-green deployment as a switch between two equal sites. Focus on cost.
  - Avoid: diagrams

## Notes
- **Avoid**: Don't study service meshes.
- **Practice**: Explain canary releases in two sentences.
"""


@pytest.mark.parametrize(
    "label",
    [
        "Interview Tip",
        "Resume Link",
        "Résumé tie-in",
        "Avoid",
        "Practice",
        "Time",
        "Say",
        "Pro tip",
    ],
)
def test_labels_of_advice(label: str) -> None:
    assert is_advice_label(label)


@pytest.mark.parametrize(
    "label", ["Goal", "Definition", "Timeouts", "Saying", "Complexity", "Input"]
)
def test_labels_of_matter(label: str) -> None:
    assert not is_advice_label(label)


def test_sentences_of_advice() -> None:
    assert is_advice("Say: “I shipped it.”")
    assert is_advice("Tie to your analytics project.")
    assert not is_advice("The scheduler explains most of the latency.")


def test_fields_take_their_continuation_lines() -> None:
    text = "- **Item**\n  **Goal**: one\n  two\n  Time: 3 h\n"
    fields = fields_of(text, scan(text)[0])
    assert [(f.label, text[f.start : f.end].split()) for f in fields] == [
        ("Goal", ["one", "two"]),
        ("Time", ["3", "h"]),
    ]


def questions() -> dict[str, tuple[str, tuple[str, ...]]]:
    document = Document(
        "d" * 16, "/c.md", "Deployment checklist", "text/markdown", "user", "0", CHECKLIST
    )
    found = derived_questions(document, scan(CHECKLIST), (), ())
    return {q.question: (q.reference.text if q.reference else "", q.coaching) for q in found}


def test_advice_is_coaching_and_in_no_reference() -> None:
    found = questions()
    canary = next(v for q, v in found.items() if "canary" in q)
    assert canary[0] == "a way to send a small share of traffic to a new version."
    assert any(c.startswith("Interview Tip:") for c in canary[1])
    assert any(c.startswith("Resume Link:") for c in canary[1])
    assert any(c.startswith("Practice:") for c in canary[1])
    everything = " ".join(reference for reference, _ in found.values())
    for advice in ("Say", "Avoid", "Focus", "hour", "company", "meshes"):
        assert advice not in everything


def test_advice_that_names_no_subject_goes_to_the_closest_draft() -> None:
    drafts = [Draft("q1", (), "alpha"), Draft("q2", (), "model serving")]
    attached = attach(drafts, ["Keep it short.", "Mention alpha by name."], "Serving")
    assert attached[1].coaching == ("Keep it short.",)
    assert attached[0].coaching == ("Mention alpha by name.",)
    assert attach([], ["Keep it short."], "Serving") == []
