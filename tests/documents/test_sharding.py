"""How collections are spread over a cluster: that it can be done, again, and only there.

No cluster can be started here, so what is issued to one is recorded.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from app.documents import sharding
from app.documents.driver import Database
from app.documents.registry import DOCUMENTS
from app.documents.shard_keys import ON_ONE_SHARD, SHARD_KEYS, ShardKey
from app.documents.sharding import KeyDiffers, NoCluster, Pin, issue, sharding_commands

ORGANIZATION_ID = "6741c0f2a4b1c2d3e4f5a6ff"


class Collections:
    def __init__(self, keys: Mapping[str, Mapping[str, Any]]) -> None:
        self._keys = keys

    async def find(self, *_: Any) -> AsyncIterator[dict[str, Any]]:
        for namespace, key in self._keys.items():
            yield {"_id": namespace, "key": key}


class Cluster:
    """Takes the commands of an operator, and knows how collections are spread."""

    def __init__(self, *, version: tuple[int, ...] = (8, 0, 4), keys: Any = None) -> None:
        self.issued: list[tuple[str, dict[str, Any]]] = []
        self._version = version
        self._config = {"collections": Collections(keys or {})}

    @property
    def client(self) -> "Cluster":
        return self

    @property
    def admin(self) -> Any:
        return self["admin"]

    def __getitem__(self, name: str) -> Any:
        return self._config if name == "config" else _Shell(self, name)

    def answer(self, database: str, body: Any) -> dict[str, Any]:
        if body == "hello":
            return {"msg": "isdbgrid"}
        if body == "buildInfo":
            return {"versionArray": [*self._version, 0]}
        self.issued.append((database, body))
        return {"ok": 1}


class _Shell:
    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster = cluster
        self._name = name

    async def command(self, body: Any) -> dict[str, Any]:
        return self._cluster.answer(self._name, body)


def connect_to(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    async def create_none(_: Any) -> None:
        return

    monkeypatch.setattr(sharding, "current_database", lambda: cluster)
    monkeypatch.setattr(sharding, "create_declared_indexes", create_none)


def indexes_of(collection: str) -> list[dict[str, Any]]:
    [document] = [each for each in DOCUMENTS if each.get_collection_name() == collection]
    return [index.document for index in getattr(document.Settings, "indexes", ())]


def begins_with(index: Mapping[str, Any], key: ShardKey) -> bool:
    return tuple(index["key"])[: len(key.names)] == key.names


@pytest.mark.usefixtures("database")
def test_it_is_decided_for_every_collection_whether_it_is_spread() -> None:
    spread = {key.collection for key in SHARD_KEYS}

    assert spread & ON_ONE_SHARD.keys() == set()
    # The second collection of GridFS has no document of its own.
    collections = {document.get_collection_name() for document in DOCUMENTS}
    assert spread | ON_ONE_SHARD.keys() == collections | {"files.chunks"}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("key", [k for k in SHARD_KEYS if k.collection != "files.chunks"], ids=str)
def test_unique_indexes_of_a_spread_collection_begin_with_its_key(key: ShardKey) -> None:
    unique = [index for index in indexes_of(key.collection) if index.get("unique")]

    assert [index["name"] for index in unique if not begins_with(index, key)] == []


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("key", [k for k in SHARD_KEYS if not k.needs_index], ids=str)
def test_a_key_without_an_index_of_its_own_is_served_by_a_declared_one(key: ShardKey) -> None:
    serving = [
        index
        for index in indexes_of(key.collection)
        if begins_with(index, key)
        and not index.get("sparse")
        and "partialFilterExpression" not in index
    ]

    assert serving


def test_an_organization_is_pinned_from_its_own_id_to_the_next() -> None:
    commands = sharding_commands("s", pins=[Pin(organization_id=ORGANIZATION_ID, zone="eu")])

    pinned = [each.body for each in commands if "updateZoneKeyRange" in each.body]
    assert len(pinned) == len([key for key in SHARD_KEYS if key.is_by_organization]) > 10
    assert {(p["min"]["organization_id"], p["max"]["organization_id"]) for p in pinned} == {
        (ORGANIZATION_ID, "6741c0f2a4b1c2d3e4f5a700")
    }


async def test_a_server_that_is_no_mongos_is_refused_before_anything_is_issued(
    database: Database,
) -> None:
    before = await database["lookup_allowances"].index_information()

    with pytest.raises(NoCluster, match="no mongos"):
        [each async for each in issue(sharding_commands(database.name))]

    assert await database["lookup_allowances"].index_information() == before


async def test_everything_is_issued_once_and_what_is_spread_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = {"s.booking_sessions": {"organization_id": 1}}
    cluster = Cluster(keys=keys)
    connect_to(cluster, monkeypatch)
    commands = sharding_commands("s")

    outcomes = [is_new async for _, is_new in issue(commands)]

    assert outcomes.count(False) == 1
    assert cluster.issued == [
        (each.database, each.body)
        for each in commands
        if each.body.get("shardCollection") != "s.booking_sessions"
    ]


async def test_a_collection_spread_otherwise_is_left_to_the_operator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster = Cluster(keys={"s.booking_session_events": {"_id": "hashed"}})
    connect_to(cluster, monkeypatch)

    with pytest.raises(KeyDiffers, match="booking_session_events is spread by"):
        [each async for each in issue(sharding_commands("s"))]

    assert "shardCollection" not in {name for _, body in cluster.issued for name in body}


async def test_a_cluster_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    connect_to(Cluster(version=(7, 0, 14)), monkeypatch)

    with pytest.raises(NoCluster, match=r"older than MongoDB 8\.0"):
        [each async for each in issue(sharding_commands("s"))]
