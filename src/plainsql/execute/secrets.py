"""Encrypt arguments before they are sent, decrypt columns when they were read; what was sent is ciphertext alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plainsql.crypto.text import EncryptedStr
from plainsql.errors import DecryptError, KeyMissingError, ParameterError
from plainsql.execute.arguments import in_words, is_sequence
from plainsql.execute.wire.secrets import Secret

if TYPE_CHECKING:
    from plainsql.execute.statement import Statement


def sealed_arguments(statement: Statement[Any], arguments: Sequence[Any]) -> tuple[Any, ...]:
    """
    Return *arguments*, which were checked, with each value of an encrypted column encrypted for its row.

    Raises:
        ParameterError: The row's key isn't given, or a blind index was made for another column.
        KeysFileError: There are no keys.
    """
    found = list(arguments)
    for secret in statement.sealed:
        value = arguments[secret.position]
        if value is None:
            continue
        if secret.is_index:
            _check_index(statement, secret, value)
            continue
        bound = [arguments[position] for position in secret.aad]
        if is_sequence(value):
            rows = _rows(statement, secret, bound, len(value))
            found[secret.position] = [
                None if item is None else _sealed(statement, secret, item, row)
                for item, row in zip(value, rows, strict=True)
            ]
        else:
            found[secret.position] = _sealed(statement, secret, value, bound)
    return tuple(found)


def _rows(statement: Statement[Any], secret: Secret, bound: list[Any], length: int) -> list[tuple[Any, ...]]:
    """Return what each element is bound to."""
    columns = []
    for position, values in zip(secret.aad, bound, strict=True):
        column = list(values) if is_sequence(values) else [values] * length
        if len(column) < length:
            said = f"has {len(column)} elements, '{statement.params[secret.position]}' has {length}"
            raise _refusal(statement, position, said)
        columns.append(column[:length])
    return list(zip(*columns, strict=True)) if columns else [()] * length


def _sealed(statement: Statement[Any], secret: Secret, value: Any, bound: Sequence[Any]) -> bytes:
    if isinstance(value, list):
        raise _refusal(statement, secret.position, "takes no lists in its sequence")
    for position, part in zip(secret.aad, bound, strict=True):
        if part is None:
            said = f"takes no None where '{statement.params[secret.position]}' has a value, which is bound to it"
            raise _refusal(statement, position, said)
    from plainsql.crypto.envelope import seal  # what nobody encrypts with is not loaded
    from plainsql.crypto.ring import keys

    provider = keys.provider
    key_id = provider.current()
    try:
        return seal(provider.key(key_id), key_id, secret.column, bound, value.reveal())
    except DecryptError:
        names = ", ".join(statement.params[position] for position in secret.aad)
        found = ", ".join(in_words(part) for part in bound)
        raise _refusal(
            statement, secret.position, f"is bound to {names}: an int, a str or a UUID; found {found}"
        ) from None


def _check_index(statement: Statement[Any], secret: Secret, value: Any) -> None:
    for item in value if is_sequence(value) else [value]:
        if item is not None and item.column != secret.column:
            said = f'takes keys.blind("{secret.column}", …), found the index of {item.column}'
            raise _refusal(statement, secret.position, said)


def _refusal(statement: Statement[Any], position: int, said: str) -> ParameterError:
    name = statement.params[position]
    return ParameterError(f"{statement.file}:{statement.line}: query '{statement.name}': parameter '{name}' {said}")


def opened_rows(
    statement: Statement[Any], rows: Sequence[tuple[Any, ...]], start: int, names: Sequence[str]
) -> list[tuple[Any, ...]]:
    """
    Return *rows* with their encrypted columns decrypted; NULL stays None.

    Args:
        statement: Theirs.
        rows: As read.
        start: Number of the first one in the result, from 0.
        names: Of the columns, for messages.

    Raises:
        DecryptError: A value was changed, or belongs to another row or column.
        KeyMissingError: Nobody knows the key that it was encrypted with.
    """
    from plainsql.crypto.envelope import key_id_of, unseal
    from plainsql.crypto.ring import keys

    provider = keys.provider if any(row[s.position] is not None for row in rows for s in statement.opened) else None
    found = []
    for number, row in enumerate(rows, start + 1):
        values = list(row)
        for secret in statement.opened:
            data = row[secret.position]
            if data is None or provider is None:
                continue
            try:
                key_id = key_id_of(data)
                bound = [row[position] for position in secret.aad]
                values[secret.position] = EncryptedStr(unseal(provider.key(key_id), key_id, secret.column, bound, data))
            except DecryptError as error:
                name = names[secret.position]
                message = f"{statement.place}: column '{name}' in row {number}, {secret.column}: {error}"
                raise DecryptError(message, query=statement.name, column=name, row=number) from None
            except KeyMissingError as error:
                error.add_note(f"{statement.place}: column '{names[secret.position]}' in row {number}")
                raise
        found.append(tuple(values))
    return found
