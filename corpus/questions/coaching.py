"""Advice to the candidate: told from what can be asked and graded.

Tips, résumé ties, time budgets, sentences to say: kept as coaching, shown after a grade.

Invariant: a passage is advice or subject matter, never both; advice is in no reference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.questions.drafts import Draft
from corpus.questions.plaintext import STOP_WORDS, plain, words
from corpus.schema import Block

_LABEL = re.compile(
    r"^(?:(?:interview|pro|exam|career|quick|answer(?:ing)?)[ -])?(?:tips?|hints?)\b|"
    r"r[ée]sum[ée]|\bcv\b|^(?:time|duration|avoid|don['’]?ts?|do['’]?s|practi[cs]e|say|mention|"
    r"tie[- ]?in|"
    r"talking points?|how to answer|what (?:they|interviewers?) (?:look|want)|buzz\w*|social buzz|"
    r"elevator pitch|soundbite|remember to|red flags?|depth|scope|priority|effort)\b",
    re.IGNORECASE,
)
_SOURCE_LABEL = re.compile(
    r"^(?:url|link|read|watch|skim|listen|source|video|docs?|course|status|due)s?\b", re.I
)
_QUOTED = re.compile(r"^[\"“‘«]")
_SPEECH = re.compile(
    r"(?:^|[\s.(])(?:say|explain|mention|answer|state|highlight|note)\s*:?\s*[\"“«]|\b(?:tie|link|"
    r"relate|compare) "
    r"(?:this |it |.{1,40} )?to your\b|\b(?:your|the) (?:r[ée]sum[ée]|cv|interview(?:er)?|project "
    r"experience)\b|"
    r"\bin (?:an|your|the) interview\b|\bbuzzword\b|\bbe honest about\b|\b(?:don['’]t|do not|no "
    r"need to) "
    r"(?:study|memori[sz]e|dive|worry)\b|\bas a (?:TPM|candidate)\b|\byou['’]ll (?:coordinate|be "
    r"asked)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled line of a note: ``Goal: …``. ``start:end`` is what follows the label."""

    label: str
    start: int
    end: int


_FIELD = re.compile(
    r"[ \t]*(?:[-*+•][ \t]+)?(?P<mark>\*\*|__|\*)?(?P<label>[A-Z][^:*\n“\"]{1,40}?)"
    r"(?(mark)(?::(?P=mark)|(?P=mark)[ \t]?:)|:)[ \t]+(?=\S)"
)


def fields_of(text: str, block: Block) -> list[Field]:
    """The labelled lines of a block, in order; the label's colon may stand inside its bold."""
    found: list[Field] = []
    position = block.body_start
    for line in text[block.body_start : block.body_end].split("\n"):
        end = position + len(line.rstrip())
        match = _FIELD.match(line)
        if match:
            found.append(Field(match.group("label").strip(), position + match.end(), end))
        elif found and line.strip() and found[-1].end == position - 1 - _trailing(text, position):
            found[-1] = replace(found[-1], end=end)
        position += len(line) + 1
    return found


def _trailing(text: str, position: int) -> int:
    """Blanks between the previous line's last visible character and its line break."""
    end = position - 1
    count = 0
    while end - count > 0 and text[end - count - 1] in " \t":
        count += 1
    return count


def is_advice_label(label: str) -> bool:
    """Whether a label ("Interview Tip", "Avoid", "Time") announces advice to the candidate."""
    return bool(_LABEL.search(label))


def is_source_label(label: str) -> bool:
    """Whether a label ("URL", "Read", "Watch") only says where to look."""
    return bool(_SOURCE_LABEL.match(label))


def is_advice(sentence: str) -> bool:
    """Whether a sentence tells the candidate what to say or do instead of stating a fact."""
    return bool(_SPEECH.search(plain(sentence)))


def is_coaching_field(text: str, field: Field) -> bool:
    """Advice by its label, or a key point written as a sentence to say in quotation marks."""
    value = text[field.start : field.end].lstrip("*_ ")
    if is_source_label(field.label):
        return False
    if is_advice_label(field.label):
        return True
    if re.match(r"key (?:points?|message|takeaway)", field.label, re.I):
        return bool(_QUOTED.match(value))
    return is_advice(value) and not re.match(r"goal|objective|why", field.label, re.I)


def coaching_text(text: str, field: Field) -> str:
    """The advice as it is shown: "Interview Tip: …"."""
    return f"{field.label}: {plain(text[field.start : field.end])}"


def attach(drafts: Sequence[Draft], advice: Sequence[str], subject: str) -> list[Draft]:
    """Hang each piece of document-wide advice on the draft whose subject it names.

    What names none goes to the draft closest to the document's subject, else to the first.
    """
    result = list(drafts)
    if not result:
        return []
    for piece in advice:
        said = _terms(piece)
        named = [i for i, d in enumerate(result) if _terms(d.subject) and _terms(d.subject) <= said]
        for i in named[:2] or [_closest(result, subject)]:
            if piece not in result[i].coaching:
                result[i] = replace(result[i], coaching=(*result[i].coaching, piece))
    return result


def _closest(drafts: Sequence[Draft], subject: str) -> int:
    about = _terms(subject)
    return max(range(len(drafts)), key=lambda i: (len(about & _terms(drafts[i].subject)), -i))


def _terms(text: str) -> frozenset[str]:
    return frozenset(w for w in words(text) if w not in STOP_WORDS)
