"""The service-selection graph: its values, its rules, and the way of one customer through it."""
