"""GraphiQL, served whole from here: the page at the GraphQL address, its files under /graphiql."""

from app.transport.graphiql.page import graphiql_page
from app.transport.graphiql.static import GraphiQLFiles

__all__ = ["GraphiQLFiles", "graphiql_page"]
