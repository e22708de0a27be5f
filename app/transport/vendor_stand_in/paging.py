"""Pages and filters as the vendor has them."""

from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from app.transport.vendor_stand_in.state import JsonRow

MAX_IDS = 50


class ListQuery(BaseModel):
    """The parameters every list takes."""

    model_config = ConfigDict(alias_generator=to_camel)

    page: int = Field(default=1, ge=1)
    page_size: int = Field(default=50, ge=1)
    include_total: bool = False
    created_before: AwareDatetime | None = None
    created_on_or_after: AwareDatetime | None = None
    modified_before: AwareDatetime | None = None
    modified_on_or_after: AwareDatetime | None = None
    ids: str | None = None

    @classmethod
    def read(cls, request: Request) -> "ListQuery":
        """Return the parameters of a request; raises `ValidationError`."""
        return cls.model_validate(dict(request.query_params))

    def select(self, rows: list[JsonRow]) -> list[JsonRow]:
        """Return the rows that pass the filters, in their order."""
        wanted = set((self.ids or "").split(",")[:MAX_IDS])
        return [
            row
            for row in rows
            if self._is_in_time(row) and (not self.ids or str(row["id"]) in wanted)
        ]

    def paginate(self, rows: list[JsonRow], *, max_page_size: int) -> dict[str, Any]:
        """Return one page of the rows."""
        size = min(self.page_size, max_page_size)
        start = (self.page - 1) * size
        return {
            "page": self.page,
            "pageSize": size,
            "hasMore": start + size < len(rows),
            "totalCount": len(rows) if self.include_total else None,
            "data": rows[start : start + size],
        }

    def _is_in_time(self, row: JsonRow) -> bool:
        created, modified = _moment(row["createdOn"]), _moment(row["modifiedOn"])
        return (
            (self.created_before is None or created < self.created_before)
            and (self.created_on_or_after is None or created >= self.created_on_or_after)
            and (self.modified_before is None or modified < self.modified_before)
            and (self.modified_on_or_after is None or modified >= self.modified_on_or_after)
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
