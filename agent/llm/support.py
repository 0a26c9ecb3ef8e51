"""Whether a sentence of the model may be shown beside the passage that it cites.

Invariant: a sentence passes only where `agent.verification` finds it supported by its passage, it
quotes nothing that nobody said, and it speaks of the matter alone.
"""

from __future__ import annotations

import re

from agent.injections import instructions
from agent.judge import Judge
from agent.segments import sentences
from agent.verification import verify
from agent.words import words

_QUOTED = re.compile(r"[“\"]([^”\"]{2,})[”\"]|‘([^’]{2,})’")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ADDRESS = re.compile(r"://|\bwww\.|[<>]|\]\(")
# Of the candidate or of marks code alone speaks; a passage that does so may be repeated.
_PERSONS = re.compile(r"\b(?:candidates?|interviewers?|graders?|markers?|full marks)\b", re.I)


def unsupported(
    text: str, passage: str, said: str, judge: Judge, *, may_repeat: bool = False
) -> str:
    """What speaks against showing the sentence; empty where nothing does.

    `said` is what the candidate said, which a sentence may quote as well as the passage. With
    `may_repeat` the passage itself will do.
    """
    if _ADDRESS.search(text):
        return "an address or markup has no place in it"
    person = _PERSONS.search(text)
    if any(instructions(text)) or (person and person.group().lower() not in passage.lower()):
        return "it speaks of the candidate or of marks instead of the matter"
    heard = _plain(f"{passage}\n{said}")
    for match in _QUOTED.finditer(text):
        if _plain(match.group(1) or match.group(2)) not in heard:
            return f"nobody said {match.group()}"
    invented = set(_NUMBER.findall(text)) - set(_NUMBER.findall(passage))
    if invented:
        return f"the passage has no {', '.join(sorted(invented))}"
    if not may_repeat and words(text) == words(passage):
        return "it only repeats the passage; say it in plain words of your own"
    evidence = [passage[low:high] for low, high in sentences(passage)]
    found = verify(text, evidence, judge)
    if found.label != "supported":
        return f"the passage does not say “{text[:120]}”"
    return ""


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .,;:").casefold()
