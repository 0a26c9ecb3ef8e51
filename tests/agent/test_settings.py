"""Settings that name a place: none is guessed, and none lies where the packages do."""

from __future__ import annotations

from pathlib import Path

import pytest

import agent
from agent.settings import SettingsError, load_settings


def test_an_empty_variable_is_not_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GREENROOM_HOME", "")
    with pytest.raises(SettingsError, match="'home' has the value '': it is empty"):
        load_settings()
    assert load_settings(home=tmp_path / "data").home == tmp_path / "data"


def test_no_data_folder_lies_in_a_package(tmp_path: Path) -> None:
    package = Path(agent.__file__).parent
    for place in (package, package / "data", package / ".." / "ui" / "data"):
        with pytest.raises(SettingsError, match=r"the value '/.* packages; name another"):
            load_settings(home=place)
    inside = tmp_path / "link"
    inside.symlink_to(package)
    with pytest.raises(SettingsError, match="packages"):
        load_settings(home=inside / "data")
    assert load_settings(home=package.parent / "data").home == package.parent / "data"
