"""Reads a CV or a job description from a file.

Invariant: the file is read by the parsers at arm's length, as any document, and what comes of it is
kept among the profiles and nowhere else.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agent.profiles import Kind, Paper, ProfileError
from corpus.readers import unsupported
from corpus.sandbox import Sandbox
from corpus.schema import UnreadableError

if TYPE_CHECKING:
    from agent.profiles import Profiles


def read_paper(path: Path) -> str:
    """The text of a file. Raises `ProfileError`, which names it and says why it cannot be read."""
    whole = path.expanduser().resolve()
    if not whole.exists():
        raise ProfileError(f"{path}: there is no such file; check the name")
    try:
        if reason := unsupported(whole):
            raise UnreadableError(reason)
        with Sandbox() as sandbox:
            return sandbox.digest(whole, "paper", "user").document.text
    except UnreadableError as error:
        raise ProfileError(f"{path}: {error.reason}; choose another file") from error


def keep_paper(profiles: Profiles, person: str, kind: Kind, path: Path) -> Paper:
    """Keep a file's text as this person's CV or job description. Raises `ProfileError`."""
    return profiles.save(person, kind, path.name, read_paper(path))
