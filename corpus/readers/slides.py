"""Slide decks (pptx): titles, bullets, tables and speaker notes, slide by slide.

Invariant: slides come in the order in which they are shown; hidden ones are kept.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from corpus.readers.archive import check_archive
from corpus.readers.pieces import assemble, heading, item, table
from corpus.schema import UnreadableError

_DEEPEST = 40  # groups in groups


def read_pptx(data: bytes) -> tuple[str, str]:
    """The text of a pptx file as Markdown, and its title. Raises UnreadableError."""
    import pptx
    from lxml.etree import LxmlError
    from pptx.exc import PythonPptxError

    check_archive(data)
    try:
        deck = pptx.Presentation(io.BytesIO(data))
        blocks = [block for slide in deck.slides for block in _slide(slide)]
    except (PythonPptxError, zipfile.BadZipFile, LxmlError, KeyError, ValueError) as error:
        raise UnreadableError(f"damaged: not a whole pptx file ({error})") from None
    first = next((b.lstrip("# ") for b in blocks if b.startswith("#")), "")
    return assemble(blocks), first or (deck.core_properties.title or "")


def _slide(slide: Any) -> Iterator[str]:
    title = slide.shapes.title
    if title is not None and title.has_text_frame:
        yield heading(2, title.text_frame.text)
    for shape in _flat(slide.shapes, 0):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if getattr(shape, "has_table", False):
            yield table([[cell.text for cell in row.cells] for row in shape.table.rows])
        elif shape.has_text_frame:
            yield from _frame(shape)
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        if frame is not None:
            yield from (p.text.strip() for p in frame.paragraphs)


def _flat(shapes: Any, depth: int) -> Iterator[Any]:
    """All shapes, those in groups included."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < _DEEPEST:
                yield from _flat(shape.shapes, depth + 1)
        else:
            yield shape


def _frame(shape: Any) -> Iterator[str]:
    """The paragraphs of a shape: list items where the slide shows them so, else paragraphs."""
    from pptx.enum.shapes import PP_PLACEHOLDER

    paragraphs = [p for p in shape.text_frame.paragraphs if p.text.strip()]
    body = shape.is_placeholder and shape.placeholder_format.type in (
        PP_PLACEHOLDER.BODY,
        PP_PLACEHOLDER.OBJECT,
        PP_PLACEHOLDER.VERTICAL_BODY,
        PP_PLACEHOLDER.VERTICAL_OBJECT,
    )
    numbers = [0] * 10
    for paragraph in paragraphs:
        text = paragraph.text.replace("\v", "\n").strip()
        level = min(paragraph.level, 8)
        look = _bullet(paragraph)
        listed = look in ("bullet", "number") or (look == "" and body)
        if not listed:
            yield text
            continue
        numbers[level + 1 :] = [0] * (9 - level)
        numbers[level] += 1
        yield item(level, text, f"{numbers[level]}." if look == "number" else "-")


def _bullet(paragraph: Any) -> str:
    """What the paragraph itself says of its bullet: "bullet", "number", "none" or ""."""
    names = {child.tag.rpartition("}")[2] for child in paragraph._p.iterfind("{*}pPr/*")}
    if "buNone" in names:
        return "none"
    if "buAutoNum" in names:
        return "number"
    return "bullet" if names & {"buChar", "buBlip"} else ""
