"""Questions made from a document's text without a language model: only those worth asking.

Invariant: no derived question repeats an explicit one or another derived one, and none has advice,
code references or removed text in its reference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.questions.checklists import checklist_drafts
from corpus.questions.coaching import attach, coaching_text, fields_of, is_advice, is_advice_label
from corpus.questions.coverage import Meanings, Passages
from corpus.questions.curriculum import curriculum
from corpus.questions.definitions import definition_drafts
from corpus.questions.drafts import Draft, is_worthy, to_question
from corpus.questions.headings import heading_draft
from corpus.questions.identity import normalised
from corpus.questions.outline import Section, sections, subject_of
from corpus.questions.phrases import phrase_drafts
from corpus.questions.plaintext import content_words, plain, stem, words
from corpus.questions.practice import practice_drafts
from corpus.questions.tables import table_drafts
from corpus.questions.twins import twin_drafts
from corpus.schema import Block, Document, Question, Removed

QUESTION_BANK = 3  # with this many explicit answers a document is a bank: its answers are taken
FROM_AN_ANSWER = 3  # derived questions from a text that already answers an explicit one


def derived_questions(
    document: Document,
    blocks: Sequence[Block],
    removed: Sequence[Removed],
    taken: Sequence[Question],
) -> tuple[Question, ...]:
    """The derived questions of a document in the order of its text. Pure and deterministic."""
    if _is_bank(document, taken) or curriculum(document, blocks):
        return ()
    found = sections(document, _free(document, blocks, taken), removed)
    subject = subject_of(document, sections(document, blocks, removed))
    drafts, advice = _drafts(document, found, subject, taken)
    drafts = _limited(_distinct(drafts, taken, document.text), taken)
    drafts = attach(drafts, advice, subject)
    return tuple(to_question(document, draft, subject) for draft in drafts)


def _is_bank(document: Document, taken: Sequence[Question]) -> bool:
    """Whether the document is questions with their answers and little else."""
    answered = [q.reference for q in taken if q.reference is not None]
    covered = sum(s.end - s.start for reference in answered for s in reference.spans)
    many = len(taken) >= QUESTION_BANK
    return many and (covered * 3 > len(document.text) or len(taken) > len(answered) + QUESTION_BANK)


def _free(document: Document, blocks: Sequence[Block], taken: Sequence[Question]) -> list[Block]:
    """The blocks to read. Where several questions are asked, their words and answers are left
    out; a single one may be the title, and its answer the whole text."""
    if len(taken) < QUESTION_BANK:
        return list(blocks)
    answered = Passages((s.start, s.end) for q in taken if q.reference for s in q.reference.spans)
    asked = {normalised(q.question) for q in taken}
    return [
        b
        for b in blocks
        if not answered.touch(b.start, b.end)
        and normalised(plain(document.text[b.body_start : b.body_end])) not in asked
    ]


def _drafts(
    document: Document, found: Sequence[Section], subject: str, taken: Sequence[Question]
) -> tuple[list[Draft], list[str]]:
    text = document.text
    asked = _asked_terms(taken)
    drafts: list[Draft] = []
    advice: list[str] = []
    for section in found:
        if _is_notes(section) and (said := _all_advice(text, section)):
            advice.extend(said)
            continue
        if not section.is_source:
            continue
        made, said = checklist_drafts(text, section, subject)
        advice.extend(said)
        made.extend(table_drafts(text, section, subject))
        made.extend(definition_drafts(text, section, asked, document.title))
        if draft := heading_draft(text, section, subject):
            made.append(draft)
        made.extend(practice_drafts(text, section))
        made.extend(phrase_drafts(text, section))
        topic = "" if section.title in ("", subject) else subject
        drafts.extend(replace(d, topic=topic) for d in made)
    drafts.extend(twin_drafts(document, found, subject))
    return drafts, advice


def _is_notes(section: Section) -> bool:
    title = re.fullmatch(
        r"(?:interview |pro )?(?:notes?|tips?|advice|reminders?)", section.title, re.I
    )
    return bool(title) and bool(section.above)


def _all_advice(text: str, section: Section) -> list[str]:
    """What a section of notes says to the candidate."""
    return [
        coaching_text(text, field)
        for block in section.blocks
        for field in fields_of(text, block)
        if is_advice_label(field.label) or is_advice(text[field.start : field.end])
    ]


def _asked_terms(taken: Sequence[Question]) -> frozenset[str]:
    terms = set()
    for question in taken:
        match = re.match(r"what (?:is|are) (?:an? |the )?(.+?)\??$", question.question, re.I)
        if match:
            terms.add(match.group(1).lower())
    return frozenset(terms)


def _distinct(drafts: Sequence[Draft], taken: Sequence[Question], text: str) -> list[Draft]:
    """Worthy drafts, none asking what a taken question or an earlier draft asks."""
    seen = {normalised(q.question) for q in taken}
    meanings = Meanings(_meaning(q.question) for q in taken)
    kept = []
    for draft in drafts:
        key, meaning = normalised(draft.question), _meaning(draft.question)
        if key in seen or not meaning or not is_worthy(draft, text):
            continue
        if meanings.hold(meaning):
            continue
        if _gives_itself_away(draft, text):
            continue
        seen.add(key)
        meanings.add(meaning)
        kept.append(draft)
    return sorted(kept, key=lambda d: d.places[0][0] if d.places else len(text))


def _meaning(question: str) -> frozenset[str]:
    """The words that carry a question's meaning, its kind of asking among them."""
    asks = {stem(w) for w in words(question) if w in ("why", "how", "when", "which")}
    bare = re.sub(r"\([^()]*\)", " ", question)
    return content_words(bare) | {f"?{a}" for a in asks}


def _gives_itself_away(draft: Draft, text: str) -> bool:
    """Whether nearly all that the reference says stands in the question."""
    if not draft.places:
        return False
    said = content_words(" ".join(plain(text[a:b]) for a, b in draft.places))
    return len(said - content_words(draft.question)) < 3


def _limited(drafts: list[Draft], taken: Sequence[Question]) -> list[Draft]:
    """A text that answers an explicit question already gives only its best few besides."""
    answered = Passages((s.start, s.end) for q in taken if q.reference for s in q.reference.spans)
    inside = [
        n
        for n, d in enumerate(drafts)
        if d.places and answered.touch(d.places[0][0], d.places[0][0] + 1)
    ]
    spare = set(sorted(inside, key=lambda n: drafts[n].order)[FROM_AN_ANSWER:])
    return [d for n, d in enumerate(drafts) if n not in spare]
