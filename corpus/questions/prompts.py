"""Where the questions of a document stand, whatever its layout, and where their answers end.

Invariant: a prompt's answer blocks come after its own and before the next prompt's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from corpus.outline import Outline
from corpus.questions import wording
from corpus.questions.boxes import is_callout, is_indented, is_interviewer
from corpus.questions.layouts import answer_marker, candidate
from corpus.questions.plaintext import plain
from corpus.questions.prompt import Layout, Prompt
from corpus.schema import Block, Document

# How sure a layout is: inside the answer of a surer one, a less sure one is part of that answer.
_RANK: dict[Layout, int] = {
    "marked": 6, "summary": 6, "term": 6, "numbered-bold": 5, "heading": 4, "bold": 4, "listed": 3,
    "same-line": 3, "inline": 2, "faq": 1, "title": 0,
}  # fmt: skip
_COLLECTION = re.compile(
    r"\bquestions?\b|\bfaqs?\b|\binterview\b|\bquiz\b|\bexercises?\b|\bpractice\b|\bq\s*&\s*a\b",
    re.I,
)


def find_prompts(document: Document, blocks: Sequence[Block]) -> tuple[Prompt, ...]:
    """The prompts of a document, in order, their answers' ends settled."""
    candidates = [c for i in range(len(blocks)) if (c := candidate(document, blocks, i))]
    return _Choice(document, blocks, candidates).run()


class _Choice:
    """Which candidates are questions of the bank, seen together."""

    def __init__(
        self, document: Document, blocks: Sequence[Block], candidates: list[Prompt]
    ) -> None:
        self.document = document
        self.blocks = blocks
        self.candidates = self._settled(candidates)
        self.outline = Outline(blocks)
        self.count: dict[Layout, int] = {}
        for prompt in self.candidates:
            self.count[prompt.layout] = self.count.get(prompt.layout, 0) + 1
        self.bare_headings = sum(
            c.layout == "heading" and not blocks[c.first].marker for c in candidates
        )
        self.marks = self._shared_marks()

    def _settled(self, candidates: list[Prompt]) -> list[Prompt]:
        """A question with words after it on its line is the whole line where the answer follows."""
        settled = []
        for prompt in candidates:
            if prompt.layout == "same-line" and self._told_below(prompt):
                block = self.blocks[prompt.first]
                raw = self.document.text[block.body_start : block.body_end]
                text = wording.cleaned(raw)
                prompt = replace(
                    prompt, layout="listed", end=block.body_end, answer_start=block.end, text=text
                )
            settled.append(prompt)
        return settled

    def _told_below(self, prompt: Prompt) -> bool:
        """Whether something that may be the answer follows the question's block."""
        if prompt.stop >= len(self.blocks):
            return False
        after, own = self.blocks[prompt.stop], self.blocks[prompt.first]
        if after.kind == "list_item":
            return after.level > own.level or self._announced(prompt)
        return after.kind in ("paragraph", "code", "table", "quote") and (
            is_indented(self.document, after) or self._announced(prompt)
        )

    def _shared_marks(self) -> frozenset[str]:
        """The pictures that three or more bold questions bear: a legend, not decoration."""
        seen: dict[str, int] = {}
        for prompt in self.candidates:
            if prompt.layout == "bold" and wording.asks(prompt.text):
                for mark in set(self._pictures(prompt)):
                    seen[mark] = seen.get(mark, 0) + 1
        return frozenset(mark for mark, n in seen.items() if n >= 3)

    def _pictures(self, prompt: Prompt) -> list[str]:
        return [c for c in self.document.text[prompt.start : prompt.end] if ord(c) >= 0x2600]

    def run(self) -> tuple[Prompt, ...]:
        accepted: list[Prompt] = []
        for n, prompt in enumerate(self.candidates):
            following = self.candidates[n + 1] if n + 1 < len(self.candidates) else None
            if self._holds(prompt, following):
                self._take(accepted, prompt)
        return tuple(self._ended(accepted))

    def _take(self, accepted: list[Prompt], prompt: Prompt) -> None:
        opened = accepted[-1] if accepted else None
        if opened and opened.stop > prompt.first:
            return  # the question that a mark alone on its line announced
        if opened and self._is_within(opened, prompt):
            return
        over_a_list = opened and opened.layout == "heading" and opened.stop == prompt.first
        if over_a_list and prompt.layout != "heading":
            accepted.pop()  # a heading over questions asks nothing itself
        accepted.append(prompt)

    def _is_within(self, opened: Prompt, prompt: Prompt) -> bool:
        """Whether a candidate is part of a surer question's answer."""
        if opened.layout == prompt.layout or prompt.first >= self._end(opened):
            return False
        return self._rank(opened) > self._rank(prompt)

    def _rank(self, prompt: Prompt) -> int:
        """A numbered title that asks nothing may be a step of somebody's answer."""
        if self._announced(prompt):
            return 6
        if prompt.layout == "numbered-bold" and not wording.stands_alone(prompt.text):
            return 2
        if prompt.layout == "heading" and not self.blocks[prompt.first].marker:
            return _RANK["faq"]  # in a text without markup, chance decides which of the two it is
        return _RANK[prompt.layout]

    def _announced(self, prompt: Prompt) -> bool:
        """Whether the next block says that it is the answer."""
        if prompt.stop >= len(self.blocks):
            return False
        after = self.blocks[prompt.stop]
        return answer_marker(self.document.text[after.body_start : after.body_end]) > 0

    def _holds(self, prompt: Prompt, following: Prompt | None) -> bool:
        layout, count = prompt.layout, self.count
        if layout == "listed":
            return self._listed_holds(prompt)
        if layout == "faq":
            near = following is not None and following.first == prompt.stop
            lone = count["faq"] + self.bare_headings
            return not near and (lone >= 3 or self._in_collection(prompt, title=True))
        if layout == "same-line":
            return count[layout] >= 2 or self._in_collection(prompt, title=True)
        if layout == "inline":
            return count["inline"] >= 2
        if layout == "bold" and not wording.asks(prompt.text):
            return any(c in self.marks for c in self._pictures(prompt) if c != "\ufe0f")
        if layout == "summary":
            return count["summary"] >= 3 or wording.asks(prompt.text)
        if layout == "numbered-bold":
            return count[layout] >= 3 or wording.stands_alone(prompt.text)
        if layout == "title":
            return sum(n for other, n in count.items() if _RANK[other] >= 4) < 3
        return True

    def _in_collection(self, prompt: Prompt, *, title: bool = False) -> bool:
        """Whether the heading above (or the title) speaks of questions."""
        at = self.outline.heading(prompt.first)
        block = self.blocks[at] if at is not None else None
        head = plain(self.document.text[block.body_start : block.body_end]) if block else ""
        return bool(_COLLECTION.search(f"{head} {self.document.title if title else ''}"))

    def _listed_holds(self, prompt: Prompt) -> bool:
        """A numbered line is a question where an answer follows it, or in a list of questions."""
        own = self.blocks[prompt.first]
        if prompt.answer_start < own.body_end or self._announced(prompt):
            return True
        after = self.blocks[prompt.stop] if prompt.stop < len(self.blocks) else None
        if after is not None and own.marker[:1].isdigit():
            if after.kind in ("paragraph", "code", "table", "quote"):
                return True
            nested = after.level > own.level or not after.marker[:1].isdigit()
            if after.kind == "list_item" and nested:
                return True
        if after is not None and own.kind == "list_item" and is_indented(self.document, after):
            return True
        return self._in_collection(prompt, title=own.kind == "paragraph")

    # -- where answers end ------------------------------------------------------------------------

    def _end(self, prompt: Prompt) -> int:
        """The first block that cannot belong to the answer, next questions aside."""
        if prompt.layout == "title":
            return len(self.blocks)
        end = self.outline.section_end(prompt.stop, self.outline.level(prompt.first))
        if prompt.layout == "summary":
            end = min(end, self.outline.details_end(prompt.first))
        own = self.blocks[prompt.first]
        if own.kind == "heading" and not own.marker:
            end = min(end, self._gap(prompt.stop, end))
        return self._boxed(prompt, own, end)

    def _boxed(self, prompt: Prompt, own: Block, end: int) -> int:
        """Ends that the layout draws: a box, a toggle, the interviewer's next words."""
        if is_callout(self.document, own):
            return prompt.stop if prompt.answer_start < own.end else end
        raw = self.document.text[own.body_start : own.body_end]
        toggle = own.kind == "list_item" and not own.marker[:1].isdigit()
        if prompt.layout == "listed" and toggle:
            return self._first(prompt.stop, end, lambda b: not is_indented(self.document, b))
        if prompt.layout == "marked" and is_interviewer(raw):
            text = self.document.text
            return self._first(
                prompt.stop, end, lambda b: is_interviewer(text[b.body_start : b.body_end])
            )
        return end

    def _first(self, start: int, end: int, ends: Callable[[Block], bool]) -> int:
        return next((i for i in range(start, end) if ends(self.blocks[i])), end)

    def _gap(self, start: int, end: int) -> int:
        """In a text without markup, two blank lines end a section; not the one after its title."""
        for i in range(start + 1, end):
            between = self.document.text[self.blocks[i - 1].end : self.blocks[i].start]
            if between.count("\n") >= 3:
                return i
        return end

    def _ended(self, prompts: list[Prompt]) -> list[Prompt]:
        limits = [p.first for p in prompts[1:]] + [len(self.blocks)][: len(prompts)]
        return [
            replace(p, stop=max(p.stop, min(limit, self._end(p))))
            for p, limit in zip(prompts, limits, strict=True)
        ]
