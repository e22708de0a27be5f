"""Write the reference of the settings from the class that reads them."""

import sys
from enum import Enum
from pathlib import Path

from generated_parts import ROOT, write_or_check
from pydantic.fields import FieldInfo

from app.settings import PREFIX, Settings

PAGE = ROOT / "docs" / "operations.md"


def settings_table() -> str:
    """Return a Markdown table of every setting: variable, default, meaning."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_default(field)} | {_meaning(name, field)} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(("| variable | default | meaning |", "| --- | --- | --- |", *rows))


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "depends"
    value = field.default
    if value is None or value in ((), frozenset()):
        return "none"
    if isinstance(value, Enum):
        value = value.value
    elif isinstance(value, bool):
        value = str(value).lower()
    elif isinstance(value, tuple):
        value = ",".join(value)
    elif isinstance(value, float):
        value = f"{value:g}"
    elif isinstance(value, Path):
        value = value.as_posix()
    return f"`{value}`"


def _meaning(name: str, field: FieldInfo) -> str:
    if not field.description:
        raise ValueError(f"the setting {name} has no description")
    # A bar would end the cell.
    return field.description.replace("|", r"\|")


if __name__ == "__main__":
    sys.exit(
        write_or_check(PAGE, name="settings", content=settings_table(), script="settings-reference")
    )
