"""`scheduler shard`, as an operator runs it."""

import os
import subprocess
import uuid

import pytest

from app.api.ids import EntityType, encode_id
from tests.running_server import SCHEDULER

COLLECTIONS_BY_ORGANIZATION = (
    "analytics_rollups",
    "analytics_times",
    "audit_records",
    "booking_answer_categories",
    "booking_flow_revisions",
    "booking_flow_routers",
    "booking_flow_steps",
    "booking_flows",
    "booking_question_answers",
    "booking_questions",
    "booking_services",
    "booking_sessions",
    "bookings",
    "brand_kits",
    "timeslot_reservations",
    "vendor_events",
)
HASHED = (
    ("webhook_deliveries", '{"webhook_endpoint_id": 1, "event_id": "hashed"}'),
    ("lookup_allowances", '{"_id": "hashed"}'),
    ("files.chunks", '{"files_id": "hashed"}'),
)


def shard(*options: str, uri: str | None = None) -> "subprocess.CompletedProcess[str]":
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SCHEDULER_")},
        "SCHEDULER_DATABASE_NAME": f"test_{uuid.uuid4().hex}" if uri else "booking",
    }
    if uri is not None:
        environment["SCHEDULER_MONGODB_URI"] = uri
    return subprocess.run(
        [SCHEDULER, "shard", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def spread_hashed(collection: str, key: str) -> list[str]:
    place = f'db.getSiblingDB("booking").getCollection("{collection}")'
    return [
        f'{place}.createIndex({key}, {{"name": "shard_key"}})',
        f'sh.shardCollection("booking.{collection}", {key})',
    ]


EVERYTHING = [
    'sh.enableSharding("booking")',
    *spread_hashed("booking_session_events", '{"booking_session_id": "hashed"}'),
    *(
        f'sh.shardCollection("booking.{collection}", {{"organization_id": 1}})'
        for collection in COLLECTIONS_BY_ORGANIZATION
    ),
    *(line for collection, key in HASHED for line in spread_hashed(collection, key)),
]


def test_dry_run_prints_what_mongosh_takes_and_needs_no_cluster() -> None:
    said = shard("--dry-run")

    assert (said.returncode, said.stdout.splitlines(), said.stderr) == (0, EVERYTHING, "")


def test_zones_and_who_is_kept_in_them_come_after_the_rest() -> None:
    organization = encode_id(EntityType.ORGANIZATION, "0" * 23 + "a")

    said = shard("--dry-run", "--zone", "big=shard-3", "--pin", f"{organization}=big")

    following = (
        '{"organization_id": "00000000000000000000000a"}, '
        '{"organization_id": "00000000000000000000000b"}, "big")'
    )
    assert said.stdout.splitlines() == [
        *EVERYTHING,
        'sh.addShardToZone("shard-3", "big")',
        *(
            f'sh.updateZoneKeyRange("booking.{collection}", {following}'
            for collection in COLLECTIONS_BY_ORGANIZATION
        ),
    ]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--zone", "big"), "Error: --zone is ZONE=SHARD, not big"),
        (("--zone", "=shard-3"), "Error: --zone is ZONE=SHARD, not =shard-3"),
        (
            ("--pin", "harbor=big"),
            "Error: --pin: harbor is no organization's id; `scheduler organization list` has them",
        ),
    ],
)
def test_what_is_no_zone_or_organization_is_refused(options: tuple[str, str], line: str) -> None:
    said = shard("--dry-run", *options)

    assert (said.returncode, said.stdout, said.stderr.splitlines()) == (1, "", [line])


def test_a_server_that_is_no_mongos_is_refused_in_one_line(database_uri: str) -> None:
    said = shard(uri=database_uri)

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.splitlines() == [
        "Error: Nothing is spread: this is no mongos: only a sharded cluster spreads collections"
    ]
