"""A link to an export ends with the key or the membership it was made with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.documents.api_key import ApiKey
from app.documents.session_exports import SESSIONS_PER_PAGE
from app.domain.access import OrganizationCredential, Role
from app.domain.analytics.exports import (
    AnalyticsExportFormat,
    AnalyticsExportKind,
    ExportLink,
    ExportRequest,
)
from app.domain.analytics.scope import ReportScope
from app.domain.member import Invitation
from app.services.api_keys import Rotation, revoke_without_heir, rotate_api_key
from app.services.authoring import Author
from app.services.exports.holders import may_still_read
from app.services.exports.links import link_path, make_link
from app.services.members import Removal, invite_member, remove_member
from app.services.organizations import make_api_key
from app.transport import exports
from app.transport.capacity import Capacity
from tests.domain.booking_session.builders import NOW
from tests.services.exports.crowd import a_crowd, every
from tests.transport.test_exports import AUTHENTICATOR, a_server

pytestmark = pytest.mark.usefixtures("database")

OWNER = "a" * 24
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def an_owner(now: datetime) -> Author:
    credential = OrganizationCredential(organization_id=OWNER, api_key_id="b" * 24, role=Role.OWNER)
    return Author(credential=credential, now=now)


@dataclass(frozen=True)
class Holder:
    """Who makes a link, and may be shut out."""

    key: ApiKey | None = None
    member_id: str | None = None

    def path(self, *, organization_id: str = OWNER, made_at: datetime) -> str:
        scope = ReportScope(
            organization_id=organization_id, created_from=NOW - DAY, created_to=NOW + DAY
        )
        credential = OrganizationCredential(
            organization_id=OWNER,
            api_key_id=self.key and self.key.id,
            member_id=self.member_id,
            role=Role.ANALYST,
        )
        request = ExportRequest(kind=AnalyticsExportKind.SESSIONS, scope=scope)
        link: ExportLink = make_link(request, credential=credential, now=made_at)
        return link_path(link, AnalyticsExportFormat.CSV, codec=AUTHENTICATOR.cursors)


async def a_key_holder(*, expires_at: datetime | None = None) -> Holder:
    key, _ = make_api_key(OWNER, name="k", role=Role.ANALYST, now=NOW, expires_at=expires_at)
    await key.insert()
    return Holder(key)


async def a_member() -> Holder:
    who = Invitation(email="ann@harbor.example", name="Ann", role=Role.ANALYST, subject="ann")
    member = await invite_member(who, author=an_owner(NOW), issuer="https://issuer.example")
    return Holder(member_id=member.id)


async def revoke(holder: Holder, now: datetime) -> None:
    assert holder.key
    await revoke_without_heir(holder.key, author=an_owner(now))


async def rotate(holder: Holder, now: datetime) -> None:
    assert holder.key
    await rotate_api_key(Rotation(id=holder.key.id), author=an_owner(now))


async def rotate_with_grace(holder: Holder, now: datetime) -> None:
    assert holder.key
    rotation = Rotation(id=holder.key.id, grace_period_seconds=60)
    await rotate_api_key(rotation, author=an_owner(now))


async def expire(holder: Holder, now: datetime) -> None:
    assert holder.key
    await holder.key.set({"expires_at": now})


async def remove(holder: Holder, now: datetime) -> None:
    assert holder.member_id
    await remove_member(Removal(id=holder.member_id), author=an_owner(now))


Change = Callable[[Holder, datetime], Awaitable[None]]


async def open_file(path: str) -> tuple[int, str | None]:
    async with a_server(Capacity(2)) as server:
        answer = await server.get(path)
    if answer.status_code == 200:
        return 200, None
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize(
    ("is_member", "change", "status", "code"),
    [
        (False, revoke, 401, "UNAUTHENTICATED"),
        (False, expire, 401, "UNAUTHENTICATED"),
        (False, rotate, 401, "UNAUTHENTICATED"),
        (False, rotate_with_grace, 200, None),
        (True, remove, 401, "UNAUTHENTICATED"),
    ],
)
async def test_link_opens_its_file_until_who_made_it_is_shut_out(
    *, is_member: bool, change: Change, status: int, code: str | None
) -> None:
    holder = await (a_member() if is_member else a_key_holder())
    now = datetime.now(UTC)
    path = holder.path(made_at=now - timedelta(seconds=10))
    before = await open_file(path)

    await change(holder, now)

    assert (before, await open_file(path)) == ((200, None), (status, code))


async def test_link_made_with_the_new_secret_of_a_key_opens_its_file() -> None:
    holder = await a_key_holder()
    now = datetime.now(UTC)
    await rotate(holder, now - timedelta(seconds=10))

    assert await open_file(holder.path(made_at=now)) == (200, None)


async def test_download_that_has_begun_breaks_off_when_its_key_is_revoked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exports, "RECHECK_SECONDS", 0)
    place = await a_crowd(every(timedelta(minutes=1), 5 * SESSIONS_PER_PAGE), with_events=False)
    holder = await a_key_holder()
    looks = 0

    async def revoke_at_the_third_look(link: ExportLink, *, now: datetime) -> bool:
        nonlocal looks
        looks += 1
        if looks == 3:
            await revoke(holder, now)
        return await may_still_read(link, now=now)

    monkeypatch.setattr(exports, "may_still_read", revoke_at_the_third_look)
    path = holder.path(organization_id=place.organization_id, made_at=datetime.now(UTC))

    async with a_server(Capacity(1)) as server:
        with pytest.raises(Exception, match="may no longer read"):
            await server.get(path)

    assert looks == 3
