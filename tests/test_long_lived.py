"""What the garbage collector of a server leaves alone."""

import gc
from pathlib import Path

from app.documents.driver import Database
from app.long_lived import NEW_OBJECTS_BEFORE_COLLECTING
from app.main import create_app
from app.settings import Settings


async def test_server_alone_in_its_process_collects_only_what_came_since_its_start(
    database: Database, database_uri: str, tmp_path: Path
) -> None:
    thresholds = gc.get_threshold()
    settings = Settings(
        mongodb_uri=database_uri, database_name=f"{database.name}_alone", data_dir=tmp_path
    )
    app = create_app(settings, is_alone=True)
    async with app.router.lifespan_context(app):
        collected = len(gc.get_objects())
        assert gc.get_freeze_count() > 10 * collected
        assert gc.get_threshold()[0] == NEW_OBJECTS_BEFORE_COLLECTING

    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == thresholds


async def test_server_among_others_leaves_the_collector_as_it_is(
    database: Database, database_uri: str, tmp_path: Path
) -> None:
    settings = Settings(
        mongodb_uri=database_uri, database_name=f"{database.name}_shared", data_dir=tmp_path
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        assert gc.get_freeze_count() == 0
