"""Use cases of booking sessions: starting, recording events, completing, abandoning."""
