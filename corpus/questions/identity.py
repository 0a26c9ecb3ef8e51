"""What makes a question the same question: its words.

Invariant: an id depends on the document's id and the question's words alone, so it survives every
other change of the document.
"""

from __future__ import annotations

import hashlib
import re


def normalised(question: str) -> str:
    """The question's letters and digits in lower case, single blanks between words."""
    return " ".join(re.findall(r"\w+", question.lower()))


def question_id(document_id: str, question: str) -> str:
    """``<document id>-<ten hexadecimal digits>``."""
    digest = hashlib.sha256(normalised(question).encode()).hexdigest()[:10]
    return f"{document_id}-{digest}"
