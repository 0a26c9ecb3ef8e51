"""The bundled library holds together, and its checker turns away what does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from corpus.library import library_folder, library_topics, load_library, load_topic, topics_in
from corpus.schema import CorpusError, Digest, Question

WORD = re.compile(r"\w+")
SHINGLE = 8

PROSE = """# Small topic

The cache keeps what was computed. It is bounded. It forgets the oldest entry first.

## Again

A miss costs one computation. It is bounded.
"""

DATA = """
slug = "small"
title = "Small topic"
topic = "Small topic"
reviewed = 2026-11-21

[[questions]]
id = "small-cache"
question = "What does the cache do?"
roles = ["ai-engineer"]
difficulty = 2
kind = "concept"
model_answer = "It keeps results."
further_reading = ["A book"]
misconceptions = [
  { text = "It never forgets.", why = "It is bounded.", contradicts = "k2" },
  { text = "A miss is free.", why = "It computes.", contradicts = "k3" },
]
follow_ups = [{ text = "And when full?", aims_at = "k2" }]

[[questions.key_points]]
id = "k3"
text = "A miss costs one computation."
weight = 1.0
quote = "A miss costs one computation."

[[questions.key_points]]
id = "k1"
text = "It keeps what was computed."
weight = 2.0
quote = "The cache keeps what was computed."

[[questions.key_points]]
id = "k2"
text = "It forgets the oldest first."
weight = 1
quote = "It forgets the oldest entry first."
"""


@pytest.fixture(scope="module")
def library() -> tuple[Digest, ...]:
    return load_library()


@pytest.fixture(scope="module")
def questions(library: tuple[Digest, ...]) -> tuple[Question, ...]:
    return tuple(q for d in library for q in d.questions)


def write(folder: Path, data: str = DATA, prose: str = PROSE) -> Path:
    (folder / "small.toml").write_text(data, encoding="utf-8")
    (folder / "small.md").write_text(prose, encoding="utf-8")
    return folder


def test_every_topic_is_loaded_whole(library: tuple[Digest, ...]) -> None:
    assert tuple(d.document.id.removeprefix("library-") for d in library) == library_topics()
    assert len(library) == 25
    for digest in library:
        assert digest.chunks, digest.document.path
        assert digest.disagreements, digest.document.path
        assert digest.removed == ()


def test_documents_say_that_they_are_bundled(library: tuple[Digest, ...]) -> None:
    for slug, digest in zip(library_topics(), library, strict=True):
        document = digest.document
        assert (document.path, document.source) == (f"library:{slug}", "library")
        assert document.media_type == "text/markdown"
        assert {q.document_id for q in digest.questions} == {document.id}


def test_every_span_is_verbatim(library: tuple[Digest, ...]) -> None:
    for digest in library:
        text = digest.document.text
        for chunk in digest.chunks:
            assert text[chunk.start : chunk.end] == chunk.text
        for question in digest.questions:
            assert question.reference is not None
            spans = [p.span for p in question.key_points if p.span is not None]
            assert len(spans) == len(question.key_points)
            for span in (*spans, *question.reference.spans):
                assert text[span.start : span.end] == span.quote
                assert text.count(span.quote) == 1, (question.id, span.quote[:60])


def test_references_are_the_key_points_in_document_order(questions: tuple[Question, ...]) -> None:
    for question in questions:
        assert question.reference is not None
        spans = question.reference.spans
        assert all(a.end < b.start for a, b in pairwise(spans)), question.id
        assert question.reference.text == "\n\n".join(s.quote for s in spans)
        for point in question.key_points:
            assert point.span is not None
            assert any(s.start <= point.span.start and point.span.end <= s.end for s in spans)


def test_nothing_is_copied_from_the_sample_documents(
    library: tuple[Digest, ...], shared: Path
) -> None:
    samples = [p for p in (shared / "documents").rglob("*") if p.suffix in {".txt", ".md"}]
    assert samples
    theirs = {s for p in samples for s in shingles(p.read_text(encoding="utf-8", errors="replace"))}
    for digest in library:
        slug = digest.document.id.removeprefix("library-")
        data = (library_folder() / f"{slug}.toml").read_text(encoding="utf-8")
        copied = theirs & {*shingles(digest.document.text), *shingles(data)}
        assert not copied, (slug, sorted(copied)[:3])


def shingles(text: str) -> Iterator[str]:
    words = WORD.findall(text.casefold())
    return (" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))


def test_a_small_topic_loads(tmp_path: Path) -> None:
    digest = load_topic(write(tmp_path), "small")
    (question,) = digest.questions
    assert [p.id for p in question.key_points] == ["k3", "k1", "k2"]
    assert question.reference is not None
    assert [s.quote for s in question.reference.spans] == [
        "The cache keeps what was computed.",
        "It forgets the oldest entry first.",
        "A miss costs one computation.",
    ]
    assert question.misconceptions[0].contradicts == "k2"
    assert question.follow_ups[0].aims_at == "k2"
    assert question.origin == "authored"


def test_neighbouring_and_overlapping_quotes_become_one_span(tmp_path: Path) -> None:
    data = DATA.replace(
        'quote = "It forgets the oldest entry first."',
        'quote = "was computed. It is bounded. It forgets"',
    ).replace(
        'quote = "A miss costs one computation."',
        'quote = "the oldest entry first."',
    )
    (question,) = load_topic(write(tmp_path, data), "small").questions
    assert question.reference is not None
    assert question.reference.text == (
        "The cache keeps what was computed. It is bounded. It forgets the oldest entry first."
    )


def test_the_hash_follows_prose_and_questions(tmp_path: Path) -> None:
    first = load_topic(write(tmp_path), "small").document
    data = load_topic(write(tmp_path, DATA.replace("difficulty = 2", "difficulty = 3")), "small")
    prose = load_topic(write(tmp_path, DATA, PROSE + "\nMore.\n"), "small")
    assert len({first.sha256, data.document.sha256, prose.document.sha256}) == 3


def test_line_ends_of_another_system_change_no_offset(tmp_path: Path) -> None:
    first = load_topic(write(tmp_path), "small")
    (tmp_path / "small.md").write_bytes(PROSE.replace("\n", "\r\n").encode())
    second = load_topic(tmp_path, "small")
    assert first.document.text == second.document.text
    assert first.questions == second.questions


def test_other_files_in_the_folder_are_not_topics(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "REVIEW.md").write_text("notes", encoding="utf-8")
    assert topics_in(tmp_path) == ("small",)


QUOTE = 'quote = "The cache keeps what was computed."'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (QUOTE, 'quote = "The cache keeps everything."', ["small-cache", "k1", "0 times", "quote"]),
        (QUOTE, 'quote = "It is bounded."', ["small-cache", "k1", "2 times"]),
        (QUOTE, 'quote = ""', ["small-cache", "key_points.1.quote"]),
        ("weight = 2.0", "weight = 0.0", ["small-cache", "weight", "greater than 0"]),
        ("weight = 2.0", "weight = -1.0", ["small-cache", "weight"]),
        ("weight = 2.0", "weight = inf", ["small-cache", "weight", "finite"]),
        ("weight = 2.0", "weight = nan", ["small-cache", "weight"]),
        ('contradicts = "k3"', 'contradicts = "k9"', ["small-cache", "contradicts", "k9", "k1"]),
        ('aims_at = "k2"', 'aims_at = "k7"', ["small-cache", "aims_at", "k7"]),
        ('id = "k2"', 'id = "k1"', ["small-cache", "two key points"]),
        ('id = "small-cache"', 'id = "cache"', ["cache", "small-", "rename"]),
        ("difficulty = 2", "difficulty = 6", ["small-cache", "difficulty"]),
        ("difficulty = 2", 'difficulty = "2"', ["small-cache", "difficulty", "integer"]),
        ('kind = "concept"', 'kind = "riddle"', ["small-cache", "kind"]),
        ('roles = ["ai-engineer"]', "roles = []", ["small-cache", "roles"]),
        ("difficulty = 2", "difficulty = 2\nhint = 'no'", ["small-cache", "hint", "Extra"]),
        ('title = "Small topic"', 'title = "Other"', ["small.md", "# Other"]),
        ('slug = "small"', 'slug = "else"', ["small.toml", "small-cache", "else-"]),
        ("reviewed = 2026-11-21", "", ["reviewed"]),
        ("slug =", "slug", ["not TOML"]),
    ],
)
def test_what_does_not_hold_together_is_refused(
    tmp_path: Path, old: str, new: str, says: list[str]
) -> None:
    assert DATA.count(old) == 1
    with pytest.raises(CorpusError) as caught:
        load_topic(write(tmp_path, DATA.replace(old, new)), "small")
    message = str(caught.value)
    assert "small" in message
    for part in says:
        assert part in message


def test_fewer_than_three_key_points_are_refused(tmp_path: Path) -> None:
    cut = DATA[: DATA.rindex("[[questions.key_points]]")]
    with pytest.raises(CorpusError, match=r"small-cache.*key_points.*3"):
        load_topic(write(tmp_path, cut), "small")


def test_fewer_than_two_misconceptions_are_refused(tmp_path: Path) -> None:
    line = '  { text = "A miss is free.", why = "It computes.", contradicts = "k3" },\n'
    assert line in DATA
    with pytest.raises(CorpusError, match=r"small-cache.*misconceptions.*2"):
        load_topic(write(tmp_path, DATA.replace(line, "")), "small")


def test_two_questions_with_one_id_are_refused(tmp_path: Path) -> None:
    twice = DATA + DATA[DATA.index("[[questions]]") :]
    with pytest.raises(CorpusError, match=r"small-cache.*2 times"):
        load_topic(write(tmp_path, twice), "small")


@pytest.mark.parametrize("missing", ["small.md", "small.toml"])
def test_half_a_topic_is_refused(tmp_path: Path, missing: str) -> None:
    (write(tmp_path) / missing).unlink()
    with pytest.raises(CorpusError, match=missing):
        load_topic(tmp_path, "small")


@pytest.mark.parametrize("name", ["small.md", "small.toml"])
def test_bytes_that_are_not_text_are_refused(tmp_path: Path, name: str) -> None:
    (write(tmp_path) / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CorpusError, match=name):
        load_topic(tmp_path, "small")
