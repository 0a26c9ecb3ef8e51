"""The digest as a whole: its parts agree, and it is the same every time."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from corpus.digest import digest
from corpus.schema import Document

TEXT = """# Warps

**What is a warp?**

Thirty-two threads.

![w](w.png)

Thanks for reading!
"""


def document(text: str) -> Document:
    return Document("d1", "/notes/a.md", "Warps", "text/markdown", "user", "0", text)


def test_the_parts_agree_and_nothing_removed_is_cited() -> None:
    found = digest(document(TEXT))
    assert next(q.question for q in found.questions) == "What is a warp?"
    assert {r.reason for r in found.removed} == {"caption", "sign_off"}
    spans = [s for q in found.questions if q.reference for s in q.reference.spans]
    for r in found.removed:
        assert all(c.end <= r.start or r.end <= c.start for c in found.chunks)
        assert all(s.end <= r.start or r.end <= s.start for s in spans)


def test_it_is_pure() -> None:
    assert digest(document(TEXT)) == digest(document(TEXT))


def test_an_empty_text_gives_nothing() -> None:
    found = digest(document(""))
    assert (found.chunks, found.questions, found.removed) == ((), (), ())


def test_every_sample_is_digested_with_unique_ids_and_true_spans(shared: Path) -> None:
    began = time.process_time()
    for path in sorted((shared / "documents").rglob("*.*")):
        doc = document(path.read_text())
        found = digest(doc)
        assert len({q.id for q in found.questions}) == len(found.questions)
        for q in found.questions:
            spans = [
                *(q.reference.spans if q.reference else ()),
                *(k.span for k in q.key_points if k.span),
            ]
            assert all(doc.text[s.start : s.end] == s.quote for s in spans), q.question
            assert not any(
                r.start < s.end and s.start < r.end for r in found.removed for s in spans
            ), (path.name, q.question)
    logging.getLogger(__name__).info("samples digested in %.1f s", time.process_time() - began)
