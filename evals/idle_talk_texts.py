"""Texts in which it is known which sentence is idle talk and which is content.

The sentences of `evals/data/talk`, written to tell the two apart, stand alone, amid answers of the
same split, and before what others claim.
Invariant: a text depends on the split and the seed alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.segments import sentences
from evals.marks import Split, load_marks, typed_rows
from evals.plain import load_plain
from evals.subjects import load_subjects

FOLDER = Path(__file__).parent / "data" / "talk"
SEED = 0
AMID = 2  # answers that each sentence is put into
ANSWERS = 6000  # as they are, at most
MIXED = 80  # sentences with a hedge or with talk beside, in a hundred of the written ones
HEDGED = 0.4  # of these
HEDGES = (
    "As far as I remember,", "I think that", "I think", "If I am not mistaken,", "I believe",
    "I'm not sure, but", "From what I know,", "I remember that", "We learned that", "I would say",
    "My teacher said that", "In the lecture they said that", "I read that", "As I understand it,",
    "Correct me if I'm wrong, but", "I seem to recall that", "In my experience,", "At work we saw",
    "I always thought that", "I guess", "To be honest,", "What I know is that", "I once read that",
    "Our notes say that", "Off the top of my head,", "If memory serves,", "The way I learnt it,",
)  # fmt: skip
JOINTS = (*[""] * 6, ", and", ", so", ", but", ":", ";", " -", ", because", ", where")
# Meant to hold talk, or no sentences.
_NOT_CONTENT = frozenset({"vague", "rambling", "keywords", "injection", "question_copied"})


class TalkRow(BaseModel):
    """A sentence, and whether an examiner could mark it for some question."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(min_length=1)]
    kind: Literal["talk", "content"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text with one written sentence at ``start:end``, or with none."""

    text: str
    start: int = 0
    end: int = 0
    talk: bool = False


def load_talk(split: Split) -> tuple[TalkRow, ...]:
    """The sentences of a split. Raises `evals.marks.MarksError`."""
    return typed_rows(FOLDER / f"{split}.jsonl", TalkRow)


def answers_of(split: Split) -> list[str]:
    """All our answers of a split that were not meant to hold talk."""
    parts = (load_marks().part(split), load_subjects(split), load_plain(split))
    return [a.answer for part in parts for a in part.answers if a.kind not in _NOT_CONTENT]


def texts(rows: Sequence[TalkRow], answers: Sequence[str], chance: random.Random) -> Iterator[Text]:
    """Each sentence alone and between those of answers, and answers as they are."""
    for row in rows:
        talk = row.kind == "talk"
        yield Text(row.text, 0, len(row.text), talk)
        for answer in chance.sample(answers, AMID):
            parts = [answer[low:high] for low, high in sentences(answer)]
            at = chance.randint(0, len(parts))
            before = "".join(f"{_closed(part)} " for part in parts[:at])
            said = _closed(row.text)
            whole = " ".join([before + said, *parts[at:]])
            yield Text(whole, len(before), len(before) + len(said), talk)
    for answer in chance.sample(answers, min(ANSWERS, len(answers))):
        yield Text(answer)


def mixed(rows: Sequence[TalkRow], answers: Sequence[str], chance: random.Random) -> Iterator[Text]:
    """Sentences of answers with a hedge before them or with talk before or after, often without a
    full stop between: each claims what it claimed."""
    talk = [row.text.rstrip(".!") for row in rows if row.kind == "talk"]
    said = [answer[low:high] for answer in answers for low, high in sentences(answer)]
    for _ in range(MIXED * len(rows) // 100):
        claim = chance.choice(said).rstrip(".")
        hedged = chance.random() < HEDGED
        idle = chance.choice(HEDGES) if hedged else chance.choice(talk) + chance.choice(JOINTS)
        first, second = (idle, claim) if hedged or chance.random() < 0.5 else (claim, idle)
        second = second[0].lower() + second[1:] if second[1:2].islower() else second
        whole = f"{first} {second}"
        yield Text(whole, 0, len(whole))


def made(split: Split) -> list[Text]:
    """The texts of a split, by the seed."""
    rows, answers, chance = load_talk(split), answers_of(split), random.Random(SEED)
    return [*texts(rows, answers, chance), *mixed(rows, answers, chance)]


def _closed(text: str) -> str:
    return text if text[-1] in ".?!:" else f"{text}."
