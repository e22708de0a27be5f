"""Carrying flows with everything they refer to from one organization to another."""
