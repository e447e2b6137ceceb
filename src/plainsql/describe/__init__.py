"""What PostgreSQL says of a query: types, nullability, tables read and written."""

from plainsql.describe.describer import describe_all, describe_query
from plainsql.describe.model import Column, Description, Parameter

__all__ = ["Column", "Description", "Parameter", "describe_all", "describe_query"]
