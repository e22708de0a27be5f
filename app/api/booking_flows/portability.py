"""Carrying flows from one organization to another."""

import asyncio
from typing import Annotated

import strawberry

from app.api.booking_flows.problems import BookingFlowProblem
from app.api.booking_flows.types import BookingFlow, load_draft_steps
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.permissions import Access, mutation, query
from app.api.scalars import JSON
from app.api.user_errors import MutationPayload
from app.loaders.references import load_known_references
from app.services.portability import matching
from app.services.portability.exporting import export_booking_flow
from app.services.portability.importing import import_booking_flow
from app.services.service_selection_graphs import check_flow


@strawberry.input(description="A flow to store, as `exportBookingFlow` wrote it.")
class ImportBookingFlowInput:
    document: JSON = strawberry.field(
        description="The document, or its JSON text, at most 20 MiB; text for all but small ones."
    )
    title: str | None = strawberry.field(
        default=strawberry.UNSET, description="The flow's title; without it, the document's."
    )


@strawberry.type(description="What became of a document's entities of one kind.")
class ImportCount:
    created: int = strawberry.field(description="How many are new.")
    reused: int = strawberry.field(description="How many the organization had already.")

    @classmethod
    def from_domain(cls, count: matching.ImportCount) -> "ImportCount":
        """Return the count in the schema's type."""
        return cls(created=count.created, reused=count.reused)


@strawberry.type(description="What became of an imported document.")
class BookingFlowImportReport:
    services: ImportCount = strawberry.field(
        description="Services; those of the same title and job type are used again."
    )
    questions: ImportCount = strawberry.field(
        description="Questions; those of the same unique name and content are used again."
    )
    categories: ImportCount = strawberry.field(
        description="Answer categories; those of the same title are used again."
    )
    brand_kits: ImportCount = strawberry.field(
        description="Brand kits; one of the same name is used again."
    )
    renamed_questions: list[str] = strawberry.field(
        description="The unique names of questions whose own name was taken by another content."
    )

    @classmethod
    def from_domain(cls, report: matching.ImportReport) -> "BookingFlowImportReport":
        """Return the report in the schema's type."""
        return cls(
            services=ImportCount.from_domain(report.services),
            questions=ImportCount.from_domain(report.questions),
            categories=ImportCount.from_domain(report.categories),
            brand_kits=ImportCount.from_domain(report.brand_kits),
            renamed_questions=list(report.renamed_questions),
        )


@strawberry.type(description="The outcome of `importBookingFlow`.")
class ImportBookingFlowPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The new draft; null when it was refused."
    )
    report: BookingFlowImportReport | None = strawberry.field(
        default=None, description="What became of the rest; null when it was refused."
    )
    problems: list[BookingFlowProblem] = strawberry.field(
        default_factory=list, description="What is wrong with the new draft."
    )


@strawberry.type
class PortabilityQueries:
    @query(
        description="A flow as one self-contained document, with its graph, questions, answers, "
        "categories, services and brand kit. Null when there is none.",
        access=Access.ANALYST,
    )
    async def export_booking_flow(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The flow.")],
        revision: Annotated[
            int | None,
            strawberry.argument(description="The revision's number; null for the draft."),
        ] = None,
    ) -> JSON | None:
        flow_id = decode_id(EntityType.BOOKING_FLOW, id)
        if flow_id is None:
            return None
        portable = await export_booking_flow(
            info.context.organization_id, flow_id, revision=revision
        )
        if portable is None:
            return None
        # A document of many megabytes takes long enough to write to be felt by other requests.
        plain = await asyncio.to_thread(portable.model_dump, mode="json", exclude_none=True)
        return JSON(plain)


@strawberry.type
class PortabilityMutations:
    @mutation(
        description="Store the flow of a document, with whatever of it the organization does not "
        "have yet, as a new draft: all or nothing.",
        access=Access.EDITOR,
    )
    async def import_booking_flow(
        self, info: Info, input: ImportBookingFlowInput
    ) -> ImportBookingFlowPayload:
        flow, report = await import_booking_flow(
            input.document,
            title=None if input.title is strawberry.UNSET else input.title,
            author=info.context.author,
        )
        steps = await load_draft_steps(info, flow)
        references = await load_known_references(info.context.loaders, flow.organization_id, steps)
        return ImportBookingFlowPayload(
            booking_flow=BookingFlow.from_document(flow),
            report=BookingFlowImportReport.from_domain(report),
            problems=BookingFlowProblem.from_all(await check_flow(steps, references)),
        )
