"""A table as aligned text for a terminal.

Invariant: every cell is on one line, numbers stand right, words left.
"""

from __future__ import annotations

from evals.result import Cell, Table

DECIMALS = 2


def aligned(table: Table) -> str:
    """The table under its title, two spaces between columns."""
    cells = [[*table.head], *([shown(cell) for cell in row] for row in table.rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(table.head))]
    words = [
        i == 0 or any(isinstance(row[i], str) for row in table.rows) for i in range(len(table.head))
    ]
    lines = [
        "  ".join(
            cell.ljust(width) if left else cell.rjust(width)
            for cell, width, left in zip(row, widths, words, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join([f"{table.title}:" if table.title else "", *(f"  {line}" for line in lines)])


def shown(cell: Cell) -> str:
    """One cell as text; an empty one is a dash."""
    if cell is None or cell != cell:  # a number that is not defined
        return "–"
    if isinstance(cell, float):
        return f"{round(cell, DECIMALS) + 0.0:.{DECIMALS}f}"  # no -0.00
    return " ".join(str(cell).split())
