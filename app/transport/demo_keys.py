"""Where the demonstration organization's keys are kept, so that a developer finds them again."""

from pathlib import Path

from pydantic import BaseModel, ValidationError


class DemoKeys(BaseModel):
    """The keys of the demonstration organization; no secrets, as its data is made up."""

    api_key: str
    publishable_key: str


def demo_keys_file(data_dir: Path) -> Path:
    """Return the file the keys are kept in."""
    return data_dir / "demo.json"


def read_demo_keys(data_dir: Path) -> DemoKeys | None:
    """Return the keys, or None when no demonstration was loaded."""
    try:
        return DemoKeys.model_validate_json(demo_keys_file(data_dir).read_bytes())
    except (OSError, ValidationError):
        return None


def write_demo_keys(data_dir: Path, keys: DemoKeys) -> None:
    """Keep the keys."""
    data_dir.mkdir(parents=True, exist_ok=True)
    demo_keys_file(data_dir).write_text(keys.model_dump_json(indent=2) + "\n")
