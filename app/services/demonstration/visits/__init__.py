"""The company's past customers: planned without a database, then played through the services."""
