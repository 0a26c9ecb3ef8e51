"""Word documents (docx): paragraphs, headings, lists, tables and code in document order.

Invariant: all visible text of the body is kept, text in boxes, content controls and tracked
insertions included; tracked deletions are not.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corpus.readers.archive import check_archive
from corpus.readers.pieces import assemble, fence, heading, item, table
from corpus.schema import UnreadableError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WRAPPERS = {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"}
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CODE_STYLE = re.compile(r"code|preformatted|source|listing|verbatim", re.I)
_MONOSPACE = re.compile(r"mono|courier|consol|menlo", re.I)
_HEADING_ID = re.compile(r"heading\s*([1-9])", re.I)
_DEEPEST = 60  # tables in tables, controls in controls


def read_docx(data: bytes) -> tuple[str, str]:
    """The text of a docx file as Markdown, and its title. Raises UnreadableError."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    check_archive(data)
    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, zipfile.BadZipFile, LxmlError, KeyError, ValueError) as error:
        raise UnreadableError(f"damaged: not a whole docx file ({error})") from None
    walk = _Walk(document)
    blocks = list(walk.blocks(document.element.body))
    first = next((b.lstrip("# ") for b in blocks if b.startswith("#")), "")
    return assemble(blocks), first or (document.core_properties.title or "")


class _Walk:
    """One pass over a document's XML; holds the counters of its numbered lists."""

    def __init__(self, document: WordDocument) -> None:
        self._styles = {s.style_id: s for s in document.styles}
        self._bullets = _bullet_levels(document)
        self._counters: defaultdict[tuple[str, int], int] = defaultdict(int)

    def blocks(self, parent: Any, depth: int = 0) -> Iterator[str]:
        code: list[str] = []
        for child in parent:
            if child.tag == f"{_W}p" and self._is_code(child):
                code.append(_text(child)[0])
                continue
            if code:
                yield fence("\n".join(code))
                code = []
            if child.tag == f"{_W}p":
                yield from self._paragraph(child, depth)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child, depth)
            elif child.tag in _WRAPPERS and depth < _DEEPEST:
                yield from self.blocks(child, depth + 1)
        if code:
            yield fence("\n".join(code))

    def _paragraph(self, element: Any, depth: int) -> Iterator[str]:
        text, boxes = _text(element)
        level = self._heading_level(element)
        numbering = self._numbering(element)
        if level:
            yield heading(level, text)
        elif numbering and text.strip():
            number, nesting = numbering
            yield item(nesting, text, self._marker(number, nesting))
        else:
            yield text.strip()
        for box in boxes:
            if depth < _DEEPEST:
                yield from self.blocks(box, depth + 1)

    def _table(self, element: Any, depth: int) -> Iterator[str]:
        rows = [
            [assemble(self.blocks(c, depth + 1)) for c in row.iter(f"{_W}tc") if _row(c) is row]
            for row in element.iter(f"{_W}tr")
            if depth < _DEEPEST and _table(row) is element
        ]
        if max((len(row) for row in rows), default=0) == 1:  # a frame around text, no table
            yield from (cell for row in rows for cell in row)
        else:
            yield table(rows)

    def _chain(self, element: Any) -> Iterator[Any]:
        """The paragraph's properties, then those of its style and the styles that one rests on."""
        own = element.find(f"{_W}pPr")
        if own is not None:
            yield own
        style = self._style(element)
        for _ in range(10):
            if style is None:
                return
            properties = style.element.find(f"{_W}pPr")
            if properties is not None:
                yield properties
            style = style.base_style

    def _style(self, element: Any) -> Any:
        named = element.find(f"{_W}pPr/{_W}pStyle")
        found = self._styles.get(named.get(f"{_W}val")) if named is not None else None
        return found if hasattr(found, "base_style") else None

    def _heading_level(self, element: Any) -> int:
        style = self._style(element)
        for _ in range(10):
            if style is None:
                break
            named = _HEADING_ID.fullmatch(style.name or "")
            if named:
                return min(int(named[1]), 6)
            if (style.name or "").lower() == "title":
                return 1
            style = style.base_style
        for properties in self._chain(element):
            outline = properties.find(f"{_W}outlineLvl")
            level = _number(outline, 9)
            if level < 9:
                return min(level + 1, 6)
        return 0

    def _numbering(self, element: Any) -> tuple[str, int] | None:
        for properties in self._chain(element):
            numbering = properties.find(f"{_W}numPr")
            if numbering is None:
                continue
            identity = numbering.find(f"{_W}numId")
            number = identity.get(f"{_W}val", "0") if identity is not None else "0"
            nesting = _number(numbering.find(f"{_W}ilvl"), 0)
            return (number, nesting) if number != "0" else None
        return None

    def _marker(self, number: str, nesting: int) -> str:
        if (number, nesting) in self._bullets:
            return "-"
        self._counters[number, nesting] += 1
        for deeper in [k for k in self._counters if k[0] == number and k[1] > nesting]:
            del self._counters[deeper]
        return f"{self._counters[number, nesting]}."

    def _is_code(self, element: Any) -> bool:
        style = self._style(element)
        if style is not None and _CODE_STYLE.search(style.name or ""):
            return True
        runs = [r for r in element.iter(f"{_W}r") if "".join(t.text or "" for t in r).strip()]
        fonts = [r.find(f"{_W}rPr/{_W}rFonts") for r in runs]
        return bool(fonts) and all(
            f is not None and _MONOSPACE.search(f.get(f"{_W}ascii") or "") for f in fonts
        )


def _bullet_levels(document: WordDocument) -> set[tuple[str, int]]:
    """The (list, level) pairs that show a bullet, from the part that defines the lists."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    try:
        root: Any = document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING)
    except KeyError:
        return set()
    shapes = {
        abstract.get(f"{_W}abstractNumId"): {
            _number(level, 0, "ilvl")
            for level in abstract.iter(f"{_W}lvl")
            if (form := level.find(f"{_W}numFmt")) is not None
            and form.get(f"{_W}val") in ("bullet", "none")
        }
        for abstract in root.element.iter(f"{_W}abstractNum")
    }
    found: set[tuple[str, int]] = set()
    for number in root.element.iter(f"{_W}num"):
        abstract = number.find(f"{_W}abstractNumId")
        identity = abstract.get(f"{_W}val") if abstract is not None else None
        found.update((number.get(f"{_W}numId"), level) for level in shapes.get(identity, ()))
    return found


def _number(element: Any, default: int, name: str = "val") -> int:
    value = element.get(f"{_W}{name}") if element is not None else None
    return int(value) if value is not None and value.isdecimal() else default


def _row(cell: Any) -> Any:
    return next(cell.iterancestors(f"{_W}tr"), None)


def _table(row: Any) -> Any:
    return next(row.iterancestors(f"{_W}tbl"), None)


def _text(paragraph: Any) -> tuple[str, list[Any]]:
    """The visible text of a paragraph, and the text boxes anchored in it."""
    parts: list[str] = []
    boxes: list[Any] = []
    waiting = list(reversed(paragraph))
    while waiting:
        node = waiting.pop()
        tag = node.tag
        if tag == f"{_W}txbxContent":
            boxes.append(node)
        elif tag in (f"{_W}t", _MATH_TEXT):
            parts.append(node.text or "")
        elif tag == f"{_W}tab":
            parts.append("\t")
        elif tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        elif tag in (f"{_W}noBreakHyphen",):
            parts.append("-")
        elif tag not in (f"{_W}pPr", f"{_W}rPr", f"{_W}del", f"{_W}moveFrom", _FALLBACK):
            waiting.extend(reversed(node))
    return "".join(parts), boxes
