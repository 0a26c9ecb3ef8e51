"""What is wrong with an answer before its content is judged, and which of its words may count.

Invariant: words that address the marker, that only repeat the question or the answer itself, that
say where a claim stands, or that are heaped up without a claim are blanked in `Inspected.cleaned`
and can therefore not be evidence for a point.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.cleaning import Cleaned, clean
from agent.copied import copies, is_closed, repeats
from agent.grades import Flag
from agent.injections import instructions
from agent.reported import attributions
from agent.term_heaps import heaps
from agent.verdict_blocks import verdict_blocks
from agent.words import CONTENT_FREE, POLAR_ANSWERS, content_words, words

NEARLY_ALL = 0.7  # of an answer's content words: then what they are is said of the answer


@dataclass(frozen=True, slots=True)
class Inspected:
    """The answer with what may not count blanked, and the flags raised so far."""

    cleaned: Cleaned
    flags: tuple[Flag, ...]


def inspect(question: str, answer: str) -> Inspected:
    """Clean the answer, take out what may not count, raise flags.

    A list of terms or a copy of the question inside a longer answer is taken out without a flag.
    """
    cleaned = clean(answer)
    flags: list[Flag] = []
    # Before sentences are looked for: what is left of a block, cut in pieces, says nothing.
    blocks = list(verdict_blocks(cleaned.text))
    cleaned = _without(cleaned, blocks)
    instructed = list(instructions(cleaned.text))
    cleaned = _without(cleaned, instructed)
    if blocks or instructed or cleaned.hidden:
        flags.append("injection")
    if is_content_free(cleaned.text, question):
        # An answer that is nothing but an injection is told as such, not as empty.
        return Inspected(cleaned, (*flags, "empty"))
    cleaned = _without(cleaned, attributions(cleaned.text))
    cleaned = _without(cleaned, repeats(cleaned.text))
    before = _content(cleaned)
    listed = _without(cleaned, heaps(cleaned.text, question))
    if before - _content(listed) >= NEARLY_ALL * before > 0:
        flags.append("keyword_list")
    before = _content(listed)
    cleaned = _without(listed, copies(listed.text, question))
    if before - _content(cleaned) >= NEARLY_ALL * before > 0:
        flags.append("question_copied")
    return Inspected(cleaned, tuple(flags))


def is_content_free(text: str, question: str = "") -> bool:
    """No words, or only words such as "I don't know" and "let's think step by step".

    A bare yes or no counts as an answer where the question can be answered so.
    """
    said = words(text)
    if is_closed(question) and any(w in POLAR_ANSWERS for w in said) and len(said) <= 2:
        return False
    if len(said) == 1 and len(said[0]) == 1 and said[0] != "i":
        return False  # the letter of a choice or the name of a quantity
    return all(w in CONTENT_FREE or w in POLAR_ANSWERS for w in said)


def _without(cleaned: Cleaned, spans: Iterable[tuple[int, int]]) -> Cleaned:
    for start, end in list(spans):
        cleaned = cleaned.without(start, end)
    return cleaned


def _content(cleaned: Cleaned) -> int:
    return len(content_words(cleaned.text))
