"""CVs and job descriptions: one of each kind for a person, really deleted; topics not wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rehearsal import Clock

from agent.addenda import Addenda
from agent.history import History
from agent.papers import read_paper
from agent.profiles import LONGEST, Profile, ProfileError, Profiles, checked_seniority


@pytest.fixture
def history(place: Path | str) -> Iterator[History]:
    made = History(place)
    yield made
    made.close()


def test_the_last_text_of_a_kind_counts_for_its_person_alone(history: History) -> None:
    profiles = Profiles(history.database, Clock())
    profiles.save("ann", "cv", "old.pdf", "I was")
    kept = profiles.save("ann", "cv", "new.pdf", "I am \x00 \x1b0 \ud800")
    assert profiles.get("ann").cv == kept
    assert kept.text == "I am \x00 \x1b0 \ufffd"
    assert (profiles.get("ann").job, profiles.get("ben").cv) == (None, None)


def test_forgetting_leaves_other_kinds_and_people(history: History) -> None:
    profiles = Profiles(history.database, Clock())
    for person in ("ann", "ben"):
        profiles.save(person, "cv", "cv", "text")
        profiles.save(person, "job", "job", "text")
    assert profiles.forget("ann", "job")
    assert profiles.get("ann").job is None
    assert profiles.get("ann").cv is not None
    assert profiles.forget("ann")
    assert not profiles.forget("ann")
    assert profiles.get("ben").job is not None
    assert profiles.forget_all() == 2


def test_a_seniority_is_one_line_of_its_person_and_goes_with_the_rest(history: History) -> None:
    profiles = Profiles(history.database, Clock())
    assert profiles.save_seniority("ann", " senior,\n eight years ") == "senior, eight years"
    # A byte of a command line that is no UTF-8 comes as half a character, which nothing can write.
    assert checked_seniority("se\udcffnior").isprintable()
    profiles.save_seniority("ann", "staff")
    profiles.save_seniority("ben", "junior")
    assert profiles.get("ann") == Profile(seniority="staff")
    with pytest.raises(ProfileError, match="81 characters, at most 80"):
        profiles.save_seniority("ann", "x" * 81)
    assert profiles.get("ann").seniority == "staff"
    assert profiles.save_seniority("ann", " ") == ""
    assert profiles.get("ann") == Profile()
    assert profiles.forget("ben")
    assert profiles.get("ben") == Profile()


def test_a_forgotten_text_is_nowhere_on_the_disk(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    profiles = Profiles(history.database, Clock())
    profiles.save("ann", "cv", "cv", "my secret past " * 2000)
    profiles.save("ann", "cv", "cv", "short")
    assert not any(b"secret past" in p.read_bytes() for p in tmp_path.iterdir())
    profiles.forget("ann")
    history.close()


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [("cv", " \n", "holds no text"), ("cv", "x" * (LONGEST + 1), "100,001"), ("no", "x", "'no'")],
)
def test_what_cannot_be_kept_is_told(tmp_path: Path, kind: str, text: str, told: str) -> None:
    history = History(tmp_path / "history.db")
    with pytest.raises(ProfileError, match=told):
        Profiles(history.database, Clock()).save("ann", kind, "cv.pdf", text)  # type: ignore[arg-type]
    history.close()


def test_a_file_that_is_not_there_is_told_as_that(tmp_path: Path) -> None:
    for name in ("cv", "cv.pdf"):
        with pytest.raises(ProfileError, match=f"{name}: there is no such file"):
            read_paper(tmp_path / name)


def test_a_topic_not_wanted_can_be_taken_back(history: History) -> None:
    addenda = Addenda(history.database)
    addenda.avoid("ann", "Trees", "first")
    addenda.avoid("ann", "Trees", "second")
    addenda.avoid("ben", "Hashing", "then")
    assert addenda.avoided("ann") == {"Trees": "first"}
    assert addenda.unavoid("ann", "Trees")
    assert not addenda.unavoid("ann", "Trees")
    assert addenda.avoided("ann") == {}
