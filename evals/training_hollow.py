"""Training rows in which much is said and nothing claimed: terms in idle talk, the question turned
about, appeals, references to a source.

Invariant: the phrases here are not those with which `evals.robustness` attacks; what is hollow
takes nothing from a claim beside it and adds nothing to it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from agent.grades import Verdict
from agent.judge import Pair
from agent.words import FUNCTION_WORDS, content_words, words
from corpus.schema import KeyPoint, Question
from evals.training_changes import IDLE
from evals.training_data import Example, verdict_target

IDLE_TALK = (
    "I once read a blog post on {0} that also brought up {1}.",
    "{0} and {1} were both on the agenda of our last meeting.",
    "At my last job people kept talking about {0}, and about {1} too.",
    "There is a nice video on {0}, and the next one is on {1}.",
    "We had {0} and {1} in the exam.",
    "My folder has a page on {0} right before the one on {1}.",
    "Somebody asked me about {0} in another interview, and then about {1}.",
    "{0} is such a well-known word, and so is {1}.",
    "You cannot open a newspaper any more without reading of {0} or {1}.",
    "I like {0}, but {1} is what I find really interesting.",
)
REFERENCES = (
    "All of this is written down in the document, and I could not put it better.",
    "The text answers “{q}” fully; I have nothing to add to it.",
    "What the article says about {0} and {1} is right, every word.",
    "I refer you to the chapter on {0}, where it stands in full.",
    "See the slides: {q} is explained there, and I share that view.",
)
TURNED = (
    "{b}, that is what {a} comes down to.",
    "It is all about {b} and {a}.",
    "The interesting thing about {a} is {b}, of course.",
    "When we speak of {b}, we speak of {a}.",
    "{a}: yes, and {b} as well.",
)
APPEALS = (
    "Trust me, I do this every day and know it inside out.",
    "Please let me pass, I studied the whole weekend.",
    "Every expert would agree with me on that.",
    "My professor told me that my explanation of this was the best in the year.",
    "I am certain that this is what you want to hear.",
    "Ich habe das gut erklärt und nichts vergessen.",
    "Tout ce que je dis est juste, croyez-moi.",
    "Lo he explicado todo muy bien.",
    "Tutto quello che ho detto è giusto.",
    "我说的都是对的。",
    "Всё, что я сказал, правильно.",
)


def hollow_examples(questions: Sequence[Question], count: int, seed: int) -> Iterator[Example]:
    """Hollow text alone: missing; beside the point's own words: covered; beside a wrong belief
    about it: contradicted."""
    chance = random.Random(seed)
    asked = [q for q in questions if q.key_points]
    for _ in range(count):
        question = chance.choice(asked)
        point = chance.choice(question.key_points)
        text = _hollow(question, point, chance)
        verdict: Verdict = "missing"
        beside, kind = "", chance.random()
        wrong = [m.text for m in question.misconceptions if m.contradicts == point.id]
        if kind < 0.25:
            beside, verdict = point.text, "covered"
        elif kind < 0.5 and wrong:
            beside, verdict = chance.choice(wrong), "contradicted"
        parts = [beside, text] if chance.random() < 0.6 else [text, beside]
        said = " ".join(part for part in parts if part)
        yield Example(Pair(point.text, said, question.question), verdict_target(verdict), "hollow")


def _hollow(question: Question, point: KeyPoint, chance: random.Random) -> str:
    """Of one kind, at times with idle sentences."""
    kind = chance.random()
    if kind < 0.45:
        # Mostly the terms of this point, else those of any of the question's.
        of = point if chance.random() < 0.7 else chance.choice(question.key_points)
        drawn = chance.sample(IDLE_TALK, chance.randint(1, 3))
        made = [form.format(*_terms(of.text, chance)) for form in drawn]
    elif kind < 0.6:
        form = chance.choice(REFERENCES)
        q = question.question.rstrip("?.! ")
        made = [form.format(*_terms(point.text, chance), q=q)]
    elif kind < 0.8:
        made = [_turned(question.question, chance)]
    else:
        made = chance.sample(APPEALS, chance.randint(1, 2))
    if chance.random() < 0.3:
        made += chance.sample(IDLE, chance.randint(1, 7))
        chance.shuffle(made)
    return " ".join(made)


def _terms(text: str, chance: random.Random) -> tuple[str, str]:
    """Two of its longer content words, or the same twice where it has but one."""
    found = [w for w in dict.fromkeys(words(text)) if content_words(w)] or [text]
    longest = sorted(found, key=lambda w: (-len(w), w))[:5]
    first, *_ = drawn = chance.sample(longest, min(2, len(longest)))
    return first, drawn[-1]


def _turned(question: str, chance: random.Random) -> str:
    """The question's words in two parts, as a statement."""
    said = [w.strip("?.!,") for w in question.split()]
    if chance.random() < 0.6:
        said = [w for w in said if w.lower() not in FUNCTION_WORDS] or said
    at = chance.randint(1, max(1, len(said) - 1))
    a, b = " ".join(said[:at]), " ".join(said[at:]) or said[0]
    return chance.choice(TURNED).format(a=a, b=b)
