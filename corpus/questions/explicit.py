"""The questions that stand in a document, each with its whole answer.

Invariant: a reference is verbatim text between a question and the next; where the document leaves a
question open, or asks for the candidate's own experience, there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.gaps import covers
from corpus.outline import Outline
from corpus.questions import subject, wording
from corpus.questions.answers import Answer, answer_of
from corpus.questions.behavioural import rubric
from corpus.questions.identity import normalised, question_id
from corpus.questions.keypoints import key_points
from corpus.questions.plaintext import plain
from corpus.questions.prompt import Prompt
from corpus.questions.prompts import find_prompts
from corpus.questions.rows import row_prompts
from corpus.questions.tasks import Task, instructed, instruction_for, task_of
from corpus.schema import Block, Document, Question, Reference, Removed

_HEAD = 4000  # characters from the start in which a document says whom it is for
_NOTES = 6  # passages of a story that are worth mentioning to another candidate
_LONGEST_NOTE = 280
_LONGEST_STORY = 4000
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_FIRST_PERSON = re.compile(
    r"\b(?:I|I[’'](?:ve|m|d|ll)|we|my|our|us|me|one (?:project|example))\b", re.I
)


def explicit_questions(
    document: Document, blocks: Sequence[Block], removed: Sequence[Removed]
) -> tuple[Question, ...]:
    """The questions that stand in the document, in order; of two alike the first is kept."""
    return _Bank(document, blocks, removed).questions()


def usable_blocks(blocks: Sequence[Block], removed: Sequence[Removed]) -> list[Block]:
    """The blocks that are read: not removed ones, but the front matter, whose title may ask."""
    return [b for b in blocks if b.marker == "front-matter" or not covers(removed, b.start, b.end)]


class _Bank:
    def __init__(
        self, document: Document, blocks: Sequence[Block], removed: Sequence[Removed]
    ) -> None:
        self.document = document
        self.removed = removed
        self.blocks = usable_blocks(blocks, removed)
        self.outline = Outline(self.blocks)
        self.legend = subject.legend_of(document.text)
        self.instructions: dict[int | None, str] = {}
        self.about = subject.subject_of(document.title) if document.title else ""

    def questions(self) -> tuple[Question, ...]:
        seen: set[str] = set()
        found = []
        prompts = [
            *find_prompts(self.document, self.blocks),
            *row_prompts(self.document, self.blocks),
        ]
        for prompt in sorted(prompts, key=lambda p: p.start):
            question = self._question(prompt)
            if question is None or (words := normalised(question.question)) in seen:
                continue
            seen.add(words)
            found.append(question)
        return tuple(found)

    def _question(self, prompt: Prompt) -> Question | None:
        task = task_of(self.document, self.blocks, prompt)
        begin = task.answer if task else prompt.first
        answer = answer_of(self.document, self.blocks, prompt, begin, self.removed)
        if not answer.spans and not self._may_stay_open(prompt):
            return None
        text = self._text(prompt, task)
        kind = wording.kind_of(text, answered_by_code=task is not None)
        marked = self.document.text[prompt.start : self.blocks[prompt.first].end]
        difficulty = subject.marked_difficulty(marked, self.legend)
        own = kind == "behavioural"
        reference = Reference.of(answer.spans) if answer.spans and not own else None
        points = rubric(text) if own else ()
        if reference is not None:
            points = key_points(self.document, reference.spans, text)
        return Question(
            id=question_id(self.document.id, text),
            document_id=self.document.id,
            topic=self._topic(prompt),
            question=text,
            kind=kind,
            origin="explicit",
            difficulty=difficulty or wording.difficulty_of(text, kind),
            roles=wording.roles_of(text, self.document.title + "\n" + self.document.text[:_HEAD]),
            reference=reference,
            key_points=points,
            coaching=answer.advice + (self._notes(prompt, answer) if own else ()),
        )

    def _may_stay_open(self, prompt: Prompt) -> bool:
        """A heading or a lone line with nothing under it was no question for the candidate."""
        return prompt.layout in ("marked", "summary", "term", "numbered-bold", "bold", "listed")

    def _text(self, prompt: Prompt, task: Task | None) -> str:
        text = task.text if task else prompt.text
        if prompt.layout in ("numbered-bold", "listed", "marked") and not wording.stands_alone(
            text
        ):
            instruction = self._instruction(prompt)
            if instruction:
                return wording.punctuated(instructed(instruction, text))
        if prompt.layout in ("bold", "summary") and not wording.asks(text):
            text = f"Explain: {text}"
        return wording.punctuated(text)

    def _instruction(self, prompt: Prompt) -> str:
        heading = self.outline.heading(prompt.first)
        if heading not in self.instructions:
            self.instructions[heading] = instruction_for(
                self.document, self.blocks, self.outline, prompt.first
            )
        return self.instructions[heading]

    def _topic(self, prompt: Prompt) -> str:
        """The nearest heading above that is no question itself, or what the document is about."""
        path = self.outline.path(prompt.first)
        if prompt.layout == "heading" and path:
            path = path[:-1]
        for i in reversed(path):
            block = self.blocks[i]
            raw = self.document.text[block.body_start : block.body_end]
            if self._is_mark(raw):
                continue
            if topic := subject.subject_of(raw):
                return topic
        return self.about or subject.subject_of(prompt.text)

    def _is_mark(self, raw: str) -> bool:
        return not wording.cleaned(raw)

    def _notes(self, prompt: Prompt, answer: Answer) -> tuple[str, ...]:
        """What somebody else's story says of the technique, quoted without the story."""
        notes = []
        for i in range(prompt.first + 1, prompt.stop):
            block = self.blocks[i]
            if block.kind in ("paragraph", "list_item") and answer.spans:
                said = plain(self.document.text[block.body_start : block.body_end][:_LONGEST_STORY])
                kept = " ".join(s for s in _SENTENCE.split(said) if not _FIRST_PERSON.search(s))
                if len(kept) >= 40:
                    notes.append(f"You could mention, where it is true of you: “{_clipped(kept)}”")
        return tuple(notes[:_NOTES])


def _clipped(text: str) -> str:
    if len(text) <= _LONGEST_NOTE:
        return text
    return text[:_LONGEST_NOTE].rsplit(" ", 1)[0] + " …"
