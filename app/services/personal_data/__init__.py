"""Erasing the personal data of a customer from everything that is stored."""
