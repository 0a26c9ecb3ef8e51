"""Training rows that differ in little and mean much, or differ in much and mean the same.

A judge that learns how small a change makes a contradiction comes to distrust a point's own words.
So a point is held against itself, in company and slightly altered, beside the alterations that do
turn it round; and a wrong belief is told as somebody's error, beside being told as true.
Invariant: the phrases here are not those with which `evals.robustness` attacks.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from agent.grades import Verdict
from agent.judge import Pair
from agent.segments import sentences
from corpus.schema import KeyPoint, Question
from evals.marks import MarkedPoint, MarkedQuestion, Marks
from evals.reversals import as_clause, negated
from evals.training_changes import IDLE
from evals.training_data import Example, Target, closed, verdict_target
from evals.typos import misspelt

OPENINGS = (
    "", "", "I think ", "Basically ", "As far as I know ", "In short: ", "The point is that ",
    "What matters here is that ", "Put simply, ", "We learnt that ", "My answer: ", "So ",
)  # fmt: skip
TOLD_AS_WRONG = (
    "Many believe that {m}, which is a mistake.",
    "It is a myth that {m}.",
    "One often hears that {m}, but that does not hold.",
    "A common misunderstanding is that {m}.",
    "It would be an error to say that {m}.",
    "Beginners tend to claim, mistakenly, that {m}.",
    "Contrary to what is often claimed ({m}), it works the way I describe.",
    "I used to think that {m}; I know better now.",
    "The misconception here: {m}.",
    "Do not fall for the idea that {m}.",
)
TOLD_AS_TRUE = (
    "Some doubt it, but {m}.",
    "It is often overlooked that {m}.",
    "Make no mistake: {m}.",
    "People rightly point out that {m}.",
    "I used to doubt that {m}; I am sure now.",
    "It is no myth that {m}.",
)
LEFT_OPEN = (
    "Perhaps {s}, perhaps just the reverse.",
    "Either {s}, or it is the contrary; I could not say.",
    "It may be that {s}, but it may as well not be so.",
    "Is it that {s}? Or the opposite? I am guessing.",
    "{S}, or else not, I do not remember which.",
)
Asked = Question | MarkedQuestion
Point = KeyPoint | MarkedPoint
_NEVER_CONTRADICTED: Target = (1, 1, 1, 0)
_LEFT_OPEN: Target = (0, 0, 1, 1)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_ARTICLE = re.compile(r"\b(the|a|an) ", re.IGNORECASE)


def own_words_examples(questions: Sequence[Question], count: int, seed: int) -> Iterator[Example]:
    """Points in their own words, alone and in company: covered. The same denied, or with another
    figure: contradicted. The question's own words, or the point's in any order: missing."""
    chance = random.Random(seed)
    asked = [q for q in questions if q.key_points]
    for _ in range(count):
        question = chance.choice(asked)
        point = chance.choice(question.key_points)
        text, verdict = _own_words(question, point, chance)
        yield Example(Pair(point.text, text, question.question), verdict_target(verdict), "own")


def _own_words(question: Question, point: KeyPoint, chance: random.Random) -> tuple[str, Verdict]:
    kind = chance.random()
    if kind < 0.6:
        return _in_company(question, point, _altered(point.text, chance), chance), "covered"
    if kind < 0.72 and len(list(sentences(point.text))) == 1:
        return _in_company(question, point, negated(point.text), chance), "contradicted"
    if kind < 0.82 and (other := _another_figure(point.text, chance)):
        return _in_company(question, point, other, chance), "contradicted"
    if kind < 0.9:
        return _shuffled(point.text, chance), "missing"
    return _shuffled(question.question, chance), "missing"


def recited_examples(questions: Sequence[Asked], count: int, seed: int) -> Iterator[Example]:
    """Points in their own words, in company and at times all of it several times over: covered; the
    same denied, or with another figure: contradicted."""
    chance = random.Random(seed)
    for _ in range(count):
        question = chance.choice(questions)
        points: Sequence[Point] = question.key_points
        point = chance.choice(points)
        turned = _turned_round(point.text, chance) if chance.random() < 0.25 else None
        said = _in_company(question, point, turned or _altered(point.text, chance), chance)
        if chance.random() < 0.15:
            said = " ".join([said] * chance.randint(2, 8))
        verdict = verdict_target("contradicted" if turned else "covered")
        yield Example(Pair(point.text, said, question.question), verdict, "recited")


def _turned_round(text: str, chance: random.Random) -> str | None:
    """The text with another figure in it, or denied; nothing where it is of several sentences."""
    if other := _another_figure(text, chance):
        return other
    return negated(text) if len(list(sentences(text))) == 1 else None


def misconception_examples(
    marks: Marks, questions: Sequence[Question], count: int, seed: int
) -> Iterator[Example]:
    """What is right and what is wrong about a point, each told as true or as somebody's error."""
    chance = random.Random(seed)
    covering = _covering(marks)
    held = [(q, m) for q in questions for m in q.misconceptions if m.contradicts]
    for _ in range(count):
        question, wrong = chance.choice(held)
        point = next((p for p in question.key_points if p.id == wrong.contradicts), None)
        if point is None:
            continue
        truth = chance.choice([point.text, *covering.get((question.id, point.id), ())])
        text, target = _reported(truth, wrong.text, chance)
        either = target is _NEVER_CONTRADICTED
        yield Example(Pair(point.text, text, question.question), target, "misconceptions", either)


def _reported(truth: str, wrong: str, chance: random.Random) -> tuple[str, Target]:
    """What is right and what is wrong, each told as true or as an error: were only wrong things
    told as errors, the words of the telling would give the verdict away."""

    def told(forms: Sequence[str], text: str) -> str:
        return chance.choice(forms).format(m=as_clause(text))

    covered, contradicted = verdict_target("covered"), verdict_target("contradicted")
    kind = chance.random()
    if kind < 0.3:
        parts = [closed(truth), told(TOLD_AS_WRONG, wrong)]
        if chance.random() < 0.4:
            parts.reverse()
        return " ".join(parts), covered
    if kind < 0.45:
        return told(TOLD_AS_WRONG, wrong), _NEVER_CONTRADICTED
    if kind < 0.65:
        return told(TOLD_AS_TRUE, truth), covered
    if kind < 0.8:
        return told(TOLD_AS_WRONG, truth), contradicted
    said = told(TOLD_AS_TRUE, wrong)
    return (said if kind < 0.9 else f"{closed(truth)} {said}"), contradicted


def left_open_examples(marks: Marks, count: int, seed: int) -> Iterator[Example]:
    """A covering statement beside its denial, without a choice: not said, or said wrongly."""
    chance = random.Random(seed)
    single = [
        p for p in marks.pairs if p.label == "covered" and len(list(sentences(p.statement))) == 1
    ]
    for p in chance.sample(single, min(count, len(single))):
        said = p.statement.rstrip(".!? ")
        text = chance.choice(LEFT_OPEN).format(s=as_clause(said), S=said)
        asked = marks.questions[p.question_id].question
        yield Example(Pair(marks.point(p).text, text, asked), _LEFT_OPEN, "left open", either=True)


def _covering(marks: Marks) -> dict[tuple[str, str], list[str]]:
    out = defaultdict(list)
    for row in marks.pairs:
        if row.label == "covered":
            out[row.question_id, row.point_id].append(row.statement)
    return out


def _in_company(question: Asked, point: Point, text: str, chance: random.Random) -> str:
    """The text among other points of its question and idle sentences, or alone."""
    others = [p.text for p in question.key_points if p.id != point.id]
    company = chance.sample(others, chance.randint(0, len(others)))
    if chance.random() < 0.3:
        company.append(chance.choice(IDLE))
    company.insert(chance.randint(0, len(company)), text)
    return " ".join(map(closed, company))


def _altered(text: str, chance: random.Random) -> str:
    """The text as somebody repeats it from memory: the same claim."""
    kind = chance.random()
    if kind < 0.35:
        return text
    if kind < 0.6 and (opening := chance.choice(OPENINGS)):
        return opening + as_clause(text)
    if kind < 0.75:
        return _ARTICLE.sub(lambda m: "" if chance.random() < 0.6 else m.group(), text)
    if kind < 0.9:
        return misspelt(text, chance, 0.3)
    return text.lower()


def _another_figure(text: str, chance: random.Random) -> str | None:
    """The text with another number in it, or nothing where it has none."""
    found = list(_NUMBER.finditer(text))
    if not found:
        return None
    drawn = chance.choice(found)
    value = float(drawn.group())
    other = value * chance.choice((0.1, 0.25, 0.5, 2, 3, 4, 10)) or 1.0
    return f"{text[: drawn.start()]}{other:g}{text[drawn.end() :]}"


def _shuffled(text: str, chance: random.Random) -> str:
    words = text.rstrip("?.! ").split()
    chance.shuffle(words)
    return " ".join(words)
