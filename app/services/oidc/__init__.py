"""People's tokens, made by an OpenID Connect issuer."""
