"""What goes wrong with the embedded database; apart, so that naming it imports nothing of it."""


class EmbeddedDatabaseError(Exception):
    """The embedded database cannot be used; the message is one line an operator can act on."""
