"""The rules that send a URL to a booking flow."""
