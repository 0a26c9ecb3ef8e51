"""What is left out, what must not be, and that each passage stands where it is said to stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.blocks import scan
from corpus.gaps import covers, kept_parts
from corpus.junk import find_junk
from corpus.schema import Document, Removed

PROSE = (
    "A warp is a group of threads that run the same instruction at the same time. When they take "
    "different branches, the hardware runs the branches one after the other."
)


def document(text: str, title: str = "") -> Document:
    return Document("d1", "/notes/a.md", title, "text/markdown", "user", "0", text)


def junk(text: str, title: str = "") -> list[tuple[str, str]]:
    doc = document(text, title)
    return [(r.reason, r.text) for r in find_junk(doc, scan(text))]


def reasons(text: str) -> set[str]:
    return {reason for reason, _ in junk(text)}


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_removed_passages_stand_in_the_text_in_order(text: str) -> None:
    at = 0
    for r in find_junk(document(text), scan(text)):
        assert at <= r.start < r.end
        assert r.text == text[r.start : r.end]
        at = r.end


def test_plain_notes_lose_nothing() -> None:
    text = (
        f"# Warps\n\n{PROSE}\n\n- You can sort your data first.\n- Don't miss shared "
        f"memory.\n\n{PROSE}"
    )
    assert junk(text) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Your resume is parsed by the model, and the parser returns skills as JSON.",
        "Click events are counted per advert; the click-through rate is clicks over impressions.",
        "A recommender suggests courses; users subscribe to topics and the model learns from that.",
        "Register pressure limits how many warps can be resident; get started with the profiler.",
        "Comments in the code show where the stream is synchronised.",
        "The leaderboard ranks models; a free trial of the API has 100 requests per minute.",
    ],
)
def test_technical_prose_with_the_words_of_adverts_stays(sentence: str) -> None:
    assert junk(f"# Notes\n\n{PROSE}\n\n{sentence}\n\n{PROSE}") == []


def test_advert_in_the_middle_of_an_answer() -> None:
    advert = (
        "Career tips:\n- Land your dream job! Craft the perfect resume with AcmeCareer.\n"
        "- Get noticed by recruiters! Explore our premium courses on AcmeCareer today."
    )
    found = junk(f"Q 1. What is a warp?\n{PROSE}\n{advert}\nQ 2. What is a block?\n{PROSE}")
    assert found == [("advert", advert)]


def test_everything_under_the_comments_heading_goes() -> None:
    tail = (
        "3 Comments\nNice post!\nDear Sir, kindly visit us.\nBest regards, A. Seller, a@b.example"
    )
    found = junk(f"{PROSE}\n{PROSE}\n{PROSE}\n{tail}")
    assert "".join(text for _, text in found).endswith("a@b.example")
    assert {reason for reason, _ in found} <= {"comment", "spam"}


def test_comments_early_in_a_document_are_a_topic() -> None:
    assert junk(f"## Comments\n\n{PROSE}\n\n## Docstrings\n\n{PROSE}\n\n{PROSE}") == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Share on Facebook Twitter LinkedIn", "share_bar"),
        ("Rate this article", "share_bar"),
        ("Home > Blog > GPUs", "navigation"),
        ("You might also like", "navigation"),
        ("**Learn more:** [The guide](https://example.org/guide)", "navigation"),
        ("https://example.org/a/b", "navigation"),
        ("![a chart](chart.png)", "caption"),
        ('<img src="a.png" alt="A chart" />', "caption"),
        ("Image source: [blog](https://example.org)", "caption"),
        ("We use cookies to improve your experience on this site.", "boilerplate"),
        ("Thanks for reading! Reach out on the forum.", "sign_off"),
        ("Would you like me to continue with the next lesson?", "sign_off"),
        ("<!-- reviewed -->", "metadata"),
    ],
)
def test_furniture(line: str, reason: str) -> None:
    assert junk(f"# Title\n\n{PROSE}\n\n{line}") == [(reason, line)]


def test_opening_of_a_chat_and_byline() -> None:
    text = f"Sure! Here is the next lesson of your plan:\n\n# Lesson\n\nBy Jane Doe\n\n{PROSE}"
    assert [reason for reason, _ in junk(text)] == ["sign_off", "metadata"]


def test_contents_and_front_matter() -> None:
    text = f"---\ntitle: T\n---\n\n## Contents\n\n* [One](#one)\n* [Two](#two)\n\n## One\n\n{PROSE}"
    assert [reason for reason, _ in junk(text)] == ["metadata", "navigation"]


def test_kept_parts_leave_the_removed_out() -> None:
    removed = (Removed(4, 8, "advert", "efgh"),)
    assert kept_parts(removed, "abcdefgh ij", 0, 11) == [(0, 4), (9, 11)]
    assert covers(removed, 5, 8)
    assert not covers(removed, 3, 8)


def test_the_glossary_loses_only_metadata_and_pictures(shared: Path) -> None:
    for path in sorted((shared / "documents" / "gpu-glossary").rglob("*.md")):
        text = path.read_text()
        for reason, passage in junk(text):
            assert passage.startswith(("---", "![", "<!--", "<pre")), (path.name, reason, passage)


def test_the_bank_of_answers_loses_only_its_pointers(shared: Path) -> None:
    (path,) = (shared / "documents" / "question-banks").glob("*ai-engineer*")
    text = path.read_text()
    first = text.index("<details>")
    for r in find_junk(document(text), scan(text)):
        assert r.start < first or r.text.startswith("**Learn more"), r.text


def test_the_saved_article_loses_its_advert_and_its_comments(shared: Path) -> None:
    (path,) = (shared / "documents" / "seeds").glob("004_*")
    text = path.read_text()
    kept = "".join(
        text[a:b] for a, b in kept_parts(find_junk(document(text), scan(text)), text, 0, len(text))
    )
    for brand in ("ResumeGemini", "Delta Air", "SEO", "Career Expert", "Share Your Experience"):
        assert brand in text
        assert brand not in kept
    assert "Key Topics to Learn" in kept
