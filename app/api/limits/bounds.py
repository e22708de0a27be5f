"""How large an operation may be; none of these is a setting.

They are chosen so that everything the widget, the admin app and GraphiQL send is well within, while
the worst document within them costs the server some tens of milliseconds.
"""

MAX_CHARACTERS = 50_000
"""Of a document. Data belongs into variables."""

MAX_TOKENS = 2_000
"""Names, values and punctuation of a document; the admin app's whole file has 1,400."""

MAX_COMMENTS = 1_000
"""Lines of comment in a document."""

MAX_OPERATIONS = 50
"""Operations in a document: some rules of GraphQL visit every fragment once for each."""

MAX_DEPTH = 32
"""Selection sets within each other, fragments counted too; GraphiQL's introspection has 19."""

MAX_ALIASES = 100
"""Aliases of an operation, those of a fragment counted wherever it is spread."""

MAX_ROOT_FIELDS = 20
"""Fields of an operation's outermost selection set."""

MAX_DIRECTIVES = 100
"""Directives in a document."""

MAX_COMPARISONS = 10_000
"""Units of work of the rule that compares fields of the same name, else quadratic; a pair has 2."""

MAX_ERRORS = 20
"""Errors of validation that are reported; each may look for what was meant."""

MAX_COST = 200_000
"""Points of an operation, by the table in `app.api.limits.prices`."""

READING_PRICE = 1_000
"""Points for reading a document that the process has not in its memory, refused or not."""

REFUSED_PRICE = 1
"""Points of a request that is refused."""
