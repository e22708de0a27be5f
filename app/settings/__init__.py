"""The settings of every `scheduler` command, read from `SCHEDULER_*` variables once at start.

A module for each subject; a new setting goes into the one it belongs to.
"""

from app.settings.base import MAX_PORT, PREFIX, Environment
from app.settings.observation import LogFormat, LogLevel
from app.settings.reading import Settings, SettingsError, load_settings

__all__ = [
    "MAX_PORT",
    "PREFIX",
    "Environment",
    "LogFormat",
    "LogLevel",
    "Settings",
    "SettingsError",
    "load_settings",
]
