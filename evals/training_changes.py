"""Training rows made of marked ones: the same said untidily, a denial, an answer to another
question.

Invariant: the phrases here are not those with which `evals.robustness` attacks.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent.grades import Verdict
from agent.judge import Pair
from agent.segments import sentences
from agent.words import share_said
from evals.marks import Marks
from evals.reversals import negated
from evals.training_data import Example, verdict_target
from evals.typos import misspelt

GOOD = 0.6  # least mark of an answer that is given to another question
ALIKE = 0.4  # share of a point's words from which another question may well be about it
IDLE = (
    "That is a topic I have read a lot about.",
    "I think I remember this from the course.",
    "There is certainly more one could say here.",
    "It came up in a project of mine, too.",
    "Let me put it in my own words.",
    "I hope that makes sense so far.",
    "One has to look at it from several sides.",
    "Many teams run into exactly this.",
    "That is how I would explain it to a colleague.",
    "I can go into more detail if you want.",
    "So that is roughly the picture.",
    "This is a question I like.",
)
GRAND = """truly remarkably highly deeply powerful robust seamless elegant crucial comprehensive
sophisticated extremely significant innovative profound essential""".split()
TAKEN_BACK = (
    "On second thoughts, I believe it is exactly the reverse.",
    "No, scrap that, none of it holds.",
    "Actually I got that backwards, so the contrary is the case.",
)


def untidy(text: str, chance: random.Random) -> str:
    """The text as people type it; what it asserts stays."""
    change = chance.choice(
        (_misspelt, _small, _unpunctuated, _padded, _padded, _bulleted, _grand, _again)
    )
    return change(text, chance)


def untidied(examples: Sequence[Example], share: float, seed: int) -> list[Example]:
    """The examples, a share of them with an untidy passage."""
    chance = random.Random(seed)
    return [
        replace(e, pair=replace(e.pair, passage=untidy(e.pair.passage, chance)))
        if chance.random() < share
        else e
        for e in examples
    ]


def stranger_examples(marks: Marks, count: int, seed: int) -> Iterator[Example]:
    """Good answers and covering statements held against a point of another question, half of the
    time one of the same topic: not mentioned, however right they sound."""
    chance = random.Random(seed)
    said = [(a.question_id, a.answer) for a in marks.answers if a.score >= GOOD]
    said += [
        (p.question_id, p.statement) for p in marks.pairs if p.label in ("covered", "contradicted")
    ]
    questions = sorted({question_id for question_id, _ in said})
    topics: dict[str, list[str]] = defaultdict(list)
    for question_id in questions:
        topics[marks.questions[question_id].topic].append(question_id)
    made = 0
    while made < count:
        own, text = chance.choice(said)
        near = topics[marks.questions[own].topic] if chance.random() < 0.5 else questions
        other = marks.questions[chance.choice(near)]
        point = chance.choice(other.key_points)
        theirs = [p.text for p in marks.questions[own].key_points] + [text]
        if other.id == own or any(share_said(point.text, t) > ALIKE for t in theirs):
            continue
        made += 1
        yield Example(
            Pair(point.text, text, other.question), verdict_target("missing"), "strangers"
        )


def reversed_examples(marks: Marks, count: int, seed: int) -> Iterator[Example]:
    """Covering statements denied or taken back."""
    chance = random.Random(seed)
    covering = [p for p in marks.pairs if p.label == "covered"]
    single = [p for p in covering if len(list(sentences(p.statement))) == 1]
    drawn = [(p, negated(p.statement)) for p in chance.sample(single, count // 2)]
    drawn += [
        (p, f"{p.statement.rstrip('. ')}. {chance.choice(TAKEN_BACK)}")
        for p in chance.sample(covering, count - count // 2)
    ]
    verdict: Verdict = "contradicted"
    for p, text in drawn:
        asked = marks.questions[p.question_id].question
        yield Example(Pair(marks.point(p).text, text, asked), verdict_target(verdict), "reversed")


def _misspelt(text: str, chance: random.Random) -> str:
    return misspelt(text, chance, 0.2)


def _small(text: str, chance: random.Random) -> str:
    return text.lower() if chance.random() < 0.8 else text.upper()


def _unpunctuated(text: str, _chance: random.Random) -> str:
    return re.sub(r"[.,;](?=\s|$)", "", text)


def _padded(text: str, chance: random.Random) -> str:
    """Idle sentences before, between and after, up to as many words again."""
    parts = [text[a:b] for a, b in sentences(text)]
    for idle in chance.sample(IDLE, min(len(IDLE), chance.randint(1, 2 + len(parts)))):
        parts.insert(chance.randint(0, len(parts)), idle)
    return " ".join(p if p.endswith((".", "!", "?")) else f"{p}." for p in parts)


def _bulleted(text: str, _chance: random.Random) -> str:
    return "\n".join(f"* {text[a:b]}" for a, b in sentences(text))


def _grand(text: str, chance: random.Random) -> str:
    """Grand words put anywhere; they assert nothing."""
    words = text.split()
    for _ in range(max(1, len(words) // 8)):
        words.insert(chance.randint(0, len(words)), chance.choice(GRAND))
    return " ".join(words)


def _again(text: str, chance: random.Random) -> str:
    """The whole of it twice or three times, as after a slip of the clipboard."""
    return "\n".join([text] * chance.randint(2, 3))
