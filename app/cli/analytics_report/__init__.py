"""The analytics report of the `scheduler` command: its numbers, and three ways to show them."""
