"""graphql-core's executor, without its reference to itself."""

from graphql import GraphQLResolveInfoHelpers
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class CoreExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes an operation field by field, and leaves no garbage behind.

    graphql-core keeps two of the executor's methods in the executor. By that cycle whatever an
    operation loaded stays until the garbage collector finds it.
    """

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """What resolvers are given to leave work behind, made when one asks."""
        return GraphQLResolveInfoHelpers(gather=self.gather_async_work, track=self.track_async_work)

    @async_helpers.setter
    def async_helpers(self, _helpers: GraphQLResolveInfoHelpers) -> None:
        return
