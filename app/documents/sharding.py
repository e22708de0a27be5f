"""Spreading the collections over the shards of a cluster."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.documents.driver import current_database
from app.documents.index_creation import create_declared_indexes
from app.documents.registry import DOCUMENTS
from app.documents.shard_keys import INDEX_NAME, SHARD_KEYS, ShardKey
from app.domain.values import EntityId, Value

OLDEST_VERSION = (8, 0)
"""Older ones refuse to change one document of a spread collection that is found by its id."""


class Pin(Value):
    """The wish that an organization's documents are kept in one zone."""

    organization_id: EntityId
    zone: str


class ZoneShard(Value):
    """A shard that belongs to a zone."""

    zone: str
    shard: str


class ShardingCommand(NamedTuple):
    """One command, and what a person types in `mongosh` to the same effect."""

    shell: str
    database: str
    body: Mapping[str, Any]
    key: ShardKey | None = None
    """The key the command spreads a collection by, if it does that."""


class NoCluster(Exception):
    """What was connected to cannot spread collections; the message says what it is."""


class KeyDiffers(Exception):
    """A collection is spread by another key already, which takes an operator's decision."""


def sharding_commands(
    database_name: str, *, zone_shards: Sequence[ZoneShard] = (), pins: Sequence[Pin] = ()
) -> list[ShardingCommand]:
    """Return the commands that spread every collection that grows, in order."""
    commands = [
        ShardingCommand(
            f"sh.enableSharding({_json(database_name)})",
            "admin",
            {"enableSharding": database_name},
        )
    ]
    for key in SHARD_KEYS:
        commands += _spread(database_name, key)
    commands += [
        ShardingCommand(
            f"sh.addShardToZone({_json(each.shard)}, {_json(each.zone)})",
            "admin",
            {"addShardToZone": each.shard, "zone": each.zone},
        )
        for each in zone_shards
    ]
    for pin in pins:
        by_organization = (key for key in SHARD_KEYS if key.is_by_organization)
        commands += [_pin(database_name, key, pin) for key in by_organization]
    return commands


def _spread(database_name: str, key: ShardKey) -> list[ShardingCommand]:
    namespace = f"{database_name}.{key.collection}"
    shard = ShardingCommand(
        f"sh.shardCollection({_json(namespace)}, {_json(key.document)})",
        "admin",
        {"shardCollection": namespace, "key": key.document},
        key,
    )
    return [_create_index(database_name, key), shard] if key.needs_index else [shard]


def _create_index(database_name: str, key: ShardKey) -> ShardingCommand:
    collection = f"db.getSiblingDB({_json(database_name)}).getCollection({_json(key.collection)})"
    return ShardingCommand(
        f"{collection}.createIndex({_json(key.document)}, {_json({'name': INDEX_NAME})})",
        database_name,
        {
            "createIndexes": key.collection,
            "indexes": [{"key": key.document, "name": INDEX_NAME}],
        },
    )


def _pin(database_name: str, key: ShardKey, pin: Pin) -> ShardingCommand:
    namespace = f"{database_name}.{key.collection}"
    # Ids are hexadecimal numbers of fixed length: none lies between one and the next.
    following = f"{int(pin.organization_id, 16) + 1:0{len(pin.organization_id)}x}"
    start, end = {"organization_id": pin.organization_id}, {"organization_id": following}
    return ShardingCommand(
        f"sh.updateZoneKeyRange({', '.join(map(_json, (namespace, start, end, pin.zone)))})",
        "admin",
        {"updateZoneKeyRange": namespace, "min": start, "max": end, "zone": pin.zone},
    )


def _json(value: Any) -> str:
    return json.dumps(value)


async def issue(commands: Sequence[ShardingCommand]) -> AsyncIterator[tuple[ShardingCommand, bool]]:
    """Issue the commands one by one; yield each, with whether there was anything to do.

    They may be issued again, and after they were cut short. Raises NoCluster before the first, and
    KeyDiffers.
    """
    await _require_cluster()
    # A collection is spread with the help of its indexes.
    await create_declared_indexes(DOCUMENTS)
    keys = await _keys_in_use()
    client = current_database().client
    for command in commands:
        is_new = command.key is None or not _is_spread(command.key, command.body, keys)
        if is_new:
            await client[command.database].command(dict(command.body))
        yield command, is_new


def _is_spread(
    wanted: ShardKey, body: Mapping[str, Any], keys: Mapping[str, Mapping[str, Any]]
) -> bool:
    """Return whether the collection is spread so; raises KeyDiffers when it is otherwise."""
    present = keys.get(body["shardCollection"])
    if present is None:
        return False
    if list(present.items()) != list(wanted.document.items()):
        raise KeyDiffers(
            f"{wanted.collection} is spread by {_json(present)} already, not by "
            f"{_json(wanted.document)}; sh.reshardCollection changes that"
        )
    return True


async def _require_cluster() -> None:
    admin = current_database().client.admin
    if (await admin.command("hello")).get("msg") != "isdbgrid":
        raise NoCluster("this is no mongos: only a sharded cluster spreads collections")
    version = tuple((await admin.command("buildInfo"))["versionArray"])
    if version[:2] < OLDEST_VERSION:
        raise NoCluster("this cluster is older than MongoDB 8.0, which spreading needs")


async def _keys_in_use() -> dict[str, dict[str, Any]]:
    """Return the shard keys of the cluster's collections by namespace."""
    cursor = current_database().client["config"]["collections"].find({}, {"key": 1})
    return {raw["_id"]: raw["key"] async for raw in cursor if "key" in raw}
