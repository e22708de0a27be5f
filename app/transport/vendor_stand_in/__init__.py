"""A local stand-in for ServiceTitan: its documented behaviour, and every misbehaviour on demand."""
