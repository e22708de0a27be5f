"""Telling the business's own systems what happened."""
