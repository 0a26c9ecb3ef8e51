"""Chunks: verbatim, complete, of the right size, and whole where they can be."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.blocks import scan
from corpus.chunks import FULL, LARGEST, chunk
from corpus.junk import find_junk
from corpus.schema import Block, Chunk, Document, Removed

PIECE = st.sampled_from(
    [
        "# A\n",
        "## B\n\n",
        "### C\n",
        "Some words of prose that say one thing. ",
        "\n\n",
        "- item\n",
        "```\ncode\n```\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "<br/>\n",
        "---\n",
        "Q 1. What is it?\n",
        "x" * 700,
        "word " * 300,
        "![p](p.png)\n\n",
    ]
)


def document(text: str, title: str = "") -> Document:
    return Document("d1", "/notes/a.md", title, "text/markdown", "user", "0", text)


def chunks_of(text: str, title: str = "") -> tuple[Chunk, ...]:
    doc = document(text, title)
    blocks = scan(text)
    return chunk(doc, blocks, find_junk(doc, blocks))


def check(doc: Document, blocks: tuple[Block, ...], removed: tuple[Removed, ...]) -> None:
    found = chunk(doc, blocks, removed)
    covered = bytearray(len(doc.text))
    at = 0
    for n, c in enumerate(found):
        assert c.ordinal == n
        assert at <= c.start < c.end
        assert c.text == doc.text[c.start : c.end]
        assert len(c.text) <= LARGEST
        covered[c.start : c.end] = b"\1" * (c.end - c.start)
        at = c.end
    for r in removed:
        assert not any(covered[r.start : r.end])
        covered[r.start : r.end] = b"\1" * (r.end - r.start)
    for b in blocks:
        if b.kind not in ("rule", "html"):
            assert all(covered[i] or doc.text[i].isspace() for i in range(b.start, b.end))


@given(st.lists(PIECE, max_size=25).map("".join))
@settings(max_examples=150, deadline=None)
def test_chunks_are_verbatim_ordered_bounded_and_complete(text: str) -> None:
    doc = document(text)
    blocks = scan(text)
    check(doc, blocks, find_junk(doc, blocks))


def test_the_samples_hold_the_same(shared: Path) -> None:
    for path in (shared / "documents").rglob("*.*"):
        doc = document(path.read_text(), path.stem)
        blocks = scan(doc.text)
        check(doc, blocks, find_junk(doc, blocks))


def test_a_question_and_its_answer_are_one_chunk_with_the_question_in_its_heading() -> None:
    text = (
        "# Bank\n\n## Warps\n\n**What is a warp?**\n\nThirty-two threads.\n\n- one\n- "
        "two\n\n**Why does it matter?**\n\nSpeed.\n"
    )
    first, second = (c for c in chunks_of(text) if c.kind == "qa")
    assert first.heading == "Bank > Warps > What is a warp?"
    assert "Thirty-two" in first.text
    assert "two" in first.text
    assert "Speed" not in first.text
    assert second.text.endswith("Speed.")


def test_the_title_heads_the_path_where_there_is_no_first_heading() -> None:
    (c,) = chunks_of("## Part\n\nText of the part.", title="The notes")
    assert c.heading == "The notes > Part"


def test_a_long_table_is_cut_between_rows_and_code_between_lines() -> None:
    rows = "".join(f"| name {i} | what it is, number {i} |\n" for i in range(60))
    code = "".join(f"value_{i} = compute({i})\n" for i in range(90))
    text = f"| a | b |\n|---|---|\n{rows}\n```python\n{code}```\n"
    for c in chunks_of(text):
        lines = c.text.split("\n")
        assert len(c.text) <= LARGEST
        assert all(x.startswith(("|", "value_", "```")) for x in lines if x)
        assert all(x.endswith(("|", ")", "```", "python")) for x in lines if x)


def test_sections_are_not_mixed_and_small_neighbours_are_joined() -> None:
    text = "# A\n\nShort one.\n\nShort two.\n\n# B\n\nShort three."
    assert [c.text for c in chunks_of(text)] == [
        "# A\n\nShort one.\n\nShort two.",
        "# B\n\nShort three.",
    ]


def test_a_removed_passage_parts_two_chunks() -> None:
    text = "# A\n\nBefore the picture.\n\n![a](b.png)\n\nAfter the picture."
    assert [c.text for c in chunks_of(text)] == ["# A\n\nBefore the picture.", "After the picture."]


def test_a_list_that_fits_stays_whole() -> None:
    items = "".join(f"- item number {i} with some words to it\n" for i in range(15))
    prose = "A sentence that fills the chunk before the list. " * 12
    found = chunks_of(f"# A\n\n{prose}\n\n{items}")
    assert len(items) < FULL
    assert sum("- item" in c.text for c in found) == 1
