"""Claims and the evidence that carries or refutes them, written by the authors of Greenroom.

Symmetric ones (Schuster et al. 2019) come in fours: two texts that differ in a fact and two claims,
each carried by one of the texts and refuted by the other, so that no claim is true by its looks.
Those to a passage are carried in whole, in part or not at all, or refuted. Invariant: a text and
all claims to it belong to one split.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.grades import Verdict
from evals.marks import split_of, typed_rows

FOLDER = Path(__file__).parent / "data" / "claims"
Text = Annotated[str, Field(min_length=1)]
PassageLabel = Literal["supported", "partial", "unsupported", "refuted"]
_VERDICTS: dict[PassageLabel, Verdict] = {
    "supported": "covered",
    "partial": "partial",
    "unsupported": "missing",
    "refuted": "contradicted",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim held against evidence, and what it would be as a key point against an answer."""

    text: str
    evidence: str
    verdict: Verdict


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Text
    field: Text


class _Symmetric(_Row):
    evidence: tuple[Text, Text]
    claims: tuple[Text, Text]

    def read(self) -> Iterator[Claim]:
        for e, text in enumerate(self.evidence):
            for c, claim in enumerate(self.claims):
                yield Claim(claim, text, "covered" if e == c else "contradicted")


class _Labelled(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Text
    label: PassageLabel


class _Passage(_Row):
    passage: Text
    claims: tuple[_Labelled, ...]

    def read(self) -> Iterator[Claim]:
        for claim in self.claims:
            yield Claim(claim.text, self.passage, _VERDICTS[claim.label])


def load_claims(part: Literal["train", "dev"], folder: Path = FOLDER) -> list[Claim]:
    """The claims to learn from, or those that ideas are compared on.

    Raises `evals.marks.MarksError` with the file, the line and what is wrong.
    """
    rows: tuple[_Symmetric | _Passage, ...] = (
        *typed_rows(folder / "symmetric.jsonl", _Symmetric),
        *typed_rows(folder / "passages.jsonl", _Passage),
    )
    return [
        claim
        for row in rows
        if (split_of(row.id) == "dev") == (part == "dev")
        for claim in row.read()
    ]
