"""The Relay interface of stored entities."""

import strawberry


@strawberry.interface(description="A stored entity with a global id.")
class Node:
    id: strawberry.ID = strawberry.field(description="The global id, opaque to clients.")
