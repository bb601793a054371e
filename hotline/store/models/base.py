"""What all rows have in common."""

from sqlmodel import SQLModel


class Model(SQLModel, defer_build=True):
    """A row of a table.

    What Pydantic would check a row by is built when it is first asked for, which is never: input
    is checked at the edge. To build it beforehand is a third of what importing the rows costs.
    """
