"""Booking sessions as streams of events: what may happen, and the state that follows from it."""
