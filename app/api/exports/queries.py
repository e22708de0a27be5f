"""Handing out links to exported files."""

from datetime import datetime
from typing import Annotated

import strawberry

from app.api.analytics.inputs import (
    CreationRange,
    OptionalFilter,
    OptionalFlowId,
    TimeZone,
    read_scope,
    read_time_zone,
)
from app.api.context import Info, RequestContext
from app.api.errors import bad_user_input
from app.api.exports.enums import AnalyticsExportFormat, AnalyticsExportKind, BreakdownDimension
from app.api.organizations.enums import Role
from app.api.permissions import Access, query
from app.api.scalars import Url
from app.domain.analytics.exports import OF_ONE_FLOW, ExportLink, ExportRequest
from app.services.exports.links import LinkTooLong, link_path, make_link

CONTENT_TYPES = {
    AnalyticsExportFormat.CSV: "text/csv; charset=utf-8; header=present",
    AnalyticsExportFormat.JSON_LINES: "application/jsonl; charset=utf-8",
}


@strawberry.type(description="A file to fetch, made while it is sent.")
class AnalyticsExportFile:
    format: AnalyticsExportFormat = strawberry.field(description="How it is written.")
    content_type: str = strawberry.field(description="Its media type.")
    url: Url = strawberry.field(
        description="Where to get it until `expiresAt`, without any other credential."
    )


@strawberry.type(description="Links to one export in each format.")
class AnalyticsExport:
    files: list[AnalyticsExportFile] = strawberry.field(description="A file for each format.")
    expires_at: datetime = strawberry.field(
        description="Until when a download may begin; one that has begun may take longer."
    )

    @classmethod
    def of(cls, link: ExportLink, *, context: RequestContext) -> "AnalyticsExport":
        """Return the files a link opens on this server."""
        codec = context.authenticator.cursors
        return cls(
            files=[
                AnalyticsExportFile(
                    format=each,
                    content_type=CONTENT_TYPES[each],
                    url=Url(context.public_url + link_path(link, each, codec=codec)),
                )
                for each in AnalyticsExportFormat
            ],
            expires_at=link.expires_at,
        )


@strawberry.type
class ExportQueries:
    @query(
        description=(
            "Links to a file with the rows of a report, or with the sessions or events themselves; "
            "nothing is stored, and whoever has a link can fetch the file for a few minutes."
        ),
        access=Access.ANALYST,
    )
    async def export_analytics(
        self,
        info: Info,
        *,
        kind: Annotated[AnalyticsExportKind, strawberry.argument(description="What the rows are.")],
        range: CreationRange,
        booking_flow_id: OptionalFlowId = None,
        filter: OptionalFilter = None,
        group_by: Annotated[
            BreakdownDimension | None,
            strawberry.argument(
                description="What the sessions of a breakdown are told apart by; for that alone."
            ),
        ] = None,
        time_zone: TimeZone = "UTC",
    ) -> AnalyticsExport:
        if (kind is AnalyticsExportKind.BREAKDOWN) is (group_by is None):
            raise bad_user_input("A breakdown, and nothing else, has this.", argument="groupBy")
        if kind in OF_ONE_FLOW and booking_flow_id is None:
            raise bad_user_input("This is about one flow.", argument="bookingFlowId")
        request = ExportRequest(
            kind=kind,
            scope=read_scope(info, range, booking_flow_id, filter),
            time_zone=read_time_zone(time_zone).key,
            group_by=group_by,
        )
        credential = info.context.require_role(Role.ANALYST)
        link = make_link(request, credential=credential, now=info.context.now)
        try:
            return AnalyticsExport.of(link, context=info.context)
        except LinkTooLong as error:
            raise bad_user_input("The filter is too long.", argument="filter") from error
