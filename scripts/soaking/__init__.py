"""Minutes of load, kills, pauses and failures, and then the proof of what was promised."""
