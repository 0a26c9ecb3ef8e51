"""What a reader has to know of a set of data before believing a figure on it.

Invariant: whether something was trained on is said beside every figure of it, not elsewhere.
"""

from __future__ import annotations

TRAINED_ON = (
    "The judge was trained on most of this file: the figures say what it remembers, not how well "
    "it grades."
)
SEEN_QUESTIONS = (
    "The answers are new to the judge, their questions are in its training files: the figures "
    "flatter it."
)
# The files that the shipped judge was trained on; of another one nobody knows what it shares.
LEARNT = frozenset(
    """argkp breaking_nli cad_nli cannot_semantoneg cannot_sentiment_negated cannot_wikifactcheck
    condaqa_edits conjnli entailmentbank fm2 help_conj_disj med negnli_mnli negnli_snli
    qasc_dev_facts scitail_dev_test scpp summedits_pairs""".split()
)
_NOTES = {
    "scientsbank_train": TRAINED_ON,
    "beetle_train": TRAINED_ON,
    "saf_training": TRAINED_ON,
    "scientsbank_unseen_answers": SEEN_QUESTIONS,
    "beetle_unseen_answers": SEEN_QUESTIONS,
    "saf_unseen_answers": SEEN_QUESTIONS,
    "mohler_eval_only": "Nothing of this file was trained on. Two people marked each answer, "
    "without guidelines.",
    "os_course_eval_only": "Nothing of this file was trained on. Two questions are too few for an "
    "interval; three people marked by a rubric.",
    "marks-dev": "Marked by the authors. Nothing of it was trained on; ideas and thresholds were "
    "chosen on it.",
    "marks-test": "Marked by the authors. Nothing of it was trained or chosen on.",
    "marks-notes": "Marked by the authors. Nothing of it was trained on; borders of points that "
    "are cut from a document were chosen on half of it.",
    "marks-plain": "Marked by the authors, each answer by the one who wrote it. Nothing of it was "
    "trained on; ideas and thresholds were chosen on it.",
    "marks-plain-test": "Marked by the authors, each answer by the one who wrote it. Nothing of it "
    "was trained or chosen on.",
    "marks-subjects-dev": "Marked by the authors. Its subjects were not trained on; ideas and "
    "thresholds were chosen on it.",
    "marks-subjects-test": "Marked by the authors. Its subjects were not trained or chosen on.",
}


def notes_on(name: str) -> tuple[str, ...]:
    """The sentences on a set of this name; none for one that is not known."""
    return (_NOTES[name],) if name in _NOTES else ()
