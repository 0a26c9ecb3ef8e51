"""What the page on setup does, in plain Python: what there is, the CV and the job description, and
forgetting.

Invariant: a CV is text of the person who gave it; it is shown to nobody else and read as data only.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated, get_args

from pydantic import BaseModel, ConfigDict, Field

from agent.forgetting import forget_everything
from agent.measured import Measured, measured_for
from agent.profiles import LONGEST, Kind, Profile
from corpus.readers import unsupported
from corpus.sandbox import Sandbox
from corpus.schema import UnreadableError
from ui.doctor import Finding, examine
from ui.reasons import FAULTS, in_words
from ui.text import one_line
from ui.web.access import NOBODY_ELSE, Access
from ui.web.people import person_of

if TYPE_CHECKING:
    from agent.grades import GraderInfo
    from agent.workspace import Workspace

LARGEST_FILE = 5 * 2**20  # bytes of a CV or a job description
LONGEST_NAME = 120  # characters of a file's name
TYPED = "typed here"
NAMES: dict[Kind, str] = {"cv": "CV", "job": "job description"}
UNREADABLE = "The file did not arrive whole. Choose it again."


class Sent(BaseModel):
    """A file as the page sends it: its name, and its bytes in base64."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(max_length=1000)]
    data: Annotated[str, Field(max_length=LARGEST_FILE * 4 // 3 + 8)]


@dataclass(frozen=True, slots=True)
class Read:
    """The text of a file that was read, the file's name, and what to tell the person."""

    text: str = ""
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Marker:
    """Who marks, and the published figures of it (None where there are none)."""

    grader: GraderInfo
    measured: Measured | None


class WebSetup:
    """The page's actions on one workspace."""

    def __init__(self, workspace: Workspace, access: Access = NOBODY_ELSE) -> None:
        self._workspace = workspace
        self._access = access

    @property
    def home(self) -> Path:
        """The data folder."""
        return self._workspace.home

    def looks_after(self, account: str | None) -> bool:
        """Whether a person looks after this app: only they see the state of the machine, and only
        they forget the documents that all are asked from."""
        return self._access.may_change_documents(account)

    def marker(self) -> Marker:
        """Who marks the interviews."""
        info = self._workspace.session_grader.info
        return Marker(info, measured_for(info.model) if info.name == "embedded" else None)

    def health(self) -> Iterator[Finding]:
        """What `greenroom doctor` finds."""
        return examine(self._workspace.settings)

    def papers(self, account: str | None = None) -> Profile:
        """The CV and the job description of a person."""
        return self._workspace.profiles.get(person_of(account))

    def read(self, request: str) -> Read:
        """The text of a file that the page sent (JSON of `Sent`), read as documents are: in a child
        process under limits. Nothing of it is kept."""
        try:
            sent = Sent.model_validate_json(request)
            data = base64.b64decode(sent.data, validate=True)
        except ValueError:  # pydantic's and base64's are of this kind
            return Read(note=UNREADABLE)
        name = one_line(PurePath(sent.name.replace("\\", "/")).name, LONGEST_NAME)
        if len(data) > LARGEST_FILE:
            return Read(
                note=f"{name} is larger than {LARGEST_FILE >> 20} MB. Choose a smaller one."
            )
        try:
            text = _text_of(name, data)
        except UnreadableError as error:
            return Read(note=f"{name} cannot be read: {error.reason}. Paste its text instead.")
        if len(text) > LONGEST:
            return Read(note=f"{name} has {len(text):,} characters; at most {LONGEST:,} are kept.")
        note = f"{name}: {len(text):,} characters read. Look through them, then save."
        return Read(text, name, note)

    def save(self, kind: str, name: str, text: str, account: str | None = None) -> str:
        """Keep a CV or a job description; what to tell the person."""
        called = one_line(name, LONGEST_NAME) or TYPED
        for known in get_args(Kind):
            if known == kind:
                try:
                    paper = self._workspace.profiles.save(person_of(account), known, called, text)
                except FAULTS as error:
                    return f"Not saved: {in_words(error)}"
                return f"Your {NAMES[known]} is saved ({len(paper.text):,} characters)."
        return f"Not saved: {kind!r} is neither a CV nor a job description."

    def save_seniority(self, said: str, account: str | None = None) -> str:
        """Keep how senior a person is; what to tell them."""
        try:
            kept = self._workspace.profiles.save_seniority(person_of(account), said)
        except FAULTS as error:
            return f"Not saved: {in_words(error)}"
        if not kept:
            return "No seniority is stored."
        if not self._workspace.companion.answers:
            return "Saved. Questions are worded for it once a language model runs."
        return "Saved. The next questions are worded for it."

    def forget_paper(self, kind: Kind, account: str | None = None) -> str:
        """Really delete one of the two; what to tell the person."""
        try:
            gone = self._workspace.profiles.forget(person_of(account), kind)
        except FAULTS as error:
            return f"Not forgotten: {in_words(error)}"
        return f"Your {NAMES[kind]} is forgotten." if gone else f"No {NAMES[kind]} was stored."

    def forget_mine(self, account: str | None = None) -> str:
        """Really delete all that a person left: without accounts everything in the data folder but
        the bundled library, with accounts their interviews and what they said of themselves."""
        try:
            return f"Forgotten: {self._forgotten(account)}."
        except FAULTS as error:
            return f"Not all of it is forgotten: {in_words(error)}. Try again."

    def _forgotten(self, account: str | None) -> str:
        """What was there, and is deleted."""
        if not self._access.accounts:
            self._forget_avoided(account)
            gone = forget_everything(self._workspace)
            counted = [_counted(number, noun) for noun, number in gone.items() if number]
            return ", ".join(counted) or "there was nothing"
        person = person_of(account)
        interview = self._workspace.interview
        sessions = interview.history.sessions(person)
        for record in sessions:
            interview.forget(record.id)
        self._workspace.profiles.forget(person)
        self._forget_avoided(account)
        count = _counted(len(sessions), "interviews")
        return f"{count}, your CV, your job description and your seniority"

    def _forget_avoided(self, account: str | None) -> None:
        """The names of topics that were called not theirs tell what documents hold."""
        interview, person = self._workspace.interview, person_of(account)
        for topic in interview.not_my_topics(person):
            interview.ask_again(topic, person)


def _counted(number: int, nouns: str) -> str:
    return f"{number} {nouns.removesuffix('s') if number == 1 else nouns}"


def _text_of(name: str, data: bytes) -> str:
    """The text of a file. Raises UnreadableError."""
    if problem := unsupported(Path(name)):
        raise UnreadableError(problem)
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        # Only the suffix of the name is used: the rest of it is from outside.
        path = (Path(folder) / "paper").with_suffix(PurePath(name).suffix.lower()).resolve()
        path.write_bytes(data)
        return sandbox.digest(path, "paper", "user").document.text
