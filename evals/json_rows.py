"""Files of JSON Lines that people hand to a suite, read before anything is measured.

Invariant: what comes out can be written again as JSON in UTF-8; whatever else stands in a file is
refused with the number of its line, as an editor counts them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.schema import GreenroomError


def json_rows(path: Path, fault: type[GreenroomError]) -> Iterator[tuple[int, Any]]:
    """Each row with the number of its line; blank lines are no rows.

    Raises `fault` for bytes that are no UTF-8 and for a line that is no JSON; OSError where the
    file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault(f"{path} is not UTF-8; convert it") from error
    # Not splitlines(): a JSON string may hold U+2028 as it is.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_constant=_refused)
            json.dumps(row, ensure_ascii=False, allow_nan=False).encode()
        except UnicodeEncodeError as error:
            raise fault(
                f"{path} line {number} holds half a character, which is in no text; correct it"
            ) from error
        except (ValueError, RecursionError) as error:
            raise fault(f"{path} line {number} is not JSON ({error})") from error
        yield number, row


def _refused(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")
