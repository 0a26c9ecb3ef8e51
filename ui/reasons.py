"""What went wrong, in words for a person: the same in the terminal and on the page.

Invariant: an error of the system names the file, what is wrong and what to do.
"""

from __future__ import annotations

import errno

from corpus.schema import GreenroomError

# What a person is told of and can do something about; anything else is a defect.
FAULTS = (GreenroomError, OSError)


def in_words(error: GreenroomError | OSError) -> str:
    """What to tell a person of an error."""
    return str(error) if isinstance(error, GreenroomError) else _of_system(error)


def _of_system(error: OSError) -> str:
    what = (error.strerror or str(error)).lower()
    advice = {
        FileExistsError: "name another",
        FileNotFoundError: "check the name",
        IsADirectoryError: "name a file",
        NotADirectoryError: "check the name",
        PermissionError: "check its permissions",
    }
    if error.errno == errno.ENOSPC:
        return f"{error.filename or 'the disk'}: {what}; free some space"
    if error.filename is None:
        return f"{what}; run `greenroom doctor`"
    return f"{error.filename}: {what}; {advice.get(type(error), 'run `greenroom doctor`')}"
