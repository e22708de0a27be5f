"""Every migration of what is stored, in the order they are made; a file for each.

A new one is appended, never inserted. It speaks of collections and fields by name, never of the
documents' classes, which go on changing; it is safe to be made twice, and while servers of the
version before and of this one are running. What the version before needs is removed by a later
migration of the phase CONTRACT.
"""

from app.documents.migrations import (
    m0001_reservations_by_start,
    m0002_reservation_indexes_of_0001,
    m0003_client_event_ids,
    m0004_indexes_of_texts,
    m0005_indexes_of_0004,
    m0006_unique_within_organizations,
    m0007_unique_indexes_of_0006,
)
from app.documents.migrations.migration import Migration

MIGRATIONS: tuple[Migration, ...] = (
    m0001_reservations_by_start.MIGRATION,
    m0002_reservation_indexes_of_0001.MIGRATION,
    m0003_client_event_ids.MIGRATION,
    m0004_indexes_of_texts.MIGRATION,
    m0005_indexes_of_0004.MIGRATION,
    m0006_unique_within_organizations.MIGRATION,
    m0007_unique_indexes_of_0006.MIGRATION,
)
