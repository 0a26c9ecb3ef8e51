"""Questions in the rows of a table that has a column of questions and one of answers.

Invariant: a prompt's text and its answer are cells of the same row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.questions import wording
from corpus.questions.plaintext import plain
from corpus.questions.prompt import Prompt
from corpus.questions.tables import Table, read_table
from corpus.schema import Block, Document

_QUESTIONS = re.compile(
    r"(?:(?:interview|sample|exam|test)\s+)?(?:questions?|prompts?|q|front|frage|fragen|pregunta)",
    re.I,
)
_ANSWERS = re.compile(
    r"(?:(?:sample|model|short|expected|good|correct|suggested)\s+)?"
    r"(?:answers?|responses?|solutions?|a|back|antwort(?:en)?|respuesta)",
    re.I,
)


def row_prompts(document: Document, blocks: Sequence[Block]) -> list[Prompt]:
    """One prompt for each row with a question, in order."""
    found: list[Prompt] = []
    for i, block in enumerate(blocks):
        if block.kind == "table" and (table := read_table(document.text, block)):
            found.extend(_rows(document.text, table, i))
    return found


def _rows(text: str, table: Table, i: int) -> list[Prompt]:
    asks = [n for n, head in enumerate(table.header) if _QUESTIONS.fullmatch(head)]
    tells = [n for n, head in enumerate(table.header) if _ANSWERS.fullmatch(head)]
    if len(asks) != 1 or len(tells) != 1:
        return []
    found = []
    for row in table.rows:
        (start, end), answer = row[asks[0]], row[tells[0]]
        question = wording.cleaned(text[start:end])
        if len(question) > 8 and plain(text[slice(*answer)]):
            found.append(Prompt("marked", i, i + 1, start, end, answer[0], question, answer[1]))
    return found
