"""Recognising the customer of a session."""

from datetime import datetime

import strawberry

from app.api.context import Info
from app.api.errors import ErrorCode, RequestError, forbidden
from app.api.permissions import Access, query
from app.api.returning_customers.types import ReturningCustomer
from app.domain.access import SessionCredential
from app.services.returning_customers import TooManyLookupsError, find_returning_customer


def _too_many(now: datetime) -> RequestError:
    seconds = 3_600 - (now.minute * 60 + now.second)
    return RequestError(
        ErrorCode.THROTTLED,
        "This was asked too often within the hour.",
        retryAfterMs=seconds * 1_000,
    )


@strawberry.type
class ReturningCustomerQueries:
    @query(
        description="The customer of this session, if they have booked before: a phone number "
        "recorded as form data of the customer step proves it together with the e-mail address or "
        "the last name of that booking. Null for everybody else, and in flows that do not allow "
        "it.",
        access=Access.SESSION_ONLY,
    )
    async def returning_customer(self, info: Info) -> ReturningCustomer | None:
        credential = info.context.credential
        if not isinstance(credential, SessionCredential):
            raise forbidden("Only the session of the customer may ask this.")
        try:
            found = await find_returning_customer(
                credential, network=info.context.network, now=info.context.now
            )
        except TooManyLookupsError as error:
            raise _too_many(info.context.now) from error
        if found is None:
            return None
        return ReturningCustomer.from_service(found, credential.organization_id)
