"""`scheduler personal-data`."""

from datetime import UTC, datetime
from typing import Any

import click

from app.cli.common import json_option, open_database, print_answer, run
from app.cli.errors import CommandError
from app.documents.organization import Organization
from app.domain.access import OrganizationCredential, Role
from app.domain.refusal import Refused
from app.services.authoring import Author
from app.services.personal_data.persons import Contact, read_contact
from app.services.personal_data.requests import erase_personal_data
from app.settings import Settings

COMMAND_LINE = OrganizationCredential(
    organization_id="0" * 24,
    api_key_id="0" * 24,
    api_key_name="scheduler personal-data erase",
    role=Role.OWNER,
)
"""Who the audit says has erased: no key was used."""


@click.group("personal-data")
def personal_data() -> None:
    """Personal data of customers."""


@personal_data.command("erase")
@click.option("--organization", "slug", required=True, help="The organization's slug.")
@click.option("--email", help="The customer's e-mail address.")
@click.option("--phone", help="The customer's phone number with its country, as +17815550142.")
@json_option
@click.pass_obj
def erase(
    settings: Settings, slug: str, email: str | None, phone: str | None, *, as_json: bool
) -> None:
    """Erase a customer's personal data from everything an organization stores, for good."""
    print_answer(run(_erase(settings, slug, _read(email, phone))), as_json=as_json)


def _read(email: str | None, phone: str | None) -> Contact:
    try:
        return read_contact(email=email, phone=phone)
    except Refused as refused:
        complaints = (f"--{problem.path[0]}: {problem.message}" for problem in refused.problems)
        raise CommandError("; ".join(complaints)) from None


async def _erase(settings: Settings, slug: str, contact: Contact) -> dict[str, Any]:
    async with open_database(settings):
        organization = await Organization.find_one({"slug": slug})
        if organization is None:
            raise CommandError(f"There is no organization with the slug {slug}")
        credential = COMMAND_LINE.model_copy(update={"organization_id": organization.id})
        author = Author(credential=credential, now=datetime.now(UTC))
        request = await erase_personal_data(contact, author=author)
    return {
        "status": request.status.name,
        "sessionCount": request.session_count,
        "eventCount": request.event_count,
        "bookingCount": request.booking_count,
    }
