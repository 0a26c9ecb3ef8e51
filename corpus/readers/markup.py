"""HTML elements to Markdown. Invariant: all text of the element comes out, once, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from corpus.readers.pieces import assemble, fence, heading, item, one_line, table

_BLOCKS = set(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre "
    "section summary table tbody td tfoot th thead tr ul caption".split()
)
_LANGUAGE = re.compile(r"(?:language-|lang-|highlight-source-|brush:\s*)([\w+#-]+)")
_BOLD = ("b", "strong")


def write(element: Any) -> str:
    """`element` and all in it as Markdown."""
    return assemble(_blocks(element, 0))


def _blocks(element: Any, level: int) -> Iterator[str]:
    """The blocks inside an element. `level` is that of the heading above."""
    inline: list[Any] = [element.text or ""]
    for child in element:
        if _is_block(child):
            yield _paragraph(inline)
            inline = []
            for block in _block(child, level):
                yield block
                ticks = re.match(r"(#{1,6}) ", block)
                level = len(ticks[1]) if ticks and child.tag != "details" else level
        else:
            inline.append(child)
        inline.append(child.tail or "")
    yield _paragraph(inline)


def _is_block(element: Any) -> bool:
    if element.tag in _BLOCKS:
        return True
    return element.tag not in ("math", "code") and any(d.tag in _BLOCKS for d in element.iter())


def _block(element: Any, level: int) -> Iterator[str]:
    tag = element.tag
    if re.fullmatch("h[1-6]", str(tag)):
        yield heading(int(tag[1]), _inline([element.text or "", *_with_tails(element)]))
    elif tag == "pre":
        yield fence(_preformatted(element), _language(element))
    elif tag in ("ul", "ol", "menu"):
        yield "\n".join(_list(element, 0))
    elif tag == "table":
        yield from _table(element, level)
    elif tag == "hr":
        yield "---"
    elif tag == "blockquote":
        inside = write(element)
        yield "\n".join(f"> {line}".rstrip() for line in inside.split("\n")) if inside else ""
    elif tag == "summary":  # what is folded under it answers to it
        yield heading(min(level + 1, 6), element.text_content())
    elif tag == "dt":
        text = one_line(element.text_content())
        yield f"**{text}**" if text else ""
    else:
        yield from _blocks(element, level)


def _paragraph(parts: list[Any]) -> str:
    text = _inline(parts)
    whole = [p for p in parts if not isinstance(p, str) or p.strip()]
    bold = len(whole) == 1 and not isinstance(whole[0], str) and whole[0].tag in _BOLD
    return f"**{one_line(text)}**" if bold and text else text


def _with_tails(element: Any) -> Iterator[Any]:
    for child in element:
        yield child
        yield child.tail or ""


def _inline(parts: list[Any]) -> str:
    """Running text: white space collapsed, ``<br>`` as a line break, code in back ticks."""
    text = "".join(p if isinstance(p, str) else _run(p) for p in parts)
    text = re.sub(r"[^\S\x0b\xa0]+", " ", text)
    return re.sub(r" *\x0b *", "\n", text).strip()


def _run(element: Any) -> str:
    """One inline element; a line break is a vertical tab until white space is collapsed."""
    tag = element.tag
    if tag == "br":
        return "\x0b"
    if tag in ("code", "kbd", "samp", "tt"):
        code = one_line(element.text_content())
        return f"`{code}`" if code and "`" not in code else code
    if tag == "math":
        return _formula(element)
    inside = (element.text or "") + "".join(
        p if isinstance(p, str) else _run(p) for p in _with_tails(element)
    )
    if tag == "sup" and re.fullmatch(r"[\w+−-]{1,6}", inside) and element.find(".//a") is None:
        return f"^{inside}"
    return inside


def _formula(element: Any) -> str:
    for note in element.iter("annotation"):
        if "tex" in (note.get("encoding") or "").lower():
            return f"${one_line(note.text_content())}$"
    named = element.get("alttext")
    return f"${one_line(named)}$" if named else one_line(element.text_content())


def _preformatted(element: Any) -> str:
    """The text of a ``<pre>``, whose lines may end in ``<br>``."""
    for line_break in element.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    text: str = element.text_content()
    return text


def _language(element: Any) -> str:
    for holder in (element, *element.iter("code"), *list(element.iterancestors())[:2]):
        named = _LANGUAGE.search(holder.get("class") or "")
        if named:
            return named[1].lower()
    return ""


def _list(element: Any, depth: int) -> Iterator[str]:
    number = int(start) if (start := element.get("start") or "").isdecimal() else 1
    yield from _stray(element.text, depth)
    for child in element:
        if child.tag in ("ul", "ol", "menu"):  # a list straight inside a list
            yield from _list(child, depth + 1)
            yield from _stray(child.tail, depth)
            continue
        lists = [c for c in child if c.tag in ("ul", "ol", "menu")]
        own = _item_text(child)
        marker = f"{number}." if element.tag == "ol" else "-"
        made = item(depth, own, marker)
        if made:
            yield made
            number += 1
        for inner in lists:
            yield from _list(inner, depth + 1)
        yield from _stray(child.tail, depth)


def _stray(text: str | None, depth: int) -> Iterator[str]:
    """Text that stands between the items of a list, against the rules of HTML."""
    if text and text.strip():
        yield item(depth, one_line(text))


def _item_text(element: Any) -> str:
    """An item's own text, the lists straight inside it left out."""
    blocks: list[str] = []
    inline: list[Any] = [element.text or ""]
    for child in element:
        if child.tag not in ("ul", "ol", "menu"):
            if _is_block(child):
                blocks += [_paragraph(inline), *_block(child, 6)]
                inline = []
            else:
                inline.append(child)
        inline.append(child.tail or "")
    blocks.append(_paragraph(inline))
    return "\n".join(b for b in blocks if b.strip())


def _table(element: Any, level: int) -> Iterator[str]:
    rows = [r for r in element.iter("tr") if next(r.iterancestors("table")) is element]
    cells = [[c for c in row if c.tag in ("td", "th")] for row in rows]
    captions = element.findall("caption")
    inside = [
        e for e in (*captions, *(c for row in cells for c in row)) if e.text_content().strip()
    ]
    loose = len(one_line(element.text_content())) > sum(len(_flat(e)) + 1 for e in inside)
    layout = max((len(row) for row in cells), default=0) <= 1 or any(
        e.find(".//table") is not None or e.find(".//pre") is not None for e in inside
    )
    if layout or loose:  # a frame around text, or text outside any cell
        yield from _blocks(element, level)
        return
    yield from (_flat(caption) for caption in captions)
    yield table([[_cell(c) for c in row] for row in cells])


def _flat(element: Any) -> str:
    return one_line(element.text_content())


def _cell(element: Any) -> str:
    return one_line(assemble(_blocks(element, 6)))
