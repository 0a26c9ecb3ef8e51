"""A reference answer cut into its passages: paragraphs, list items, code, table rows, headings.

A paragraph that opens with a label ("Batch size: …") is "labelled" where there are several.

Invariant: passages are in order and do not overlap; an item's span starts after its marker, a code
passage's span leaves out its fences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from corpus.lines import NUMBER
from corpus.questions.breaks import are_notes
from corpus.questions.inline import inline_items
from corpus.questions.sentences import sentences

PassageKind = Literal["paragraph", "labelled", "item", "code", "row", "heading"]

_FENCE = re.compile(r"^\s*(```|~~~)")
_ITEM = re.compile(rf"^(\s*)(?:[-*+•▪◦]|{NUMBER}[.)])\s+(?:\[[ xX]\]\s+)?")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
_LABEL = re.compile(
    r"^(?:\*\*|__)?[A-Z][\w()/&+#.’'-]*(?: [\w()/&+#.’'-]+){0,6}(?:\*\*|__)?:(?:\*\*|__)? +\S"
)
_SKIP = re.compile(
    r"^\s*(?:[-*_]{3,}|!\[.*\]\([^)]*\)|</?\w+[^<>]*>|(?:</?\w+[^<>]*>\s*)+|\[\^?[^\]]+\]:\s.*)\s*$"
)
_ROW_RULE = re.compile(r"^\s*\|?[\s:|-]*-{2,}[\s:|-]*$")
_CODE_LINE = re.compile(
    r"^\s*(?:(?:def|class|import|from|for|while|if|elif|return|with|print|SELECT|#include|int|"
    r"float|"
    r"void|auto|const|using|public|private)\b.*[:;(){}]\s*$|//|/\*|#include\b|"
    r"[\w.>\-\[\]*]+\s*=\s*[\w.]+"
    r"\(.*\)?;?\s*$|.*[;{}]\s*$|>>> |\$ \w+|(?:from\s+\S+\s+)?import\s+\w+)"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage. `depth` is the indentation of an item in characters."""

    kind: PassageKind
    start: int
    end: int
    depth: int = 0


def passages(text: str) -> list[Passage]:
    """The passages of a text. Pictures, rules and bare HTML lines belong to none."""
    found: list[Passage] = []
    open_: Passage | None = None
    fence: str | None = None
    fence_start = 0
    position = 0
    for line in text.splitlines(keepends=True):
        start, end = position, position + len(line.rstrip())
        position += len(line)
        marker = _FENCE.match(line)
        if fence is not None:
            if marker and marker.group(1) == fence:
                found.append(Passage("code", fence_start, start))
                fence = None
            continue
        if marker:
            fence, fence_start = marker.group(1), position
            _close(found, open_)
            open_ = None
            continue
        kind, begin, depth = _line_kind(line, start)
        joins = open_ is not None and kind == "paragraph" and open_.kind in ("paragraph", "item")
        joins = joins and not _LABEL.match(line.lstrip())
        joins = joins or (open_ is not None and kind == "code" and open_.kind == "code")
        if joins and open_ is not None:
            open_ = replace(open_, end=end)
            continue
        _close(found, open_)
        open_ = None if kind is None else Passage(kind, begin, end, depth)
    if fence is not None:
        found.append(Passage("code", fence_start, len(text)))
    _close(found, open_)
    found = [p for p in found if text[p.start : p.end].strip()]
    return _listed(_labelled(_notes(found, text), text), text)


def _notes(found: list[Passage], text: str) -> list[Passage]:
    """Paragraphs without an empty line between them, cut at their lines where each is a note."""
    result: list[Passage] = []
    run: list[Passage] = []
    for passage in found:
        if run and not _adjoins(run[-1], passage, text):
            result.extend(_cut(run, text))
            run = []
        if passage.kind == "paragraph":
            run.append(passage)
        else:
            result.append(passage)
    return [*result, *_cut(run, text)]


def _adjoins(before: Passage, after: Passage, text: str) -> bool:
    return after.kind == "paragraph" and text[before.end : after.start].count("\n") == 1


def _cut(run: list[Passage], text: str) -> list[Passage]:
    spans = [span for passage in run for span in _lines(passage, text)]
    lines = [text[a:b] for a, b in spans]
    if len(spans) > 1 and are_notes(lines, sum(1 for line in lines if _LABEL.match(line))):
        return [Passage("paragraph", a, b) for a, b in spans]
    return run


def _lines(passage: Passage, text: str) -> list[tuple[int, int]]:
    return [
        (passage.start + line.start(), passage.start + line.end())
        for line in re.finditer(r"\S(?:[^\n]*\S)?", text[passage.start : passage.end])
    ]


def _labelled(found: list[Passage], text: str) -> list[Passage]:
    """Paragraphs that open with a label ("Batch size: …") are a list, if there are several."""
    labels = [p.kind == "paragraph" and bool(_LABEL.match(text[p.start : p.end])) for p in found]
    if sum(labels) < 2:
        return found
    return [replace(p, kind="labelled") if is_ else p for p, is_ in zip(found, labels, strict=True)]


def _listed(found: list[Passage], text: str) -> list[Passage]:
    """Paragraphs that hold a list, cut into its items; an item of several sentences is a paragraph
    of its own, so that each of them is heard."""
    result: list[Passage] = []
    for passage in found:
        paragraph = passage.kind == "paragraph"
        items = inline_items(text[passage.start : passage.end]) if paragraph else []
        for start, end in items:
            start, end = passage.start + start, passage.start + end
            several = len(sentences(text[start:end])) > 1
            result.append(Passage("paragraph" if several else "item", start, end))
        if not items:
            result.append(passage)
    return result


def _close(found: list[Passage], open_: Passage | None) -> None:
    if open_ is not None:
        found.append(open_)


def _line_kind(line: str, start: int) -> tuple[PassageKind | None, int, int]:
    """What a line is (None: it belongs to no passage), where its content starts, its depth."""
    stripped = line.strip()
    if not stripped or _SKIP.match(line) or _ROW_RULE.match(line):
        return None, start, 0
    lead = start + len(line) - len(line.lstrip())
    if heading := _HEADING.match(line):
        return "heading", start + heading.end(), 0
    if item := _ITEM.match(line):
        content = line[item.end() :]
        if not content.strip():
            return None, start, 0
        return "item", start + item.end(), len(item.group(1).expandtabs(4))
    if (stripped.startswith("|") and stripped.count("|") > 1) or stripped.count(" | ") > 1:
        return "row", lead, 0
    if _is_code(stripped):
        return "code", lead, 0
    return "paragraph", lead, 0


def _is_code(line: str) -> bool:
    if not _CODE_LINE.match(line):
        return False
    prose = re.findall(r"(?<![\w.])[a-z]{3,}(?=[ ,])", line)
    return len(prose) < 6 or line.startswith(("//", "/*"))
