"""Where a person's document and the bundled library disagree on what a question asks.

The library names what notes often have wrong, in several wordings; a sentence of a document that
says the same is a dispute, and both sides of it count. Invariant: a dispute quotes both sides word
by word; a sentence nearer to the library's correction than to the wrong wordings is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from agent.grades import Alternative
from agent.segments import sentences
from agent.words import content_words
from corpus.schema import Disagreement, KeyPoint, Question, Span
from index.embedder import Embedder, Embedding
from index.late import align, background_idf

# Likeness at which a sentence says what a wording says, where it has the words that all wordings
# share; with fewer than two such words likeness alone must do. Set so that documents known to be
# right raise next to nothing and every false sentence the library names is found (evals/LOG.md).
SAID_FROM = 0.68
SAID_FROM_ALONE = 0.80
LEAST_WORDS = 2
MARGIN = 0.10  # by which a sentence must be nearer to a wording than to the correction
MOST_SENTENCES = 3  # in which a claim is looked for
_LOT = 100  # questions whose sentences are embedded together
_CACHE = 512  # texts; about 60 kB each
LONGEST = 600  # characters: a longer sentence is a table or a list that lost its line ends

FindPassages = Callable[[str], Sequence[Span]]
"""The passages of the person's own documents that are nearest to a statement."""


class Disputes:
    """Finds the disputes that bear on a question. Thread-safe."""

    def __init__(
        self, disagreements: Sequence[Disagreement], embedder: Embedder, find: FindPassages
    ) -> None:
        embed = lru_cache(maxsize=_CACHE)(embedder.embed_one)
        self._known = tuple(_Known(d, embed) for d in disagreements)
        self._embedder = embedder
        self._find = find

    def alternatives(self, question: Question) -> tuple[Alternative, ...]:
        """What the other side says on the question's key points; empty where nobody disagrees.

        For a question of the library it is a sentence of the person's document, for any other the
        library's correction.
        """
        if _is_library(question):
            return tuple(self._against_library(question))
        return tuple(self._against_document(question))

    def among(self, questions: Sequence[Question]) -> frozenset[str]:
        """The ids of the questions on which somebody disagrees, for an overview.

        Sentences are embedded many at a time, which is some times faster than one by one. As that
        moves their last bits, one on the very border may stand otherwise than in `alternatives`.
        """
        embedded: dict[str, Embedding] = {}
        known = tuple(_Known(k.entry, embedded.__getitem__) for k in self._known)
        find = cache(self._find)
        found: set[str] = set()
        for first in range(0, len(questions), _LOT):
            lot = questions[first : first + _LOT]
            looks = [(q, k, pieces) for q in lot for k, pieces in _looks(q, known, find)]
            texts = {text for _, k, pieces in looks for text in (*k.texts, *_quotes(pieces))}
            missing = sorted(texts - embedded.keys())
            embedded.update(zip(missing, self._embedder.embed(missing), strict=True))
            for question, entry, pieces in looks:
                said = entry.said_in(pieces)
                if said and (_is_library(question) or _point_of(said, question.key_points)):
                    found.add(question.id)
        return frozenset(found)

    def _against_document(self, question: Question) -> Iterator[Alternative]:
        reference = question.reference.spans if question.reference else ()
        pieces = [piece for span in reference for piece in _pieces(span)]
        for known in self._known:
            said = known.said_in(pieces)
            point = _point_of(said, question.key_points) if said else None
            if point is not None:
                yield Alternative(point.id, known.entry.correction, known.entry.span)

    def _against_library(self, question: Question) -> Iterator[Alternative]:
        for known in self._known:
            points = [point for asked, point in known.entry.points if asked == question.id]
            if not points:
                continue
            for passage in self._find(known.entry.claim):
                said = known.said_in(_pieces(passage))
                if said is not None:
                    yield from (Alternative(point, said.quote, said) for point in points)
                    break


def essential_words(entry: Disagreement) -> frozenset[str]:
    """The stems that the claim and all its wordings share: it cannot be said without them."""
    return frozenset.intersection(*(_stems(w) for w in (entry.claim, *entry.wordings)))


class _Known:
    """A disagreement with what is needed to recognise it; nothing is embedded before it has to."""

    def __init__(self, entry: Disagreement, embed: Callable[[str], Embedding]) -> None:
        self.entry = entry
        self._embed = embed
        self._essential = essential_words(entry)
        self._said_from = SAID_FROM if len(self._essential) >= LEAST_WORDS else SAID_FROM_ALONE

    @property
    def texts(self) -> tuple[str, ...]:
        """All that a sentence is held against."""
        return (
            self.entry.claim,
            *self.entry.wordings,
            self.entry.correction,
            self.entry.span.quote,
        )

    def may_be_in(self, piece: _Piece) -> bool:
        """Whether a piece has the words without which the claim cannot be said."""
        return self._essential <= piece.stems

    def said_in(self, pieces: Sequence[_Piece]) -> Span | None:
        """The piece that says the claim, the nearest to it of several; None where none does."""
        best: tuple[float, Span] | None = None
        for piece in pieces:
            if not self.may_be_in(piece):
                continue
            said = self._embed(piece.span.quote)
            likeness = max(_likeness(said, w) for w in self._wrong)
            if likeness < self._said_from or (best is not None and likeness <= best[0]):
                continue
            if likeness - max(_likeness(said, r) for r in self._right) >= MARGIN:
                best = (likeness, piece.span)
        return None if best is None else best[1]

    @cached_property
    def _wrong(self) -> tuple[Embedding, ...]:
        wordings = (self.entry.claim, *self.entry.wordings)
        return tuple(self._embed(wording) for wording in wordings)

    @cached_property
    def _right(self) -> tuple[Embedding, ...]:
        texts = (self.entry.correction, self.entry.span.quote)
        return tuple(self._embed(text) for text in texts)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a run of a few, and the stems of its words."""

    span: Span
    stems: frozenset[str]


def _looks(
    question: Question, known: Sequence[_Known], find: FindPassages
) -> Iterator[tuple[_Known, tuple[_Piece, ...]]]:
    """The disagreements that may bear on a question, each with the pieces that may say it."""
    reference = question.reference.spans if question.reference else ()
    pieces = [] if _is_library(question) else [p for span in reference for p in _pieces(span)]
    for entry in known:
        if _is_library(question):
            on = any(asked == question.id for asked, _ in entry.entry.points)
            pieces = [p for s in find(entry.entry.claim) for p in _pieces(s)] if on else []
        if fit := tuple(piece for piece in pieces if entry.may_be_in(piece)):
            yield entry, fit


def _quotes(pieces: Sequence[_Piece]) -> Iterator[str]:
    return (piece.span.quote for piece in pieces)


def _is_library(question: Question) -> bool:
    return question.origin == "authored"


def _pieces(passage: Span) -> tuple[_Piece, ...]:
    """Each sentence of a passage, and each with the one or two that follow it in its paragraph."""
    found = []
    places = list(sentences(passage.quote))
    for i, (start, _) in enumerate(places):
        for j, (last, end) in enumerate(places[i : i + MOST_SENTENCES]):
            if j and _ends_line(passage.quote[start:last]):
                break
            quote = passage.quote[start:end]
            if len(quote) <= LONGEST and not quote.endswith("?"):
                found.append(_Piece(passage.part(start, end), _stems(quote)))
    return tuple(found)


def _ends_line(text: str) -> bool:
    """Whether a line ends here with its sentence: what follows is another item or paragraph."""
    return "\n" in text[len(text.rstrip()) :] and text.rstrip().endswith((".", "!", "?", ":"))


def _point_of(said: Span, points: Sequence[KeyPoint]) -> KeyPoint | None:
    """The key point that a sentence belongs to: the one it shares most words with by place, else
    the last that begins before it, as a point may quote the opening of its paragraph only."""
    placed = [(p.span, p) for p in points if p.span and p.span.document_id == said.document_id]
    overlaps = [(min(at.end, said.end) - max(at.start, said.start), p) for at, p in placed]
    most, nearest = max(overlaps, key=lambda pair: pair[0], default=(0, None))
    if most > 0:
        return nearest
    before = [(at.start, p) for at, p in placed if at.start <= said.start]
    return max(before, key=lambda pair: pair[0], default=(0, None))[1]


def _stems(text: str) -> frozenset[str]:
    return frozenset(content_words(text))


def _likeness(left: Embedding, right: Embedding) -> float:
    """How nearly two sentences say one thing: late interaction both ways, averaged."""
    return (_covers(left, right) + _covers(right, left)) / 2


def _covers(query: Embedding, passage: Embedding) -> float:
    return align(query.tokens, passage.tokens, background_idf(query.tokens.ids)).score
