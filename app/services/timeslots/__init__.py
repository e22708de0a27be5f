"""The places of visit windows: who has them, and which are left."""
