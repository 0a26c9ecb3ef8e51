"""Changes that alter nothing that is asserted: the mark must stay.

Invariant: an invariance takes no claim away, adds none, and leaves an answer alone where it cannot
be sure of that (sentences that lean on the one before are not put in another order).
"""

from __future__ import annotations

import random
import re

from agent.segments import sentences
from agent.words import words
from evals.attacked import Attack, Attacked
from evals.phrases import ASIDES, PADDING, POLITE_AFTER, POLITE_BEFORE, SYNONYMS
from evals.typos import misspelt

_SYNONYM = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(sorted(map(re.escape, SYNONYMS), key=len, reverse=True))
    + r")(?![\w-])",
    re.I,
)
# A sentence that opens so leans on the one before it.
_LEANING = frozenset(
    """then first second third next finally but however so this that these those it its they them
    their he she such therefore thus hence also and or yet instead otherwise afterwards later well
    no not actually though although still there here both each one another other same because only
    in after before once when until while which besides my now if as for to since even either
    neither what""".split()
)


def _synonyms(case: Attacked, _rng: random.Random) -> str:
    def swap(found: re.Match[str]) -> str:
        said = found.group()
        put = SYNONYMS[said.lower()]
        return put.capitalize() if said[0].isupper() else put

    return _SYNONYM.sub(swap, case.answer)


def _reordered(case: Attacked, rng: random.Random) -> str:
    parts = [case.answer[a:b] for a, b in sentences(case.answer)]
    opening = [words(part)[:1] for part in parts]
    if any(not word or word[0] in _LEANING or word[0].isdigit() for word in opening):
        return case.answer
    rng.shuffle(parts)
    return " ".join(p if p.endswith((".", "!", "?")) else p + "." for p in parts)


def _bullets(case: Attacked, _rng: random.Random) -> str:
    return "\n".join(f"- {case.answer[a:b]}" for a, b in sentences(case.answer))


def _doubled(case: Attacked, _rng: random.Random) -> str:
    """As many words again that say nothing."""
    wanted, said = len(case.answer.split()), list[str]()
    while sum(len(s.split()) for s in said) < wanted and len(said) < 4 * len(PADDING):
        said.append(PADDING[len(said) % len(PADDING)])
    return f"{case.answer} {' '.join(said)}"


def _polite(case: Attacked, _rng: random.Random) -> str:
    return f"{POLITE_BEFORE} {case.answer} {POLITE_AFTER}"


def _asides(case: Attacked, rng: random.Random) -> str:
    """Words that people say while they think, between commas, after about one comma in two."""
    return re.sub(
        r"(?<=[a-z]),(?= [a-z])",
        lambda _: f", {rng.choice(ASIDES)}," if rng.random() < 0.5 else ",",
        case.answer,
    )


def _unpunctuated(case: Attacked, _rng: random.Random) -> str:
    """As a dictation without pauses: no full stops, no commas."""
    return re.sub(r"[.,;](?=\s|$)", "", case.answer)


NEUTRAL = (
    Attack("synonyms", "words of the same meaning", _synonyms),
    Attack("reordered", "its sentences in another order", _reordered),
    Attack("misspelt", "spelling errors", lambda case, rng: misspelt(case.answer, rng)),
    Attack("lower_case", "small letters only", lambda case, _rng: case.answer.lower()),
    Attack("upper_case", "capitals only", lambda case, _rng: case.answer.upper()),
    Attack("bullets", "its sentences as bullet points", _bullets),
    Attack("unpunctuated", "no full stops or commas", _unpunctuated),
    Attack("doubled", "as much idle talk again after it", _doubled),
    Attack("polite", "thanks before and after it", _polite),
    Attack("asides", "“you know”, “basically”", _asides),
)
