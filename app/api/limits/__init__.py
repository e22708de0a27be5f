"""What an operation may ask for, what it costs, and who has how many points left."""
