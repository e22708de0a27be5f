"""What becomes of a booking after it was made."""
