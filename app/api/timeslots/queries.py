"""What steps answer without a session: coverage of a zip code, and times."""

from datetime import date
from typing import Annotated, TypeVar

import strawberry
from pydantic import TypeAdapter, ValidationError

from app.api.booking_flows.step_configs import ServiceArea
from app.api.context import Info
from app.api.errors import bad_user_input
from app.api.ids import EntityType, decode_id
from app.api.permissions import Access, query
from app.api.scalars import ZipCode
from app.api.timeslots.types import AvailableTimeslot, TimeslotAvailability
from app.domain.access import Anonymous
from app.domain.booking_flow.steps import TimeslotSelectionStep, Zipcode, ZipcodeStep
from app.domain.problems import Problem
from app.domain.values import EntityId
from app.services.step_queries import find_step
from app.services.timeslots.availability import AvailabilityQuestion, find_availability

S = TypeVar("S")
ZIPCODE: TypeAdapter[str] = TypeAdapter(Zipcode)


async def load_step(info: Info, step_id: str, step_class: type[S]) -> S | None:
    """Return the caller's step, or None when it is not theirs or of another kind."""
    decoded = decode_id(EntityType.BOOKING_FLOW_STEP, step_id)
    credential = info.context.credential
    if decoded is None or isinstance(credential, Anonymous):
        return None
    return await find_step(decoded, step_class, credential=credential)


def read_service_id(global_id: str | None) -> EntityId | None:
    """Return the service an argument names; raises RequestError for an id of no service."""
    if global_id is None:
        return None
    decoded = decode_id(EntityType.BOOKING_SERVICE, global_id)
    if decoded is None:
        raise bad_user_input("This id names no service.", argument="serviceId")
    return decoded


async def load_availability(
    info: Info,
    step_id: str,
    start_date: date,
    end_date: date,
    *,
    service_id: EntityId | None = None,
) -> TimeslotAvailability | None:
    """Return the times the caller may choose, or None when the step is not theirs.

    Raises RequestError for a range that makes no sense.
    """
    step = await load_step(info, step_id, TimeslotSelectionStep)
    credential = info.context.credential
    if step is None or isinstance(credential, Anonymous):
        return None
    question = AvailabilityQuestion(
        step=step,
        credential=credential,
        start_date=start_date,
        end_date=end_date,
        now=info.context.now,
        service_id=service_id,
    )
    found = await find_availability(question, vendor=info.context.vendor)
    if isinstance(found, Problem):
        raise bad_user_input(found.message, argument="endDate")
    return TimeslotAvailability(
        timeslots=[AvailableTimeslot(**dict(slot)) for slot in found.timeslots],
        unavailable_reason=found.unavailable_because,
    )


@strawberry.type(description="Whether the company works in a zip code.")
class ZipcodeCoverage:
    zipcode: ZipCode = strawberry.field(description="The zip code asked for.")
    is_covered: bool = strawberry.field(description="Whether it lies in a service area.")
    service_area: ServiceArea | None = strawberry.field(description="That area, if it does.")


StepId = Annotated[strawberry.ID, strawberry.argument(description="The step that is asked.")]


@strawberry.type
class StepQueries:
    @query(
        description="Whether a zip code step covers a zip code; null for an unknown step.",
        access=Access.SESSION,
    )
    async def zipcode_coverage(
        self,
        info: Info,
        step_id: StepId,
        zipcode: Annotated[str, strawberry.argument(description="Five digits.")],
    ) -> ZipcodeCoverage | None:
        try:
            ZIPCODE.validate_python(zipcode)
        except ValidationError as error:
            raise bad_user_input("A zip code has five digits.", argument="zipcode") from error
        step = await load_step(info, step_id, ZipcodeStep)
        if step is None:
            return None
        area = step.type_config.find_service_area(zipcode)
        return ZipcodeCoverage(
            zipcode=ZipCode(zipcode),
            is_covered=area is not None,
            service_area=None if area is None else ServiceArea.from_domain(area),
        )

    @query(
        description="The times of a timeslot step that can be chosen; null for an unknown step.",
        access=Access.SESSION,
    )
    async def available_timeslots(
        self,
        info: Info,
        step_id: StepId,
        start_date: Annotated[
            date, strawberry.argument(description="The first day, in the step's time zone.")
        ],
        end_date: Annotated[
            date, strawberry.argument(description="The last day, at most 92 days in all.")
        ],
    ) -> list[AvailableTimeslot] | None:
        found = await load_availability(info, step_id, start_date, end_date)
        return None if found is None else found.timeslots

    @query(
        description="The same times with the reason when there are none to be offered; null for an "
        "unknown step.",
        access=Access.SESSION,
    )
    async def timeslot_availability(
        self,
        info: Info,
        step_id: StepId,
        start_date: Annotated[
            date, strawberry.argument(description="The first day, in the step's time zone.")
        ],
        end_date: Annotated[
            date, strawberry.argument(description="The last day, at most 92 days in all.")
        ],
        service_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="The service the visit is for; without it the one the session has "
                "selected."
            ),
        ] = None,
    ) -> TimeslotAvailability | None:
        return await load_availability(
            info, step_id, start_date, end_date, service_id=read_service_id(service_id)
        )
