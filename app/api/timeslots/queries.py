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
from app.api.timeslots.types import AvailableTimeslot
from app.domain.access import Anonymous
from app.domain.booking_flow.steps import TimeslotSelectionStep, Zipcode, ZipcodeStep
from app.domain.problems import Problem
from app.services.step_queries import find_available_timeslots, find_step

S = TypeVar("S")
ZIPCODE: TypeAdapter[str] = TypeAdapter(Zipcode)


async def load_step(info: Info, step_id: str, step_class: type[S]) -> S | None:
    """Return the caller's step, or None when it is not theirs or of another kind."""
    decoded = decode_id(EntityType.BOOKING_FLOW_STEP, step_id)
    credential = info.context.credential
    if decoded is None or isinstance(credential, Anonymous):
        return None
    return await find_step(decoded, step_class, credential=credential)


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
        step = await load_step(info, step_id, TimeslotSelectionStep)
        if step is None:
            return None
        slots = await find_available_timeslots(
            step.id,
            step.type_config,
            start_date=start_date,
            end_date=end_date,
            now=info.context.now,
        )
        if isinstance(slots, Problem):
            raise bad_user_input(slots.message, argument="endDate")
        return [AvailableTimeslot(**dict(slot)) for slot in slots]
