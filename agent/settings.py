"""Settings, read when asked for and never at import.

An argument beats the environment (``GREENROOM_…``), which beats ``config.toml``, which beats the
default. Invariant: `home` is absolute and lies outside the packages.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from corpus.schema import GreenroomError

_SECRET = ("llm_api_key", "database_url")
_PACKAGES = ("agent", "corpus", "evals", "index", "ui")


class SettingsError(GreenroomError):
    """A setting has a value that cannot be used; the message names it."""

    exit_code = 2


def config_file() -> Path:
    """Where the config file is looked for: ``GREENROOM_CONFIG``, else the user's config folder."""
    named = os.environ.get("GREENROOM_CONFIG")
    return Path(named) if named else platformdirs.user_config_path("greenroom") / "config.toml"


class Settings(BaseSettings):
    """Everything a person may set."""

    model_config = SettingsConfigDict(env_prefix="GREENROOM_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=lambda: platformdirs.user_data_path("greenroom"))
    device: Literal["auto", "cpu", "cuda"] = "auto"
    embedding_model: str | None = None
    entailment_model: str | None = None
    grader: Literal["auto", "embedded", "vllm", "combined"] = "auto"
    llm_url: str | None = None
    llm_model: str | None = None
    llm_api_key: str | None = Field(default=None, repr=False)
    vllm_python: Path | None = None
    database_url: str | None = Field(default=None, repr=False)

    @field_validator("home", "vllm_python", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if value == "":  # a variable that a script did not fill would name the current folder
            raise ValueError("it is empty; name a place, or leave the setting out")
        return value

    @field_validator("home", "vllm_python")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else value

    @field_validator("home")
    @classmethod
    def _outside(cls, value: Path) -> Path:
        root = Path(__file__).resolve().parents[1]
        place = value.resolve()
        if any(place.is_relative_to(root / name) for name in _PACKAGES):
            raise ValueError("it lies inside Greenroom's own packages; name another with --home")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the config file."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, file


def load_settings(**arguments: Any) -> Settings:
    """Settings with these arguments on top; None counts as not given.

    Raises SettingsError naming the setting at fault.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        # Nothing hangs on it: the error of pydantic repeats the value.
        written = first.get("input")
        written = str(written) if isinstance(written, Path) else written
        value = "a value not shown here" if name in _SECRET else f"the value {written!r}"
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"setting {name!r} has {value}: {reason}") from (
            None if name in _SECRET else error
        )
    except (OSError, ValueError) as error:
        raise SettingsError(f"the config file {config_file()} cannot be read: {error}") from error
