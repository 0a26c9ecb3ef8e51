"""An answer written in the person's editor.

Invariant: only what stands above the line of dashes is the answer; the question below it is there
to be read.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from corpus.schema import GreenroomError
from ui.text import plain

FALLBACKS = ("nano", "vi")
CUT = "----- Write your answer above this line; what is below is not part of it. -----"


class EditorError(GreenroomError):
    """The editor cannot be run, or gave nothing that can be read."""


def edited(question: str, begun: str) -> str:
    """What the person wrote, without white space around it; `begun` stands there at first.

    The editor is ``VISUAL``, else ``EDITOR``, else one that is found. Raises `EditorError`.
    """
    command = _editor()
    with tempfile.TemporaryDirectory(prefix="greenroom-") as folder:
        file = Path(folder) / "answer.txt"
        file.write_text(f"{begun}\n\n{CUT}\n{plain(question)}\n", encoding="utf-8")
        try:
            done = subprocess.run([*command, str(file)], check=False)
        except OSError as error:
            raise EditorError(
                f"the editor {command[0]!r} cannot be run ({error.strerror}); set EDITOR"
            ) from error
        if done.returncode:
            raise EditorError(f"the editor {command[0]!r} ended with {done.returncode}; try again")
        try:
            written = file.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise EditorError(f"the editor left no file ({error.strerror}); try again") from error
    return written.partition(CUT)[0].strip()


def _editor() -> list[str]:
    for name in ("VISUAL", "EDITOR"):
        if value := os.environ.get(name, "").strip():
            try:
                return shlex.split(value)
            except ValueError as error:
                raise EditorError(f"{name} is {value!r}, which is no command: {error}") from error
    for fallback in FALLBACKS:
        if shutil.which(fallback):
            return [fallback]
    raise EditorError("no editor was found; set EDITOR to one")
