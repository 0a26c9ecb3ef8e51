"""What can go wrong with the local server. Invariant: every message names the value and a next
step, and ends the command with the exit code for a model that is not available."""

from __future__ import annotations

from corpus.schema import GreenroomError


class ServingError(GreenroomError):
    """The local server cannot be had."""

    exit_code = 4


class ServingUsageError(ServingError):
    """`serve` was asked for something that cannot be."""

    exit_code = 2
