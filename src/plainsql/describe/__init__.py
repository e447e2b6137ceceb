"""What PostgreSQL says of a query: types, nullability, tables read and written."""
