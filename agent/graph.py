"""The interview as a LangGraph graph.

Invariant: only `listen` interrupts, and it does nothing else, because a node that interrupts runs
again from its top; every step is saved before the next one runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.checkpoints import Checkpoints
from agent.flow import Flow
from agent.marking import Marking
from agent.state import Reply, State

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

_MOST_STEPS = 60  # between two turns there are at most eight; more would be a loop


class Thread:
    """The graph and its checkpoints; one thread for a session. Opened on first use."""

    def __init__(self, checkpoints: Checkpoints, flow: Flow, marking: Marking) -> None:
        self._checkpoints = checkpoints
        self._graph = _compile(flow, marking, checkpoints.saver)

    def close(self) -> None:
        """Close the checkpoints."""
        self._checkpoints.close()

    def state(self, session_id: str) -> State | None:
        """The last saved state of a session, or None where there is none."""
        with self._checkpoints.told():
            values: Any = self._graph.get_state(_config(session_id)).values
        return values or None

    def waits(self, session_id: str) -> bool:
        """Whether the session waits for a reply (or is over), rather than being half-way."""
        with self._checkpoints.told():
            return self._graph.get_state(_config(session_id)).next in ((), ("listen",))

    def begin(self, session_id: str) -> None:
        """Run a new session up to its first turn. Raises what a step raises."""
        self._run({"session_id": session_id}, session_id)

    def go_on(self, session_id: str) -> None:
        """Run a session that was cut off in the middle up to its next turn."""
        self._run(None, session_id)

    def reply(self, session_id: str, reply: Reply) -> None:
        """Run a waiting session with the candidate's reply up to its next turn."""
        from langgraph.types import Command

        self._run(Command(resume=dict(reply)), session_id)

    def forget(self, session_id: str) -> None:
        """Really delete a session's checkpoints."""
        with self._checkpoints.told():
            self._checkpoints.forget(session_id)

    def _run(self, given: Any, session_id: str) -> None:
        with self._checkpoints.told():
            self._graph.invoke(given, _config(session_id), durability="sync", version="v2")


def _config(session_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": session_id}, "recursion_limit": _MOST_STEPS}


def _listen(state: State) -> State:
    from langgraph.types import interrupt

    reply: Reply = interrupt({"number": state["number"], "kind": state["kind"]})
    return {"reply": reply}


def _compile(
    flow: Flow, marking: Marking, saver: BaseCheckpointSaver[str]
) -> CompiledStateGraph[State, None, State, State]:
    from langgraph.graph import END, START, StateGraph

    graph, ending = StateGraph(State), flow.ending
    for name, step in {
        "plan": flow.plan,
        "ask": flow.ask,
        "listen": _listen,
        "understand": flow.understand,
        "tell": flow.tell,
        "retrieve": marking.retrieve,
        "grade": marking.grade,
        "settle": marking.settle,
        "confirm": marking.confirm,
        "mark": marking.mark,
        "follow_up": flow.follow_up,
        "advance": flow.advance,
        "close": ending.close,
        "converse": ending.converse,
        "review": ending.review,
        "mark_reviewed": ending.mark_reviewed,
        "debrief": ending.debrief,
    }.items():
        graph.add_node(name, step)
    graph.add_edge(START, "plan")
    graph.add_edge("plan", "ask")
    for turn in ("ask", "tell", "confirm", "follow_up", "close"):
        graph.add_edge(turn, "listen")
    graph.add_edge("listen", "understand")
    graph.add_conditional_edges("understand", flow.after_understanding)
    graph.add_edge("retrieve", "grade")
    graph.add_edge("grade", "settle")
    graph.add_conditional_edges("settle", flow.after_grading)
    graph.add_conditional_edges("mark", flow.after_grading)
    graph.add_conditional_edges("advance", flow.after_advancing)
    graph.add_conditional_edges("converse", ending.after_conversing)
    graph.add_conditional_edges("review", ending.after_review)
    graph.add_edge("mark_reviewed", "review")
    graph.add_edge("debrief", END)
    return graph.compile(checkpointer=saver)
