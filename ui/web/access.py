"""Who may do what in the web app, where several people share it.

Invariant: without accounts the one person at this machine may do everything; with accounts only the
first of the file may change what all are asked from.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    """The accounts that the app is served with, in the order of their file; none on loopback."""

    accounts: tuple[str, ...] = ()

    def may_change_documents(self, account: str | None) -> bool:
        """Whether an account (None without accounts) may add and forget documents."""
        return not self.accounts or account == self.accounts[0]


NOBODY_ELSE = Access()
"""The access of a page without accounts."""
