"""New questions from the documents by a language model: which passages, and what is kept of it.

Invariant: what is stored waits for review, each passage's as soon as it is done, so that stopping
half-way loses nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.judge import Judge
from agent.llm.faults import ContextOverflowError, InvalidOutputError
from agent.llm.question_writer import Material, Structured, Written, ask, ask_again
from agent.question_checks import Checks, Sound
from corpus.questions.identity import question_id
from corpus.questions.wording import kind_of, roles_of
from corpus.schema import Document, GreenroomError, KeyPoint, Question, Reference
from index.drafts import Draft
from index.embedder import Embedder
from index.snapshot import IndexedChunk
from index.store import Store

LEAST_WORDS = 30  # of a passage
_HEAD = 3_000  # characters that say for whom a document is written


class NothingToAskError(GreenroomError):
    """No passage can be asked about; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one passage: the drafts that now wait, and why others were dropped."""

    passage: IndexedChunk
    drafts: tuple[Draft, ...]
    dropped: tuple[str, ...]


def passages_to_ask(
    store: Store, document_ids: Sequence[str] = (), topic: str | None = None
) -> tuple[IndexedChunk, ...]:
    """The passages to make questions of, those first on which fewest questions rest, documents in
    turn. Without a document or a topic: the person's own, or the library's where there are none.

    Raises NothingToAskError.
    """
    found = [c for c in store.chunks() if c.kind != "code" and len(c.text.split()) >= LEAST_WORDS]
    if document_ids:
        found = [c for c in found if c.document_id in set(document_ids)]
    if topic is not None:
        wanted = topic.casefold()
        found = [c for c in found if any(wanted in name.casefold() for name in c.topics)]
    elif not document_ids:
        found = [c for c in found if c.source == "user"] or found
    if not found:
        raise NothingToAskError(
            "no passage there is long enough to ask about; add documents with "
            "`greenroom ingest PATH`, or name another --document or --topic"
        )
    bank: dict[str, list[Question]] = {}
    for question in store.questions():
        bank.setdefault(question.document_id, []).append(question)
    places: Counter[str] = Counter()
    order: dict[int, tuple[int, int, str]] = {}
    for chunk in found:
        resting = len(_on(chunk, bank.get(chunk.document_id, [])))
        places[chunk.document_id] += 1
        order[chunk.rowid] = (resting, places[chunk.document_id], chunk.path)
    return tuple(sorted(found, key=lambda c: order[c.rowid]))


class QuestionMaker:
    """Makes questions of passages, one after the other, and puts them up for review."""

    def __init__(
        self,
        store: Store,
        model: Structured,
        embedder: Embedder,
        judge: Judge,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._model = model
        self._now = now
        drafts = (*store.drafts.all("waiting"), *store.drafts.all("rejected"))
        known = [q.question for q in (*store.questions(), *(d.question for d in drafts))]
        self._checks = Checks(embedder, judge, known)

    def make(self, passages: Sequence[IndexedChunk], count: int) -> Iterator[Asked]:
        """What comes of each passage, until `count` questions wait. Raises ModelUnavailableError
        where the model is lost; what was made before stays."""
        made = 0
        for passage in passages:
            if made >= count:
                return
            asked = self._asked(passage, count - made)
            made += len(asked.drafts)
            yield asked

    def _asked(self, passage: IndexedChunk, most: int) -> Asked:
        document = self._store.document(passage.document_id)
        if document is None:
            return Asked(passage, (), ("the document was deleted meanwhile",))
        here = _on(passage, self._store.questions(document=passage.document_id))
        material = Material(
            document.title, passage.heading, passage.text, tuple(q.question for q in here)
        )
        try:
            sound, dropped = self._sound(material)
        except (InvalidOutputError, ContextOverflowError) as error:
            return Asked(passage, (), (f"the model's reply cannot be used: {error}",))
        topic = _topic(passage, document, here)
        drafts = tuple(self._draft(document, passage, found, topic) for found in sound[:most])
        self._store.drafts.add(drafts)
        return Asked(passage, drafts, tuple(dropped))

    def _sound(self, material: Material) -> tuple[list[Sound], list[str]]:
        """The questions that pass; where none does, the model is shown why and asked once more."""
        reply = ask(self._model, material)
        sound, faults = self._passed(reply, material)
        if faults and not sound:
            again = ask_again(self._model, material, reply, faults)
            sound, more = self._passed(again, material)
            faults += more
        return sound, faults

    def _passed(self, reply: Written, material: Material) -> tuple[list[Sound], list[str]]:
        heading = f"{material.title}\n{material.heading}"
        sound: list[Sound] = []
        faults: list[str] = []
        for written in reply.questions:
            found = self._checks.check(written, material.text, heading)
            if isinstance(found, str):
                faults.append(found)
            else:
                self._checks.remember(found.question)
                sound.append(found)
        return sound, faults

    def _draft(self, document: Document, passage: IndexedChunk, found: Sound, topic: str) -> Draft:
        start = passage.start
        points = tuple(
            KeyPoint(f"k{i}", p.text, 1.0, document.span(start + p.start, start + p.end))
            for i, p in enumerate(found.points, 1)
        )
        whole = document.span(passage.start, passage.end)
        question = Question(
            id=question_id(document.id, found.question),
            document_id=document.id,
            topic=topic,
            question=found.question,
            kind=kind_of(found.question),
            origin="generated",
            difficulty=found.difficulty,
            roles=roles_of(found.question, f"{document.title}\n{document.text[:_HEAD]}"),
            reference=Reference.of((whole,)),
            key_points=points,
        )
        return Draft(question, whole, self._model.name, self._now().astimezone(UTC).isoformat())


def _on(passage: IndexedChunk, questions: Sequence[Question]) -> list[Question]:
    """The questions whose reference lies in the passage, in part at least."""
    return [
        q
        for q in questions
        if q.reference is not None
        and any(s.start < passage.end and passage.start < s.end for s in q.reference.spans)
    ]


def _topic(passage: IndexedChunk, document: Document, here: Sequence[Question]) -> str:
    if here:
        return Counter(q.topic for q in here).most_common(1)[0][0]
    return passage.topics[0] if len(passage.topics) == 1 else document.title
