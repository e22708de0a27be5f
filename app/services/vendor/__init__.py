"""Working with the companies' field-service system."""
