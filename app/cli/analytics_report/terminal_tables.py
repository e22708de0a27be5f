"""Tables of the terminal, and their colours."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

ENTERED = "blue"
COMPLETED = "green"
DROPPED = "red"

PLOT_WIDTH = 24


def a_table(title: str, names: Sequence[str], *, texts: int = 1, plot: int | None = None) -> Table:
    """Return a table of so many columns of text, perhaps one of bars, and otherwise numbers."""
    table = Table(title=Text(title, "bold") if title else None, title_justify="left", expand=False)
    table.caption_justify = "left"
    for position, name in enumerate(names):
        if position == plot:
            table.add_column(name, width=PLOT_WIDTH)
        else:
            table.add_column(
                name,
                justify="left" if position < texts else "right",
                overflow="fold",
                no_wrap=position >= texts,
            )
    return table
