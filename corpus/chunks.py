"""A document cut into the passages that are embedded, found and cited.

Invariant: ``chunk.text == document.text[start:end]``; chunks are in order and do not overlap; no
chunk holds a removed passage; every other block with words in it is in some chunk. Rules and bare
HTML tags carry no words and are left out at the edges of a chunk.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.gaps import covers, kept_parts
from corpus.outline import Outline
from corpus.questions import wording
from corpus.questions.plaintext import plain
from corpus.questions.prompt import Prompt
from corpus.questions.prompts import find_prompts
from corpus.schema import Block, Chunk, ChunkKind, Document, Removed

SMALL = 200  # characters; smaller chunks join a neighbour of the same section
FULL = 1000  # characters at which a chunk is closed
LARGEST = 1200  # characters; about what the encoder reads as a whole
_HEADING_WORDS = 160
_KINDS: dict[str, ChunkKind] = {"list_item": "list", "table": "table", "code": "code"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block, or a part of one that is too long; `group` tells questions and sections apart."""

    start: int
    end: int
    kind: str
    group: int
    heading: str
    qa: bool
    level: int  # of the section's own heading


def chunk(
    document: Document, blocks: Sequence[Block], removed: Sequence[Removed]
) -> tuple[Chunk, ...]:
    """The chunks of a document: typically 200 to 1,000 characters, at most `LARGEST`."""
    groups = _packed(list(_pieces(document, blocks, removed)), removed)
    return tuple(
        Chunk(
            document_id=document.id,
            ordinal=n,
            start=group[0].start,
            end=group[-1].end,
            text=document.text[group[0].start : group[-1].end],
            heading=next((p for p in group if p.kind != "heading"), group[-1]).heading,
            kind=_kind(group),
        )
        for n, group in enumerate(groups)
    )


def _kind(group: Sequence[_Piece]) -> ChunkKind:
    if any(p.qa for p in group):
        return "qa"
    size: dict[ChunkKind, int] = {}
    for piece in group:
        kind = _KINDS.get(piece.kind, "prose")
        size[kind] = size.get(kind, 0) + piece.end - piece.start
    return max(size, key=lambda kind: size[kind])


# -- pieces ---------------------------------------------------------------------------------------


def _pieces(
    document: Document, blocks: Sequence[Block], removed: Sequence[Removed]
) -> Iterator[_Piece]:
    kept = [b for b in blocks if not covers(removed, b.start, b.end) or b.marker == "front-matter"]
    outline = Outline(kept)
    titled = any(b.kind == "heading" and b.level == 1 for b in kept)
    names = _Headings(document, kept, outline, "" if titled else plain(document.title))
    prompts = find_prompts(document, kept)
    at = -1
    for i, block in enumerate(kept):
        while at + 1 < len(prompts) and prompts[at + 1].first <= i:
            at += 1
        prompt = prompts[at] if at >= 0 and i < prompts[at].stop else None
        if block.kind == "rule" or (block.kind == "html" and _is_bare(document, block)):
            continue
        above = outline.heading(i)
        qa = prompt is not None and prompt.layout != "title"
        group = prompt.first if prompt and qa else -1 if above is None else above
        piece = _Piece(
            start=block.start,
            end=block.end,
            kind=block.kind,
            group=group,
            heading=names.path(i, prompt),
            qa=qa,
            level=outline.level(i),
        )
        for start, end in kept_parts(removed, document.text, block.start, block.end):
            yield from _parts(document.text, replace(piece, start=start, end=end))


def _is_bare(document: Document, block: Block) -> bool:
    whole = document.text[block.start : block.end]
    return block.marker == "front-matter" or not plain(whole)


class _Headings:
    """The heading paths of blocks, each heading cleaned once."""

    def __init__(
        self, document: Document, blocks: Sequence[Block], outline: Outline, title: str
    ) -> None:
        self.document = document
        self.blocks = blocks
        self.outline = outline
        self.title = title
        self.names: dict[int, str] = {}

    def path(self, i: int, prompt: Prompt | None) -> str:
        """ "A > B": the document's title where it has no first heading, headings, the question."""
        parts = [self.title] if self.title else []
        parts += [name for at in self.outline.path(i) if (name := self._name(at))]
        if prompt and (not parts or parts[-1] != prompt.text):
            question = _short(prompt.text)
            if not any(part.endswith(question) for part in parts):
                parts.append(question)
        return " > ".join(parts)

    def _name(self, at: int) -> str:
        if at not in self.names:
            block = self.blocks[at]
            raw = self.document.text[block.body_start : block.body_end]
            self.names[at] = _short(wording.cleaned(raw) or plain(raw))
        return self.names[at]


def _short(text: str) -> str:
    if len(text) <= _HEADING_WORDS:
        return text
    return text[:_HEADING_WORDS].rsplit(" ", 1)[0] + " …"


# -- long blocks ----------------------------------------------------------------------------------

_BREAKS = {
    "code": (re.compile(r"\n[ \t]*\n"), re.compile(r"\n")),
    "table": (re.compile(r"\n"),),
}
_PROSE_BREAKS = (re.compile(r"\n"), re.compile(r"(?<=[.!?;])\s"), re.compile(r"\s"))


def _parts(text: str, piece: _Piece) -> Iterator[_Piece]:
    """A block that is too long, cut at blank lines, rows, lines, sentences or blanks."""
    start = piece.start
    while piece.end - start > LARGEST:
        cut = _cut(text, piece, start)
        end = cut
        while end > start and text[end - 1].isspace():
            end -= 1
        if end > start:
            yield replace(piece, start=start, end=end)
        start = cut
        while (
            start < piece.end
            and text[start].isspace()
            and (piece.kind != "code" or text[start] == "\n")
        ):
            start += 1
    if start < piece.end:
        yield replace(piece, start=start, end=piece.end)


def _cut(text: str, piece: _Piece, start: int) -> int:
    """Where to cut, `FULL` characters from `start` at most and as late as may be."""
    window = text[start : min(start + FULL, piece.end)]
    for pattern in (*_BREAKS.get(piece.kind, ()), *_PROSE_BREAKS):
        last = 0
        for match in pattern.finditer(window):
            last = match.end()
        if last >= SMALL:
            return start + last
    return start + len(window)


# -- packing --------------------------------------------------------------------------------------


def _packed(pieces: list[_Piece], removed: Sequence[Removed]) -> list[list[_Piece]]:
    groups: list[list[_Piece]] = []
    for unit in _units(pieces, removed):
        if groups and _may_join(groups[-1], unit, removed):
            groups[-1].extend(unit)
        else:
            groups.append(unit)
    return groups


def _units(pieces: list[_Piece], removed: Sequence[Removed]) -> Iterator[list[_Piece]]:
    """What should stay together: a heading and what follows, a question and its answer, a list."""
    unit: list[_Piece] = []
    for piece in pieces:
        if unit and not _belongs(unit, piece, removed):
            yield unit
            unit = []
        unit.append(piece)
    if unit:
        yield unit


def _belongs(unit: list[_Piece], piece: _Piece, removed: Sequence[Removed]) -> bool:
    last = unit[-1]
    if piece.end - unit[0].start > LARGEST or _removed_between(removed, last.end, piece.start):
        return False
    if last.kind == "heading":
        return piece.kind != "heading" or piece.level > last.level
    if piece.group != last.group or piece.kind == "heading":
        return False
    size = piece.end - unit[0].start
    if piece.qa:
        return size <= FULL
    return size <= FULL and (
        piece.kind == last.kind == "list_item" or last.end - unit[0].start < SMALL
    )


def _may_join(group: list[_Piece], unit: list[_Piece], removed: Sequence[Removed]) -> bool:
    """Neighbours of one section are joined up to `FULL`; tiny sections of one parent as well."""
    first, last, piece = group[0], group[-1], unit[0]
    size = unit[-1].end - first.start
    if size > FULL or _removed_between(removed, last.end, piece.start):
        return False
    if piece.group == last.group:
        return True
    tiny = last.end - first.start < SMALL and unit[-1].end - piece.start < SMALL
    return tiny and not piece.qa and not first.qa and min(piece.level, last.level) > 2


def _removed_between(removed: Sequence[Removed], end: int, start: int) -> bool:
    at = bisect_left(removed, end, key=lambda r: r.start)
    return at < len(removed) and removed[at].start < start
