"""Is nothing that was found likely to answer?

Invariant: the verdict depends on nothing but the found passages' probabilities, and is reached in
the same way in every mode of search.
"""

from __future__ import annotations

from index.fusion import Doubles

# The best passage's probability below which a search is weak. `index.fusion` is fitted so that at
# one half as many answerable queries are called weak as unanswerable ones are not.
THRESHOLD = 0.5


def is_weak(chances: Doubles) -> bool:
    """Whether none of the passages with these probabilities [n] is likely to answer; n may be 0."""
    return not len(chances) or float(chances.max()) < THRESHOLD
