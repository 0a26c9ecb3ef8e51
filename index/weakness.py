"""Is nothing that was found likely to answer?

Invariant: the verdict depends on nothing but the found passages' own features, and is reached in
the same way in every mode of search.
"""

from __future__ import annotations

from index.fusion import Doubles, evidence, probability

# The best passage's probability below which a search is weak. Chosen with the weights in
# `index.fusion` on the development half of evals/data/glossary_queries.jsonl, where it lets the
# same share of answerable and of unanswerable queries pass on the wrong side.
THRESHOLD = 0.5


def is_weak(features: Doubles) -> bool:
    """Whether none of the passages with these features [n, f] is likely to answer; n may be 0."""
    if not len(features):
        return True
    return float(probability(evidence(features)).max()) < THRESHOLD
