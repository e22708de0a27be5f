"""The page for operators names every command with options that it has, and every migration."""

import re
from collections.abc import Iterator

import click
import pytest

from app.cli import main
from app.documents.migrations import MIGRATIONS
from tests.node_scripts import ROOT

ROW = re.compile(r"^\| `scheduler ([^`]+)` \|", re.MULTILINE)
PAGE = (ROOT / "docs" / "operations.md").read_text()


def commands(of: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    """Yield each command's words with its options."""
    if isinstance(of, click.Group):
        context = click.Context(of)
        for name in of.list_commands(context):
            command = of.get_command(context, name)
            assert command is not None
            yield from commands(command, (*words, name))
        return
    yield " ".join(words), {option for parameter in of.params for option in parameter.opts}


COMMANDS = dict(commands(main))


def command_of(row: str) -> str:
    return max((name for name in COMMANDS if f"{row} ".startswith(f"{name} ")), key=len)


def test_every_command_has_a_row() -> None:
    assert {command_of(row) for row in ROW.findall(PAGE)} == set(COMMANDS)


@pytest.mark.parametrize("row", ROW.findall(PAGE))
def test_options_of_a_row_are_those_of_the_command(row: str) -> None:
    assert set(re.findall(r"--[a-z-]+", row)) <= COMMANDS[command_of(row)]


def test_every_migration_has_a_row_with_its_phase() -> None:
    rows = re.findall(r"^\| `(\d{4}-[a-z0-9-]+)` \| (\w+) \|", PAGE, flags=re.MULTILINE)

    assert rows == [(each.id, each.phase.value) for each in MIGRATIONS]
