"""What a document or a section is about, and how hard its own marks say its questions are.

Invariant: a topic is one readable line without numbering, emoji or markup.
"""

from __future__ import annotations

import re

from corpus.questions.wording import cleaned

_WRAPPING = re.compile(
    r"(?:(?:top|the)\s+)?(?:\d+\s*\+?\s+)?(?:most\s+)?"
    r"(?:(?:common(?:ly)?|popular|frequently|essential|important|key|basic|advanced|theoretical|"
    r"technical|general|typical|asked)\s+)*"
    r"(?:questions?\s+(?:and\s+answers?\s+)?(?:asked\s+)?(?:in|for|on|about|"
    r"from)\s+(?:an?\s+|the\s+)?)?",
    re.I,
)
_TAIL = re.compile(
    r"\s*[:\-–—|]?\s*(?:\b(?:job\s+)?interviews?)?\s*(?:\b(?:preparation|prep))?"
    r"\s*(?:\b(?:questions?|q\s*&\s*a|faqs?))?"
    r"\s*(?:(?:\band|&)\s+answers?)?\s*(?:\b(?:bank|list|guide|cheat\s*sheet|plan))?\s*$",
    re.I,
)
_ABOUT = re.compile(
    r"(?:what (?:is|are|does it mean to be)|explain|describe|define)\s+"
    r"(?:an?\s+|the\s+)?",
    re.I,
)
_LEVELS = {
    "easy": 2, "beginner": 2, "basic": 2, "junior": 2, "medium": 3, "intermediate": 3, "mid": 3,
    "hard": 4, "advanced": 4, "difficult": 4, "senior": 4, "expert": 5,
}  # fmt: skip
_WORDS = "|".join(_LEVELS)
_LEGEND = re.compile(rf"([^\w\s,;:|()\[\]–—*-]+)\s*[=:–—-]?\s*({_WORDS})\b", re.I)
_TEXT_MARK = re.compile(
    rf"[\[(]\s*(?:difficulty|level)?:?\s*({_WORDS})\s*[\])]|\b(?:difficulty|level):\s*({_WORDS})\b",
    re.I,
)
_JOINERS = str.maketrans("", "", "‍️")


def subject_of(title: str) -> str:
    """What a title is about: "Questions Asked in X Interview" is about X."""
    text = cleaned(title).rstrip("?.")
    if text != cleaned(title) and (about := _ABOUT.match(text)):
        text = text[about.end() :].strip()
        return text[:1].upper() + text[1:] if re.match(r"[a-z]+(?:[ -]|$)", text) else text
    bare = _TAIL.sub("", text).strip()
    wrapped = _WRAPPING.match(bare)
    inner = bare[wrapped.end() :].strip() if wrapped else bare
    inner = _TAIL.sub("", inner).strip(" :-–—")
    if " " not in inner and inner.endswith(("ic", "al")):
        return text  # "Algorithmic questions": an adjective alone is no subject
    return inner or bare or text


def legend_of(text: str) -> dict[str, int]:
    """The document's own marks of difficulty ("👶 easy ⭐ medium"), each with its level."""
    for line in text[:20_000].split("\n"):
        found = {
            mark.translate(_JOINERS): _LEVELS[word.lower()]
            for mark, word in _LEGEND.findall(line[:400])
        }
        if len(found) >= 2 and "" not in found:
            return found
    return {}


def marked_difficulty(raw: str, legend: dict[str, int]) -> int | None:
    """The level that the marks in a question's raw text give it, the highest if several."""
    bare = raw.translate(_JOINERS)
    levels = [level for mark, level in legend.items() if mark in bare]
    named = _TEXT_MARK.search(raw)
    if named:
        levels.append(_LEVELS[(named.group(1) or named.group(2)).lower()])
    return max(levels, default=None)
