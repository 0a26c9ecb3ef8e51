"""Really deleting: a document, a session, or all that a person left in a data folder.

Invariant: what is forgotten is in no file of the folder afterwards, caches included; the bundled
library stays, and so does every file outside the folder.
"""

from __future__ import annotations

from pathlib import Path

from agent.workspace import NotFoundError, Workspace
from index.copies import COPIES as COPIES
from index.copies import copies_in, is_copy


def forget(workspace: Workspace, target: str) -> dict[str, int]:
    """Delete a document (id or path) or a session; what was deleted, counted by noun.

    Raises NotFoundError where there is neither.
    """
    from agent.interview import SessionNotFoundError
    from index.generations import purge

    try:
        document_id = workspace.document_id(target)
    except NotFoundError:
        try:
            workspace.interview.forget(target)
        except SessionNotFoundError as error:
            raise NotFoundError(
                f"{target!r} is neither a document (id or path) nor a session"
            ) from error
        return {"sessions": 1}
    sessions = workspace.interview.forget_document(document_id)
    known = workspace.store.stored(document_id)
    workspace.store.delete(document_id)
    if known is not None:
        _delete_copy(workspace, known.path)
    purge(workspace.cache)
    return {"documents": 1, "sessions ended": len(sessions)}


def forget_everything(workspace: Workspace) -> dict[str, int]:
    """Delete all documents of the person, all sessions and all history, every CV and job
    description, and what a language model wrote."""
    from index.generations import purge

    documents = workspace.ready().documents("user")
    papers = workspace.profiles.forget_all()
    sessions = workspace.interview.forget_all()
    for document in documents:
        workspace.store.delete(document.id)
        _delete_copy(workspace, document.path)
    for left in copies_in(workspace.home):  # of an upload that was cut off
        left.unlink(missing_ok=True)
    written = workspace.store.drafts.forget_all()
    purge(workspace.cache)
    return {
        "documents": len(documents),
        "sessions": sessions,
        "CVs and job descriptions": papers,
        "questions of the language model": written,
    }


def _delete_copy(workspace: Workspace, path: str) -> None:
    """A file that Greenroom itself put beside its data goes with its document."""
    if is_copy(path, workspace.home):
        Path(path).unlink(missing_ok=True)
