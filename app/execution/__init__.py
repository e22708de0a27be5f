"""Running GraphQL operations by plans made once; see README.md."""
