"""Reading the settings from the environment: whole, or refused with one line."""

import difflib
import os

from pydantic import ValidationError

from app.settings.base import PREFIX
from app.settings.observation import ObservationSettings
from app.settings.people import PeopleSettings
from app.settings.sessions import SessionSettings
from app.settings.vendor import VendorSettings

SECRET_SUFFIXES = ("_URI", "_KEYS", "_TOKEN")
"""Variables whose values are never repeated: they hold passwords and keys."""


class SettingsError(Exception):
    """The environment cannot be used; the one-line message names every variable at fault."""


class Settings(ObservationSettings, VendorSettings, PeopleSettings, SessionSettings):
    """All settings; use `load_settings`, which also refuses unknown variables."""


def load_settings() -> Settings:
    """Return the settings of the environment.

    Raises `SettingsError` for a `SCHEDULER_*` variable that is no setting, and for a bad value.
    """
    complaints = _unknown_variables()
    if not complaints:
        try:
            return Settings()
        except ValidationError as error:
            complaints = _bad_values(error)
    raise SettingsError("Bad settings: " + "; ".join(complaints))


def _unknown_variables() -> list[str]:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    unknown = sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
    )
    return [f"{name} is no setting{_suggestion(name.upper(), known)}" for name in unknown]


def _suggestion(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]}?)" if close else f" (known: {', '.join(known)})"


def _bad_values(error: ValidationError) -> list[str]:
    """Return one complaint per bad value; what may hold a secret is never repeated."""
    complaints = []
    for problem in error.errors(include_url=False):
        if problem["type"] == "default_factory_not_called":
            continue  # It follows from a host or port already complained of.
        message = problem["msg"].removeprefix("Value error, ")
        if not problem["loc"]:
            complaints.append(message)
            continue
        variable = PREFIX + str(problem["loc"][0]).upper()
        value = "" if variable.endswith(SECRET_SUFFIXES) else f"={problem['input']!r}"
        complaints.append(f"{variable}{value}: {message}")
    return complaints
