"""Really deleting: a document, a session, or all that a person left in a data folder.

Invariant: what is forgotten is in no file of the folder afterwards, caches included; the bundled
library stays.
"""

from __future__ import annotations

from agent.workspace import NotFoundError, Workspace


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
    workspace.store.delete(document_id)
    purge(workspace.cache)
    return {"documents": 1, "sessions ended": len(sessions)}


def forget_everything(workspace: Workspace) -> dict[str, int]:
    """Delete all documents of the person, all sessions and all history."""
    from index.generations import purge

    documents = workspace.ready().documents("user")
    sessions = workspace.interview.sessions()
    workspace.interview.forget_all()
    for document in documents:
        workspace.store.delete(document.id)
    purge(workspace.cache)
    return {"documents": len(documents), "sessions": len(sessions)}
