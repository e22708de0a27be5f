"""Regular languages over Unicode text, decided within a budget of steps.

Written here because no library on hand fits: `interegular` and `greenery` read Python's syntax,
not RE2's, build whole automata eagerly and cannot be stopped once a construction explodes. These
automata are built only as far as a question needs, so that every answer is exact or refused.
"""
