"""What of a document is kept out of questions, references and citations, and why.

Invariant: the passages are in order, do not overlap, and each ``text`` stands at its offsets. What
is in doubt is kept: removing a line of the notes is worse than keeping a line of furniture.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus import adverts, furniture, trimmings
from corpus.questions.plaintext import plain
from corpus.schema import Block, Document, Removed

_EDGE = 10  # blocks from the top in which bylines, captions and remarks on the list are looked for
_LAST = 6  # blocks from the end in which sign-offs are looked for
_CLIP = 4000


def find_junk(document: Document, blocks: Sequence[Block]) -> tuple[Removed, ...]:
    """The passages to leave out, whole blocks each; neighbours of one reason are joined."""
    return _Sieve(document, blocks).run()


class _Sieve:
    def __init__(self, document: Document, blocks: Sequence[Block]) -> None:
        self.document = document
        self.blocks = blocks
        self.raw = [document.text[b.body_start : b.body_end][:_CLIP] for b in blocks]
        self.words = [
            plain(raw) if b.kind != "code" else "" for raw, b in zip(self.raw, blocks, strict=True)
        ]
        self.reasons: dict[int, str] = {}
        prose = [
            w for w, b in zip(self.words, blocks, strict=True) if b.kind not in ("table", "html")
        ]
        self.brands = adverts.brands_of(prose)

    def run(self) -> tuple[Removed, ...]:
        for i in range(len(self.blocks)):
            if reason := self._reason(i):
                self.reasons[i] = reason
        self._contents()
        self._leading_captions()
        self._labelled_adverts()
        self._resources()
        self._author_box()
        self._comments()
        return self._joined()

    # -- one block at a time ----------------------------------------------------------------------

    def _reason(self, i: int) -> str | None:
        block, raw, words = self.blocks[i], self.raw[i], self.words[i]
        if block.kind == "html":
            return self._html_reason(i)
        if block.kind == "code":
            drawn = block.marker == "<pre>" and furniture.is_drawing(raw)
            return "boilerplate" if drawn else None
        if block.kind == "table":
            return "boilerplate" if i < _EDGE and furniture.is_about_the_list(words) else None
        if block.kind == "rule":
            return None
        if furniture.is_image(raw) or furniture.is_credit(raw):
            return "caption"
        if block.kind != "heading" and furniture.is_anchor_list(raw):
            return "navigation"
        if furniture.is_pointer(raw) and (
            block.kind == "paragraph" or not furniture.is_link_item(raw)
        ):
            return None if block.kind == "heading" else "navigation"
        if furniture.is_share_bar(words):
            return "share_bar"
        if furniture.is_navigation(words) and not block.marker.startswith("#"):
            return "navigation"
        if block.kind == "paragraph" and trimmings.is_button(words):
            return "navigation"
        if block.kind != "heading" and trimmings.is_reference(
            self.document.text[block.start : block.end][:_CLIP]
        ):
            return "reference"
        return self._prose_reason(i)

    def _html_reason(self, i: int) -> str | None:
        block = self.blocks[i]
        if block.marker in ("front-matter", "comment"):
            return "metadata"
        if block.marker in ("<script>", "<style>"):
            return "boilerplate"
        whole = self.document.text[block.start : block.end][:_CLIP]
        return "caption" if furniture.is_image(whole) else None

    def _prose_reason(self, i: int) -> str | None:
        block, words = self.blocks[i], self.words[i]
        if furniture.is_notice(words):
            return "boilerplate"
        if block.kind != "heading" and (
            adverts.pitch(words, self.brands) >= 3 or adverts.spam(words) >= 3
        ):
            return "spam" if adverts.spam(words) >= 3 else "advert"
        if furniture.is_drawing(self.raw[i]):
            return "boilerplate"
        if block.kind != "heading" and trimmings.is_thread_data(words):
            return "metadata"
        if block.kind != "heading" and trimmings.is_disclosure(words):
            return "advert"
        if block.kind == "paragraph" and trimmings.points_elsewhere(words):
            return "navigation"
        first = i < _EDGE
        if first and block.kind != "heading" and furniture.is_byline(words):
            return "metadata"
        if first and block.kind != "heading" and furniture.is_about_the_list(words):
            return "boilerplate"
        if i < 3 and furniture.opens_chat(words):
            return "sign_off"
        if i >= len(self.blocks) - _LAST and block.kind != "heading" and furniture.signs_off(words):
            return "sign_off"
        return None

    # -- several together -------------------------------------------------------------------------

    def _contents(self) -> None:
        """A heading "Contents" goes with the links under it."""
        for i, words in enumerate(self.words):
            if not furniture.heads_contents(words):
                continue
            j = i + 1
            while (
                j < len(self.blocks)
                and self.blocks[j].kind == "list_item"
                and (furniture.is_link_item(self.raw[j]) or len(self.words[j]) <= 80)
            ):
                j += 1
            if j > i + 1:
                self.reasons.update(dict.fromkeys(range(i, j), "navigation"))

    def _leading_captions(self) -> None:
        """At the top of a text without markup, short lines before the title: captions, sections."""
        run = []
        for i, block in enumerate(self.blocks[:_EDGE]):
            words = self.words[i]
            if block.kind not in ("paragraph", "heading") or block.marker:
                break
            if len(words) > 140 or words.endswith((".", ":", "?", "!", "…")):
                break
            run.append(i)
        if not any(self.reasons.get(i) == "navigation" for i in run):
            return
        for i in run[:-1]:
            words = self.words[i]
            if i in self.reasons or words == plain(self.document.title):
                continue
            lower = sum(w[0].islower() for w in words.split())
            if len(words.split()) >= 6 and lower * 3 >= 2 * len(words.split()):
                self.reasons[i] = "caption"

    def _labelled_adverts(self) -> None:
        """A label such as "Career tips:" and what it stands over, where most of that sells."""
        for i, block in enumerate(self.blocks):
            if block.kind not in ("paragraph", "heading") or not adverts.labels_advert(
                self.words[i]
            ):
                continue
            j = i + 1
            while j < len(self.blocks) and self.blocks[j].kind == "list_item":
                j += 1
            if j == i + 1 and block.kind == "heading":
                while j < len(self.blocks) and self.blocks[j].kind == "paragraph":
                    if adverts.pitch(self.words[j], self.brands) < 2:
                        break
                    j += 1
            under = range(i + 1, j)
            selling = sum(adverts.pitch(self.words[k], self.brands) >= 2 for k in under)
            if under and selling * 2 >= len(under):
                self.reasons.update(dict.fromkeys(range(i, j), "advert"))

    def _resources(self) -> None:
        """Under "Further reading": the items that are links and nothing else."""
        for i, words in enumerate(self.words):
            if not furniture.heads_resources(words):
                continue
            j = i + 1
            while j < len(self.blocks) and (
                self.blocks[j].kind == "list_item" or self.reasons.get(j) == "reference"
            ):
                if furniture.is_link_item(self.raw[j]):
                    self.reasons[j] = "navigation"
                j += 1
            if j > i + 1 and all(k in self.reasons for k in range(i + 1, j)):
                self.reasons[i] = "navigation"

    def _author_box(self) -> None:
        """Under an article without headings: who wrote it, and what the site shows after that."""
        count = len(self.blocks)
        for i, words in enumerate(self.words):
            if self.blocks[i].start < len(self.document.text) // 2:
                continue
            if self.blocks[i].kind != "paragraph" or not trimmings.opens_author_box(words):
                continue
            if any(self.blocks[k].marker for k in range(i + 1, count)) or not any(
                furniture.is_share_bar(self.words[k]) or trimmings.is_button(self.words[k])
                for k in range(i + 1, min(i + 5, count))
            ):
                continue
            first = i
            while first and (
                first - 1 in self.reasons
                or (not self.blocks[first - 1].marker and trimmings.is_tag(self.words[first - 1]))
            ):
                first -= 1
            self.reasons.update(dict.fromkeys(range(first, count), "sign_off"))
            return

    def _comments(self) -> None:
        """Everything under a heading of comments, up to a heading of the document itself."""
        count = len(self.blocks)
        for i, words in enumerate(self.words):
            if self.blocks[i].kind not in ("paragraph", "heading") or not furniture.heads_comments(
                words
            ):
                continue
            if self.blocks[i].start < len(self.document.text) // 2:
                continue
            end = next(
                (
                    k
                    for k in range(i + 1, count)
                    if self.blocks[k].marker.startswith(("#", "=", "<h"))
                ),
                count,
            )
            spammy = any(adverts.spam(self.words[k]) >= 2 for k in range(i, end))
            for k in range(i, end):
                self.reasons[k] = "spam" if k > i and spammy else "comment"
            return

    # -- the result -------------------------------------------------------------------------------

    def _joined(self) -> tuple[Removed, ...]:
        found: list[tuple[int, int, int, str]] = []
        for i in sorted(self.reasons):
            block, reason = self.blocks[i], self.reasons[i]
            if found and found[-1][0] == i - 1 and found[-1][3] == reason:
                found[-1] = (i, found[-1][1], block.end, reason)
            else:
                found.append((i, block.start, block.end, reason))
        text = self.document.text
        return tuple(
            Removed(start, end, reason, text[start:end]) for _, start, end, reason in found
        )
