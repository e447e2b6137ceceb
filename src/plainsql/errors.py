"""
Every error of our own. psycopg's exceptions pass through as themselves; a class stands here where psycopg has none.

    PlainSQLError
    ├── ConfigError (ValueError)            [tool.plainsql] or an option can't be used
    ├── NoDatabaseError (LookupError)       nobody said which database
    ├── EmbeddedServerError (RuntimeError)  the embedded server can't start or stop
    ├── ActorError (ValueError)             who is at work can't be recorded as said
    ├── AuditError (RuntimeError)           a table can't be audited, or the audit can't be sealed or read
    │   └── AuditGapError                   a row changed without being recorded
    ├── MigrationError (RuntimeError)       a migration can't be applied or rolled back
    ├── PartitionError (RuntimeError)       the partitions of a table can't be maintained, or not all of them
    ├── QueryFileError (ValueError)         .sql files with faults; carries every Problem
    ├── SchemaFileError (ValueError)        a schema file can't be loaded
    ├── ScratchServerError (RuntimeError)   the server for scratch databases can't be used
    ├── StaleModuleError                    file, database and generated module disagree
    ├── UnknownQueryError (LookupError)     no query of that name was loaded
    ├── ParameterError (TypeError)          an argument doesn't fit its parameter; nothing was sent
    ├── NoRowError (LookupError)            a row was promised and none came
    ├── TooManyRowsError                    at most one row was promised and more came
    ├── StaleRowError                       somebody else has written the row since it was read
    ├── UnexpectedNullError (ValueError)    NULL came where the query's @notnull says it never does
    ├── UnexpectedTypeError (ValueError)    a value came that isn't what the query's @type says
    ├── DecryptError (ValueError)           an encrypted value can't be read: changed, moved, or of another row
    ├── KeyMissingError (LookupError)       no key of that id is known
    ├── KeysFileError (ValueError)          the file of keys can't be used
    ├── HookRecursionError (RecursionError) hooks run queries whose hooks run queries, too deep
    ├── HookResultError (ValueError)        a hook gave back other rows than one for each
    ├── PasswordTooLongError (ValueError)   bcrypt takes no more than 72 bytes
    ├── OutsideTransactionError             `db` was used inside its own transaction
    ├── TenantRequiredError (LookupError)   nobody said whose rows are meant; nothing was sent
    ├── TenantMismatchError                 another tenant is at work here
    └── UnsafeRoleError                     row-level security does not hold for the role
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plainsql.partitions.model import Report
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


class ActorError(PlainSQLError, ValueError):
    """Who is at work can't be recorded as it was said; nothing was sent."""


class AuditError(PlainSQLError, RuntimeError):
    """A table can't be audited, or the audit can't be sealed or read."""


class AuditGapError(AuditError):
    """A row changed without being recorded, so it can't be rebuilt."""


class PartitionError(PlainSQLError, RuntimeError):
    """
    The partitions of a table can't be maintained, or not all of them.

    Attributes:
        report: What was done and what failed; None when nothing was begun.
    """

    def __init__(self, message: str = "", *, report: Report | None = None) -> None:
        super().__init__(message or "The partitions of a table can't be maintained.")
        self.report = report


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


class StaleRowError(PlainSQLError):
    """
    Somebody else has written the row since it was read; nothing was changed.

    Attributes:
        expected: The version that the caller had read.
        actual: The version that the row has.
        current: The row as it stands, with the columns that the query returns as ``current.…``.
    """

    def __init__(self, message: str = "", *, expected: Any = None, actual: Any = None, current: Any = None) -> None:
        super().__init__(message)
        self.expected = expected
        self.actual = actual
        self.current = current


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


class HookRecursionError(PlainSQLError, RecursionError):
    """Hooks run queries whose hooks run queries, more than 8 deep."""


class HookResultError(PlainSQLError, ValueError):
    """An after-hook must give back one row for each that it was given."""


class PasswordTooLongError(PlainSQLError, ValueError):
    """A password of more than 72 bytes of UTF-8: bcrypt would ignore the rest."""


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


class TenantRequiredError(PlainSQLError, LookupError):
    """A query is about tenants' tables and nobody said whose rows are meant; nothing was sent."""


class TenantMismatchError(PlainSQLError):
    """Another tenant is at work here: leave its block first."""


class UnsafeRoleError(PlainSQLError):
    """
    Row-level security does not hold for the role that connects, so it would keep no tenant from another's rows.

    Attributes:
        role: Its name.
        reasons: Why, one each: a superuser, BYPASSRLS, the tables it owns.
    """

    def __init__(self, message: str = "", *, role: str = "", reasons: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.role = role
        self.reasons = tuple(reasons)
