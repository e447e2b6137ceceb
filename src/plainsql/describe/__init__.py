"""What PostgreSQL says of a query: types, nullability, tables read and written."""

from plainsql.describe.describer import Describer, describe_all, describe_query
from plainsql.describe.model import Column, Description, Parameter

__all__ = ["Column", "Describer", "Description", "Parameter", "describe_all", "describe_query"]
