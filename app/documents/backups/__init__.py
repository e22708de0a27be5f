"""Backups: one organization or all of them as a stream of documents, and back."""
