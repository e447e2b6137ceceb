"""
Every error of our own. psycopg's exceptions pass through as themselves; a class stands here where psycopg has none.

    PlainSQLError
    ├── ConfigError (ValueError)            [tool.plainsql] or an option can't be used
    ├── NoDatabaseError (LookupError)       nobody said which database
    ├── EmbeddedServerError (RuntimeError)  the embedded server can't start or stop
    ├── MigrationError (RuntimeError)       a migration can't be applied or rolled back
    ├── QueryFileError (ValueError)         .sql files with faults; carries every Problem
    ├── SchemaFileError (ValueError)        a schema file can't be loaded
    ├── ScratchServerError (RuntimeError)   the server for scratch databases can't be used
    ├── StaleModuleError                    file, database and generated module disagree
    ├── UnknownQueryError (LookupError)     no query of that name was loaded
    ├── ParameterError (TypeError)          an argument doesn't fit its parameter; nothing was sent
    ├── NoRowError (LookupError)            a row was promised and none came
    ├── TooManyRowsError                    at most one row was promised and more came
    ├── UnexpectedNullError (ValueError)    NULL came where the query's @notnull says it never does
    ├── UnexpectedTypeError (ValueError)    a value came that isn't what the query's @type says
    ├── DecryptError (ValueError)           an encrypted value can't be read: changed, moved, or of another row
    ├── KeyMissingError (LookupError)       no key of that id is known
    ├── KeysFileError (ValueError)          the file of keys can't be used
    └── OutsideTransactionError             `db` was used inside its own transaction
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plainsql.query.problem import Problem


class PlainSQLError(Exception):
    """Something plainsql refuses or can't do."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class ConfigError(PlainSQLError, ValueError):
    """A setting can't be used."""


class NoDatabaseError(PlainSQLError, LookupError):
    """
    No database is configured: set DATABASE_URL, or put `database = "embedded"` under [tool.plainsql] in pyproject.toml.
    """


class EmbeddedServerError(PlainSQLError, RuntimeError):
    """The embedded server can't be used."""


class MigrationError(PlainSQLError, RuntimeError):
    """A migration can't be applied or rolled back."""


class QueryFileError(PlainSQLError, ValueError):
    """
    Query files have faults.

    Attributes:
        problems: Each fault with file, line and column, in file order.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SchemaFileError(PlainSQLError, ValueError):
    """A schema file can't be loaded."""


class ScratchServerError(PlainSQLError, RuntimeError):
    """The server for scratch databases can't be used."""


class StaleModuleError(PlainSQLError):
    """File, database and generated module disagree: run `plainsql generate`."""


class UnknownQueryError(PlainSQLError, LookupError):
    """No query of that name was loaded."""


class ParameterError(PlainSQLError, TypeError):
    """An argument doesn't fit its parameter; nothing was sent."""


class NoRowError(PlainSQLError, LookupError):
    """The query promised a row and returned none."""


class TooManyRowsError(PlainSQLError):
    """The query promised at most one row and returned more."""


class _UnexpectedValueError(PlainSQLError, ValueError):
    def __init__(self, message: str = "", *, column: str = "", row: int = 0) -> None:
        super().__init__(message)
        self.column = column
        self.row = row


class UnexpectedNullError(_UnexpectedValueError):
    """
    A column was NULL though the query says by @notnull that it never is.

    Attributes:
        column: Its name.
        row: Number of the first such row in the result, from 1.
    """


class UnexpectedTypeError(_UnexpectedValueError):
    """
    A value isn't of the type that the query says by @type.

    Attributes:
        column: Its name.
        row: Number of the first such row in the result, from 1.
    """


class DecryptError(PlainSQLError, ValueError):
    """
    An encrypted value can't be read: it was changed, or moved from another row or column.

    Attributes:
        query: Name of the query; empty outside of one.
        column: Name of the column in its result.
        row: Number of the first such row in the result, from 1.
    """

    def __init__(self, message: str = "", *, query: str = "", column: str = "", row: int = 0) -> None:
        super().__init__(message)
        self.query = query
        self.column = column
        self.row = row


class KeyMissingError(PlainSQLError, LookupError):
    """
    No key of that id is known.

    Attributes:
        key_id: The id that the value was encrypted under.
    """

    def __init__(self, message: str = "", *, key_id: str = "") -> None:
        super().__init__(message)
        self.key_id = key_id


class KeysFileError(PlainSQLError, ValueError):
    """The file of keys can't be used."""


class OutsideTransactionError(PlainSQLError):
    """The database was used inside its own transaction: pass the transaction, or call `db.separate()`."""
