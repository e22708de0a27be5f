"""The demonstration organization: a made-up company with sixty days of sessions."""
