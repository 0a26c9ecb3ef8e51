"""Words that steer a candidate towards a missing point: hints and follow-up probes.

Invariant: a hint, or a probe made here, holds no content word of the point it aims at beyond those
that the question or the candidate have already said. (A document's own follow-ups are used as they
stand.) Same input, same words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from agent.choice import enough_of, wanted_of
from agent.grades import PointGrade
from corpus.schema import KeyPoint, Question

MOST_HINTS = 2  # for one question
_CLOZE_WORDS = 16  # how much of a long point the second hint lays out
_QUOTE_WORDS = 12
_WORD = re.compile(r"[^\W_]+(?:[-'’.+#][^\W_]+)*[+#]*")
_PLAIN = frozenset(
    """a about above after again all also although an and any are as at be because been before being
    below between both but by can could did do does doing done down during each either else even
    few for from further had has have having he her here his how i if in into is it its itself just
    less like many may me might more most much must my no nor not of off on once one only or other
    our out over own per rather same she should since so some such than that the their them then
    there these they this those through thus to too under until up upon us use used uses using very
    was we were what when where whether which while who whom whose why will with within without
    would yet you your yours""".split()
)
_GENERIC = (
    "What else matters here? One important point is still missing.",
    "Is there anything further? A full answer makes at least one more point.",
)


class Probe(NamedTuple):
    """A follow-up question and the key point it aims at."""

    text: str
    aims_at: str


def by_value(points: Sequence[PointGrade]) -> list[PointGrade]:
    """The points with something left to gain, most valuable (weight times what lacks) first."""
    open_points = [p for p in points if p.weight > 0 and p.verdict != "covered" and p.score < 1]
    return sorted(open_points, key=lambda p: -p.weight * (1 - p.score))


def hint(question: Question, points: Sequence[PointGrade], said: str, number: int) -> str:
    """Hint `number` (from 1) on the most valuable point not yet made.

    `points` is how the question stands (empty before an answer), `said` what the candidate has
    said so far. Beyond `MOST_HINTS` it says that there are no more.
    """
    if number > MOST_HINTS:
        return "No more hints for this one. Say what you can, or say “I don’t know”."
    if question.kind == "behavioural":
        return (
            "Take one real situation and tell it in order: what it was, what you were to do.",
            "Say what you yourself did, what came of it, and what you would do differently.",
        )[number - 1]
    point = _target(question, points)
    if point is None:
        return (
            f"Begin with what it is and what it is for. The topic is {question.topic}.",
            "Then say how it works, and where it stops working.",
        )[number - 1]
    target, known = point.text, _stems(f"{question.question} {said}")
    if number == 1:
        new = [w for w in _content(target) if _stem(w) not in known and w[0].isalpha()]
        letters = [w[0] + "…" for w in new][:2]
        if letters:
            return f"A point not made yet turns on words that begin: {', '.join(letters)}"
        return "A point not made yet puts together words already in the question."
    return f"It goes like this: {_cloze(target, known)}"


def hint_target(question: Question, points: Sequence[PointGrade]) -> str | None:
    """The id of the key point that `hint` aims at; None where it gives general advice."""
    point = None if question.kind == "behavioural" else _target(question, points)
    return point.id if point else None


def probe(
    question: Question, points: Sequence[PointGrade], said: str, asked: Sequence[str]
) -> Probe | None:
    """The next follow-up, or None where nothing is left that was not asked before.

    A document's own follow-ups come first, then a question on the candidate's own words, then a
    general one. `asked` holds the prompts already put for this question.
    """
    used = set(asked)
    for point in by_value(points):
        candidates = [f.text for f in question.follow_ups if f.aims_at == point.id]
        worded = _worded(question, point, points, said)
        for text in (*candidates, *([worded] if worded else []), *_GENERIC):
            if text not in used:
                return Probe(text, point.id)
    return None


def why(question: Question) -> str:
    """Why this question is asked."""
    origin = {
        "explicit": "It stands in your notes",
        "derived": "It was made from your notes",
        "authored": "It comes from the bundled library",
        "generated": "It was written from your notes by the language model",
    }[question.origin]
    source = question.reference.spans[0].path if question.reference else ""
    # The name alone: the folders above it are nothing to show a person, or others beside them.
    place = f" ({PurePath(source).name})" if source and question.origin != "authored" else ""
    count = len(question.key_points)
    enough = enough_of(question.question, count)
    makes = (
        f"{count} point{'s' * (count != 1)}" if enough is None else f"{enough} of {count} points"
    )
    looks = f" A good answer makes {makes}." if count else ""
    return f"{origin}{place}, on {question.topic}, difficulty {question.difficulty} of 5.{looks}"


def _worded(
    question: Question, point: PointGrade, points: Sequence[PointGrade], said: str
) -> str | None:
    """A probe out of the candidate's own words, or None where none reads naturally."""
    if point.answer_span is not None and point.verdict in ("partial", "contradicted"):
        words = point.answer_span.quote.split()
        quote = " ".join(words[:_QUOTE_WORDS]).strip(" .,;:") + ("…" * (len(words) > _QUOTE_WORDS))
        if point.verdict == "partial":
            return f"You said “{quote}”. Can you be more precise about that?"
        return f"You said “{quote}”. Would you think that through once more?"
    wanted, named = wanted_of(points), sum(p.verdict == "covered" for p in points)
    if wanted is not None and named:
        return f"That is {named} of the {wanted} asked for. What else is there?"
    shared = _stems(point.text) - _stems(question.question)
    for word in _content(said):
        if len(word) > 4 and _stem(word) in shared and not word.endswith(("ing", "ly", "ed")):
            return f"You spoke about “{word}”. What more belongs to that?"
    return None


def _target(question: Question, points: Sequence[PointGrade]) -> PointGrade | KeyPoint | None:
    if points:
        return next(iter(by_value(points)), None)
    return max(question.key_points, key=lambda p: p.weight, default=None)


def _cloze(text: str, known: set[str]) -> str:
    """The text with every content word that is not `known` cut to its first letter."""
    end = len(text)
    for count, match in enumerate(_WORD.finditer(text), start=1):
        if count == _CLOZE_WORDS:
            end = match.end()
            break

    def mask(match: re.Match[str]) -> str:
        word = match.group()
        if word.casefold() in _PLAIN or _stem(word) in known:
            return word
        # A figure's first digit often is the figure.
        return "…" if word[0].isdigit() else word[0] + "…"

    shown = _WORD.sub(mask, " ".join(text[:end].split()))
    return shown if end == len(text) else f"{shown} …"


def _content(text: str) -> list[str]:
    return [w for w in _WORD.findall(text) if w.casefold() not in _PLAIN and len(w) > 1]


def _stems(text: str) -> set[str]:
    return {_stem(w) for w in _content(text)}


def _stem(word: str) -> str:
    """A crude stem: enough to see that "kernels" repeats "kernel"."""
    lower = word.casefold()
    for ending in ("ing", "es", "ed", "s"):
        if lower.endswith(ending) and len(lower) - len(ending) >= 4:
            return lower[: -len(ending)]
    return lower
