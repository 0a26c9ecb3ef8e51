"""Really deleting: a document, a session, or all that a person left in a data folder.

Invariant: what is forgotten is in no file of the folder afterwards, caches included; the bundled
library stays, and so does every file outside the folder.
"""

from __future__ import annotations

from agent.workspace import NotFoundError, Workspace
from index.copies import delete_copy, delete_left


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
        delete_copy(known.path, workspace.home)
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
        delete_copy(document.path, workspace.home)
    delete_left(workspace.home)
    written = workspace.store.drafts.forget_all()
    purge(workspace.cache)
    return {
        "documents": len(documents),
        "sessions": sessions,
        "CVs and job descriptions": papers,
        "questions of the language model": written,
    }
