"""Reading what a client changes or deletes."""

from app.api.inputs import read_input, to_plain
from app.domain.problems import Problem
from app.services.editing import Deletion, Patch


def read_patch(input: object) -> Patch:
    """Return the changes of an update input: every field that was given besides id and version."""
    problems: list[Problem] = []
    fields = to_plain(input, problems=problems)
    return Patch(
        id=fields.pop("id"),
        expected_version=fields.pop("expected_version"),
        fields=fields,
        problems=tuple(problems),
    )


def read_deletion(input: object) -> Deletion:
    """Return what a delete input names; raises Refused with NOT_FOUND for a malformed id."""
    return read_input(input, Deletion)
