"""Rows of claims in, rows of verifications out, as the contract of ``verify --batch`` has them.

Invariant: every row in gives exactly one row out, in order, whatever is wrong with it; a row's
output depends on its claim and its evidence only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr

from agent.case_rows import row_of
from agent.judge import Judge
from agent.verification import verify

TOO_LONG = 100_000  # characters of a claim, or of its evidence together
Reason = Literal["invalid_row", "too_long"]


class ClaimRow(BaseModel):
    """A claim with the sentences that are said to support it; what else a row has is dropped."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: StrictStr | StrictInt
    claim: StrictStr
    evidence: tuple[StrictStr, ...]


def verify_rows(lines: Iterable[str], judge: Judge) -> Iterator[dict[str, Any]]:
    """Verify JSON Lines. Blank lines are no rows; `line` in an invalid row counts them all the
    same."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = row_of(line, ClaimRow)
        if not isinstance(row, ClaimRow):
            yield {"id": row, "line": number, **_unchecked("invalid_row")}
        elif max(len(row.claim), sum(map(len, row.evidence))) > TOO_LONG:
            yield {"id": row.id, **_unchecked("too_long")}
        else:
            found = verify(row.claim, row.evidence, judge)
            yield {
                "id": row.id,
                "status": "checked",
                "reason": None,
                "label": found.label,
                "score": found.score,
                "sentences": list(found.sentences),
            }


def _unchecked(reason: Reason) -> dict[str, Any]:
    return {
        "status": "unchecked", "reason": reason, "label": None, "score": None, "sentences": []
    }  # fmt: skip
