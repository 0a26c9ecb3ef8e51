"""The bundled library: topics that ship with Greenroom, each a prose document and its questions.

Invariant: a topic is two files in ``corpus/library``, ``<slug>.md`` (the text that is searched and
cited) and ``<slug>.toml`` (its questions); one that does not hold together raises `CorpusError` and
is never loaded in part.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable

from corpus.authored import build_disagreements, build_questions, parse_topic
from corpus.blocks import scan
from corpus.chunks import chunk
from corpus.schema import CorpusError, Digest, Document


def library_topics() -> tuple[str, ...]:
    """The slugs of the bundled topics, sorted."""
    return topics_in(library_folder())


def load_library() -> tuple[Digest, ...]:
    """Every bundled topic, in the order of `library_topics`."""
    folder = library_folder()
    return tuple(load_topic(folder, slug) for slug in topics_in(folder))


def library_stamps(folder: Traversable) -> dict[str, str]:
    """The SHA-256 of each topic in a folder by its slug: its `Document.sha256`, without parsing."""
    return {
        slug: _stamp(_read(folder, f"{slug}.md"), _read(folder, f"{slug}.toml"))
        for slug in topics_in(folder)
    }


def document_id(slug: str) -> str:
    """The id of a topic's document."""
    return f"library-{slug}"


def library_folder() -> Traversable:
    """Where the topics lie; inside an installed package, so not always a path on disk."""
    return files("corpus") / "library"


def topics_in(folder: Traversable) -> tuple[str, ...]:
    """The slugs of the topics in a folder: the stems of its data files, sorted."""
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_topic(folder: Traversable, slug: str) -> Digest:
    """One topic: its document, chunks and questions. Raises `CorpusError` where it is unsound."""
    name = f"{slug}.toml"
    data, prose = _read(folder, name), _read(folder, f"{slug}.md")
    topic = parse_topic(data, name)
    if topic.slug != slug:
        raise CorpusError(f"{name}: slug is {topic.slug!r}; name the files after it")
    document = Document(
        id=document_id(slug),
        path=f"library:{slug}",
        title=topic.title,
        media_type="text/markdown",
        source="library",
        sha256=_stamp(prose, data),
        text=_text(prose, topic.title, f"{slug}.md"),
    )
    return Digest(
        document=document,
        chunks=chunk(document, scan(document.text), ()),
        questions=build_questions(topic, document, name),
        removed=(),
        disagreements=build_disagreements(topic, document, name),
    )


def _stamp(prose: bytes, data: bytes) -> str:
    return hashlib.sha256(prose + data).hexdigest()


def _read(folder: Traversable, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError as error:
        raise CorpusError(
            f"the library has no {name}; a topic needs both its .md and its .toml"
        ) from error


def _text(prose: bytes, title: str, name: str) -> str:
    try:
        text = prose.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{name} is not UTF-8 ({error}); save it as UTF-8") from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.startswith(f"# {title}\n"):
        raise CorpusError(f"{name} must begin with the heading '# {title}', its title")
    return text
