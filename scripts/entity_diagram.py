"""Write the diagram of what is stored from the documents, for Mermaid.

A field is a reference when its name ends in `_id` or `_ids` and the rest names a document, or one
of the names below. Every document belongs to an organization; those lines are left out.
"""

import re
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple, Union, get_args, get_origin

from generated_parts import ROOT, write_or_check
from pydantic import BaseModel

from app.documents.base import StoredDocument
from app.documents.registry import DOCUMENTS

PAGE = ROOT / "docs" / "concepts.md"
OTHER_NAMES = {
    "answer_category": "BookingAnswerCategory",
    "category": "BookingAnswerCategory",
    "default_booking_flow": "BookingFlow",
    "booking_flow_step": "BookingFlowStep",
    "logo_file": "StoredFile",
    "question": "BookingQuestion",
    "router": "BookingFlowRouter",
    "service": "BookingService",
    "step": "BookingFlowStep",
}
"""Documents that fields speak of by another name."""

NO_REFERENCES = {"revision_id"}
"""Beanie's own field, which every document has."""


class Reference(NamedTuple):
    """A field of a document, by its path, that holds an id of another or several."""

    source: str
    target: str
    path: str
    is_optional: bool
    is_list: bool

    def line(self) -> str:
        """Return the line of the diagram."""
        ends = "}o--o{" if self.is_list else "}o--o|" if self.is_optional else "}o--||"
        return f'    {self.source} {ends} {self.target} : "{self.path}"'


def diagram() -> str:
    """Return the diagram: documents in alphabetical order, and what refers to what."""
    names = {document: entity_name(document) for document in DOCUMENTS}
    lines = {
        reference.line()
        for document, name in names.items()
        for reference in find_references(document, source=name, known=set(names.values()))
        if reference.target != "Organization"
    }
    entities = [
        f'    {name}["{document.Settings.name}"]'  # type: ignore[attr-defined]
        for document, name in sorted(names.items(), key=lambda pair: pair[1])
    ]
    return "\n".join(("```mermaid", "erDiagram", *entities, *sorted(lines), "```"))


def entity_name(document: type[StoredDocument]) -> str:
    """Return a document's name as the diagram has it."""
    return document.__name__.removesuffix("Document")


def find_references(
    model: type[BaseModel], *, source: str, known: set[str], path: str = "", in_list: bool = False
) -> Iterator[Reference]:
    """Yield the references of a model and of the values within it."""
    for name, field in model.model_fields.items():
        full_path = f"{path}.{name}" if path else name
        is_list = in_list or _is_list(field.annotation)
        target = None if name in NO_REFERENCES else _target(name, known)
        if target is not None and target != source:
            is_optional = type(None) in get_args(field.annotation) or bool(path)
            yield Reference(source, target, full_path, is_optional, is_list)
        for inner in _models(field.annotation):
            yield from find_references(
                inner, source=source, known=known, path=full_path, in_list=is_list
            )


def _target(name: str, known: set[str]) -> str | None:
    found = re.fullmatch(r"(.+)_ids?", name)
    if found is None:
        return None
    camel = "".join(part.capitalize() for part in found[1].split("_"))
    target = OTHER_NAMES.get(found[1], camel)
    return target if target in known else None


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return any(_is_list(each) for each in get_args(annotation))
    return isinstance(origin, type) and issubclass(origin, Sequence | AbstractSet | Mapping)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


if __name__ == "__main__":
    sys.exit(write_or_check(PAGE, name="entities", content=diagram(), script="entity-diagram"))
