"""The structure of a text: its headings, paragraphs, list items, tables, code, quotes, tags.

Invariant: blocks are in order, do not overlap, and cover every character that is not white space.
"""

from __future__ import annotations

import re
from itertools import accumulate

from corpus import lines as ln
from corpus import prose
from corpus.closings import Closings, front_matter_end
from corpus.schema import Block, BlockKind


def scan(text: str) -> tuple[Block, ...]:
    """The blocks of a text, in time linear in its length. Never raises."""
    return tuple(_Scanner(text).run())


class _Scanner:
    """One pass over the lines; each `_take_…` consumes the lines of a block or declines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        lengths = (len(line) + 1 for line in self.lines[:-1])
        self.starts = list(accumulate(lengths, initial=0))
        self.blocks: list[Block] = []
        self.at = 0
        self.list_stack: list[tuple[int, int]] = []  # (indent of the marker, of its content)
        self.wrapped = ln.prose_is_wrapped(self.lines)
        self.closings = Closings(self.lines)
        self.titled = any(ln.HEADING.match(line) for line in self.lines)

    def run(self) -> list[Block]:
        self._take_front_matter()
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip():
                self.at += 1
                continue
            self._leave_lists(line)
            if not (
                self._take_fence(line)
                or self._take_heading(line)
                or self._take_rule(line)
                or self._take_table(line)
                or self._take_quote(line)
                or self._take_tag(line)
                or self._take_item(line)
                or self._take_indented_code(line)
            ):
                self._take_prose()
        return self.blocks

    def _add(
        self,
        kind: BlockKind,
        first: int,
        last: int,
        *,
        body: tuple[int, int] | None = None,
        level: int = 0,
        marker: str = "",
        keep_indent: bool = False,
    ) -> None:
        """Adds lines `first` to `last` (inclusive) as one block and moves past them."""
        start, raw = self.starts[first], self.lines[first]
        if not keep_indent:
            start += len(raw) - len(raw.lstrip())
        end = self.starts[last] + len(self.lines[last].rstrip())
        body_start, body_end = body if body is not None else (start, end)
        body_start = min(max(body_start, start), end)
        body_end = min(max(body_end, body_start), end)
        self.blocks.append(Block(kind, start, end, body_start, body_end, level, marker))
        self.at = last + 1

    def _leave_lists(self, line: str) -> None:
        indent = ln.indent_of(line)
        if indent == 0 and not ln.LIST_ITEM.match(line):
            self.list_stack.clear()

    def _take_front_matter(self) -> None:
        last = front_matter_end(self.lines)
        if last is not None:
            body = (self.starts[1], self.starts[last])
            self._add("html", 0, last, body=body, marker="front-matter")

    def _take_fence(self, line: str) -> bool:
        match = ln.FENCE.match(line)
        if match is None:
            return False
        first, ticks, info = self.at, match.group(1), match.group(2).strip()
        last = self.closings.fence(first, ticks)
        closed = last is not None
        if last is None:
            last = first
            while last + 1 < len(self.lines) and self.lines[last + 1].strip():
                last += 1
        body_end = self.starts[last] - 1 if closed else self.starts[last] + len(self.lines[last])
        body_start = self.starts[first] + len(line) + 1
        self._add("code", first, last, body=(body_start, body_end), marker=ticks + info)
        return True

    def _take_heading(self, line: str) -> bool:
        heading = ln.heading_of(line)
        if heading is None:
            return False
        level, start, end, marker = heading
        body = (self.starts[self.at] + start, self.starts[self.at] + end)
        self._add("heading", self.at, self.at, body=body, level=level, marker=marker)
        return True

    def _take_rule(self, line: str) -> bool:
        if not ln.RULE.match(line):
            return False
        self._add("rule", self.at, self.at, marker=line.strip()[:3])
        return True

    def _take_table(self, line: str) -> bool:
        after = self.at + 1
        if "|" not in line or after >= len(self.lines):
            return False
        if not ln.is_table_delimiter(self.lines[after]):
            return False
        last = after
        while last + 1 < len(self.lines) and "|" in self.lines[last + 1]:
            last += 1
        self._add("table", self.at, last, marker="|")
        return True

    def _take_quote(self, line: str) -> bool:
        if not ln.QUOTE.match(line):
            return False
        last = self.at
        while last + 1 < len(self.lines) and ln.QUOTE.match(self.lines[last + 1]):
            last += 1
        body_start = self.starts[self.at] + len(line) - len(line.lstrip("> \t"))
        body = (body_start, self.starts[last] + len(self.lines[last].rstrip()))
        self._add("quote", self.at, last, body=body, marker=">")
        return True

    def _take_tag(self, line: str) -> bool:
        if line.lstrip().startswith("<!--"):
            self._add("html", self.at, self.closings.tag(self.at, "-->"), marker="comment")
            return True
        match = ln.BLOCK_TAG.match(line)
        if match is None:
            if line.lstrip().startswith("<") and ln.only_tags(line):
                self._add("html", self.at, self.at, marker="<>")
                return True
            return False
        name = match.group("name").lower()
        tag = f"<{match.group('close')}{name}>"
        if name in ("table", "pre", "script", "style", "summary", "dt") and "/" not in tag:
            kind: BlockKind = "table" if name == "table" else "code" if name == "pre" else "html"
            begin = self.starts[self.at] + line.find(">") + 1
            last = self.closings.tag(self.at, f"</{name}")
            close = self.lines[last].lower().rfind(f"</{name}")
            end = self.starts[last] + (close if close >= 0 else len(self.lines[last]))
            self._add(kind, self.at, last, body=(begin, end), marker=tag)
            return True
        if ln.only_tags(line) or name in ("details", "br", "hr", "img", "dl"):
            self._add("html", self.at, self.at, marker=tag)
            return True
        return False

    def _take_item(self, line: str) -> bool:
        match = ln.LIST_ITEM.match(line)
        if match is None or self._is_number(match, self.at):
            return False
        indent = ln.indent_of(line)
        content = indent + match.end("gap") - match.end("indent")
        while self.list_stack and indent <= self.list_stack[-1][0]:
            self.list_stack.pop()
        while self.list_stack and indent < self.list_stack[-1][1] - 2:
            self.list_stack.pop()
        level = len(self.list_stack)
        self.list_stack.append((indent, content))
        begin = self.starts[self.at]
        after = begin + len(line) - len(line[match.end() :].lstrip())
        last = prose.item_end(self.lines, self.at, indent, self.wrapped)
        body = (after, self.starts[last] + len(self.lines[last].rstrip()))
        marker = match.group("task") or match.group("marker")
        self._add("list_item", self.at, last, body=body, level=level, marker=marker)
        return True

    def _is_number(self, item: re.Match[str], i: int) -> bool:
        """Whether a numbered line is running prose that the wrapping broke before a number."""
        return (
            self.wrapped
            and not self.list_stack
            and i > 0
            and prose.is_number_in_prose(item.group("marker"), self.lines[i - 1])
        )

    def _take_indented_code(self, line: str) -> bool:
        depth = self.list_stack[-1][1] if self.list_stack else 0
        before = self.lines[self.at - 1] if self.at else ""
        if ln.indent_of(line) < depth + 4 or before.strip() or (depth and len(line) > 160):
            return False
        last = self.at
        while last + 1 < len(self.lines) and ln.indent_of(self.lines[last + 1]) >= depth + 4:
            last += 1
        while not self.lines[last].strip():
            last -= 1
        self._add("code", self.at, last, marker="    ", keep_indent=True)
        return True

    def _take_prose(self) -> None:
        first = last = self.at
        if self._take_underlined(first):
            return
        while last + 1 < len(self.lines):
            following = self.lines[last + 1]
            if not following.strip() or self._breaks_prose(following, last + 1):
                break
            last += 1
        run = self.lines[first : last + 1]
        wrapped = ln.is_wrapped(run, self.wrapped)
        width = max(len(line) for line in run)
        begin = first
        for i in range(first, last + 1):
            line = self.lines[i]
            if i == last or prose.ends_paragraph(
                line, self.lines[i + 1], width if wrapped else None
            ):
                if begin == i and not self.titled and prose.is_plain_heading(self.lines, i):
                    self._add("heading", begin, i, level=2)
                else:
                    self._add("paragraph", begin, i)
                begin = i + 1

    def _breaks_prose(self, line: str, i: int) -> bool:
        item = ln.LIST_ITEM.match(line)
        if item is not None:
            return not self._is_number(item, i)
        if line.lstrip().startswith(("<", "|")):
            return bool(ln.BLOCK_TAG.match(line) or ln.HTML_HEADING.match(line) or "|" in line[:4])
        return ln.is_structural(line)

    def _take_underlined(self, first: int) -> bool:
        if not prose.is_underlined(self.lines, first):
            return False
        line, under = self.lines[first], self.lines[first + 1].strip()
        body = (self.starts[first], self.starts[first] + len(line.rstrip()))
        level = 1 if under[0] == "=" else 2
        self._add("heading", first, first + 1, body=body, level=level, marker=under[:3])
        return True
