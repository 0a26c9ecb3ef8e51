"""The speed of grades is taken of warm grades, beside what the encoder was really given."""

from __future__ import annotations

from collections.abc import Sequence

from wordjudge import WordJudge
from wordvectors import WordEmbedder

from corpus.schema import KeyPoint, Misconception, Question, Reference
from evals.grade_speed import (
    POINTS,
    WORDS,
    HeardEmbedder,
    HeardJudge,
    grade_speed,
    requests_of,
)
from index.embedder import Embedding


class Watched(WordEmbedder):
    """Notes what it embeds as the bare encoder, and what for a grade."""

    def __init__(self) -> None:
        self.bare: list[list[str]] = []
        self.single: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        self.bare.append(list(texts))
        return super().embed(texts)

    def embed_one(self, text: str) -> Embedding:
        self.single.append(text)
        return super().embed_one(text)


def question(number: int, points: int) -> Question:
    said = [
        f"Subject {number} keeps thing {number}{i} in place {i} of hall {number} behind lamp {i}."
        for i in range(points)
    ]
    return Question(
        f"q{number}", "d", "topic", f"What does subject {number} do?", "concept", "authored", 3, (),
        Reference(" ".join(said), ()),
        tuple(KeyPoint(f"k{i}", text) for i, text in enumerate(said)),
        (Misconception(f"Subject {number} keeps nothing in any place.", ""),),
    )  # fmt: skip


QUESTIONS = [question(1, POINTS), question(2, POINTS + 2), question(3, POINTS - 1)]


def test_an_answer_has_the_words_and_a_question_the_points():
    requests = list(requests_of(QUESTIONS))
    assert [r.question for r in requests] == [q.question for q in QUESTIONS[:2]]
    assert all(len(r.answer.split()) == WORDS for r in requests)
    assert all(len(r.key_points) == POINTS and r.misconceptions for r in requests)
    # Half of each answer is another question's.
    assert "Subject 1" in requests[1].answer
    assert "Subject 2" in requests[1].answer


def test_the_bare_encoder_reads_what_the_timed_grades_read_and_nothing_else():
    encoder = Watched()
    figures = grade_speed(encoder, WordJudge(), QUESTIONS)
    assert [f.target for f in figures] == [0.120, 25.0, 0.7]
    assert all(f.least > 0 for f in figures)
    requests = list(requests_of(QUESTIONS))
    sent = encoder.bare[0]
    assert sent[: len(requests)] == [r.answer for r in requests]
    assert len(sent) >= len(requests) * (1 + POINTS)
    assert not any("said before" in text for text in sent)
    # The reference side was read once, before the clock ran.
    assert all(encoder.single.count(p.text) == 1 for p in QUESTIONS[0].key_points)


def test_without_questions_that_fit_there_is_no_figure():
    assert grade_speed(WordEmbedder(), WordJudge(), QUESTIONS[2:]) == []


def test_what_listens_changes_nothing():
    heard, plain = HeardEmbedder(WordEmbedder()), WordEmbedder()
    assert (heard.name, heard.dimension) == (plain.name, plain.dimension)
    assert heard.embed(["One."])[0].pooled.tobytes() == plain.embed_one("One.").pooled.tobytes()
    assert heard.texts == ["One."]
    assert HeardJudge(WordJudge()).name == WordJudge().name
