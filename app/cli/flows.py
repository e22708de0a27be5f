"""`scheduler flow`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from app.api.ids import EntityType, decode_id, encode_id
from app.cli.common import json_option, open_database, print_answer, run
from app.cli.errors import CommandError
from app.documents.booking_flow import BookingFlow
from app.documents.organization import Organization
from app.domain.access import OrganizationCredential, Role
from app.domain.instants import to_instant
from app.domain.refusal import Refused
from app.services.authoring import Author
from app.services.portability.exporting import export_booking_flow
from app.services.portability.importing import import_booking_flow
from app.settings import Settings

COMMAND_LINE = "0" * 24
"""Stands for the operator where an API key's id is recorded."""


@click.group()
def flow() -> None:
    """Booking flows."""


@flow.command("export")
@click.option("--id", "flow_id", required=True, help="The flow's global id.")
@click.option("--revision", type=int, help="A published revision; without it, the draft.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file to write; without it, standard output.",
)
@click.pass_obj
def export_flow(
    settings: Settings, flow_id: str, revision: int | None, output: Path | None
) -> None:
    """Write a flow with everything it refers to as one JSON document."""

    async def export() -> str:
        async with open_database(settings):
            raw_id = decode_id(EntityType.BOOKING_FLOW, flow_id)
            stored = None if raw_id is None else await BookingFlow.get(raw_id)
            if stored is None:
                raise CommandError(f"There is no flow {flow_id}")
            portable = await export_booking_flow(
                stored.organization_id, stored.id, revision=revision
            )
            if portable is None:
                raise CommandError(f"Flow {flow_id} is deleted or has no such revision")
            return portable.model_dump_json(indent=2) + "\n"

    text = run(export())
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text)


@flow.command("import")
@click.argument("document", type=click.File("rb"))
@click.option("--organization", "slug", required=True, help="The organization's slug.")
@click.option("--title", help="A title in place of the document's.")
@json_option
@click.pass_obj
def import_flow(
    settings: Settings, document: Any, slug: str, title: str | None, *, as_json: bool
) -> None:
    """Store the flow of an exported document as a new draft, all of it or nothing."""

    async def load() -> dict[str, Any]:
        async with open_database(settings):
            owner = await Organization.find_one({"slug": slug})
            if owner is None:
                raise CommandError(f"There is no organization with the slug {slug}")
            author = Author(
                credential=OrganizationCredential(
                    organization_id=owner.id,
                    api_key_id=COMMAND_LINE,
                    api_key_name="scheduler flow import",
                    role=Role.OWNER,
                ),
                now=to_instant(datetime.now(UTC)),
            )
            try:
                stored, report = await import_booking_flow(
                    document.read(), title=title, author=author
                )
            except Refused as refused:
                raise CommandError(_describe(refused)) from refused
            flow_id = encode_id(EntityType.BOOKING_FLOW, stored.id)
            return {"bookingFlowId": flow_id, "report": report.model_dump(mode="json")}

    print_answer(run(load()), as_json=as_json)


def _describe(refused: Refused) -> str:
    problems = (
        f"{problem.code} {problem.message} at {json.dumps(problem.path)}"
        for problem in refused.problems
    )
    return "; ".join(problems)
