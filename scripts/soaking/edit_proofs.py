"""Edits: each acknowledged one made a version of its own, is in the audit, and is served."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

from app.api.ids import EntityType, decode_id
from app.documents.audit_record import AuditRecord
from app.documents.booking_flow import BookingFlow
from app.documents.booking_service import BookingService
from app.domain.audit import ChangeStatus
from app.services.audit import read_snapshot
from scripts.soaking.ledger import Edit, Ledger
from scripts.soaking.patience import OPERATIONS
from scripts.soaking.stage import PAGE, Stage
from scripts.soaking.verdicts import Verdict, judge


async def prove_edits(ledger: Ledger, stage: Stage) -> Verdict:
    """Return whether no edit was lost and every version is in the audit."""
    found: list[str] = []
    by_entity: defaultdict[str, list[Edit]] = defaultdict(list)
    for edit in ledger.edits:
        by_entity[edit.entity_id].append(edit)
    for entity_id in stage.service_ids:
        found += [each async for each in _find_lost(entity_id, by_entity[entity_id])]
    return judge(
        "every acknowledged edit made one version, and every version is in the audit",
        f"{len(ledger.edits)} edits",
        found,
    )


async def _find_lost(entity_id: str, edits: Sequence[Edit]) -> AsyncIterator[str]:
    raw_id = decode_id(EntityType.BOOKING_SERVICE, entity_id)
    service = await BookingService.find_one({"_id": raw_id})
    records = await AuditRecord.find({"entity_id": raw_id}).to_list()
    if service is None or raw_id is None:
        yield f"{entity_id} is gone"
        return
    made = Counter(edit.version for edit in edits)
    for version, count in made.items():
        if count > 1 or version > service.version:
            yield f"{entity_id}: version {version} of {service.version} acknowledged {count} times"
    titles = await _titles_by_version(records)
    for edit in edits:
        if titles.get(edit.version) != edit.title:
            yield f"{edit}: the audit says {titles.get(edit.version)}"
    begun = Counter([await _version_before(each) + 1 for each in records])
    for version in range(1, service.version + 1):
        if not begun[version]:
            yield f"{entity_id}: nobody made version {version}"


async def _titles_by_version(records: Sequence[AuditRecord]) -> dict[int, str]:
    applied = [each for each in records if each.status is ChangeStatus.APPLIED]
    snapshots = [await read_snapshot(each.after) for each in applied]
    return {each["version"]: each["service_content"]["title"] for each in snapshots}


async def _version_before(record: AuditRecord) -> int:
    before = await read_snapshot(record.before)
    return 0 if before is None else int(before["version"])


async def prove_publications(ledger: Ledger, stage: Stage, urls: Sequence[str]) -> Verdict:
    """Return whether revisions are told once, and each server serves the newest."""
    flow = await BookingFlow.find_one({"_id": decode_id(EntityType.BOOKING_FLOW, stage["flow"])})
    newest = len(flow.revision_ids) if flow is not None else None
    counts = Counter(ledger.publications)
    found = [
        f"revision {number} told {count} times" for number, count in counts.items() if count > 1
    ]
    if newest is None or max(counts, default=1) > newest:
        found.append(f"the newest revision is {newest}, {max(counts, default=1)} was acknowledged")
    for url in urls:
        served = await _served_revision(url, stage)
        if served != newest:
            found.append(f"{url} serves {served}, the newest is {newest}")
    return judge(
        "what was published last is what every server serves",
        f"{len(ledger.publications)} publications",
        found,
    )


async def _served_revision(url: str, stage: Stage) -> Any:
    variables = {"key": stage["key"], "context": {"url": PAGE}}
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        content = {"query": OPERATIONS["WidgetBoot"], "variables": variables}
        answer = (await http.post("/graphql", json=content)).json()
    return answer["data"]["scheduler"]["bookingFlow"]["revision"]
