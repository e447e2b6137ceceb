"""Names in generated code for types of the database and their members."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection, Sequence
from itertools import chain, count

_TAKEN = frozenset(
    {
        "Any",
        "Conn",
        "Decimal",
        "False",
        "IPv4Address",
        "IPv4Interface",
        "IPv4Network",
        "IPv6Address",
        "IPv6Interface",
        "IPv6Network",
        "Iterable",
        "Literal",
        "Mapping",
        "Multirange",
        "None",
        "Page",
        "Range",
        "Sequence",
        "Statement",
        "Struct",
        "True",
        "TypeAlias",
        "TypedDict",
        "UUID",
        "UnsetType",
    }
)


def alias_name(type_name: str, what: str = "Enum") -> str:
    """
    Return the name for a type: ``order_status`` -> ``OrderStatus``, never a name that generated modules import.

    Two schemas may have a type of one name: outside of the search path the schema goes before, ``ShopOrderStatus``.

    Args:
        type_name: As ``format_type`` prints it.
        what: Added where the name alone can't be used: Enum, Domain, Row.
    """
    words = [word for word in re.split(r"[^0-9A-Za-z]+", type_name) if word]
    name = "".join(word[0].upper() + word[1:] for word in words) or what
    if name[0].isdigit() or name in _TAKEN or keyword.iskeyword(name):
        name = f"{what}{name}" if name[0].isdigit() else f"{name}{what}"
    return name


def class_word(text: str) -> str:
    """Return the words of *text* as a part of a class name: ``order items`` -> ``OrderItems``; empty if it has none."""
    words = re.split("_+", "".join(_in_a_name(char) for char in unicodedata.normalize("NFKC", text)))
    return "".join(word[0].upper() + word[1:] for word in words if word)


def field_names(members: Sequence[str], hiding: Collection[str] = ()) -> list[str]:
    """
    Return Python names for the members of a row: ``order status`` -> ``order_status``, each once.

    Args:
        members: What they are called; those that are Python names keep them.
        hiding: Names that no field may have, because the class needs what is called so.
    """
    own = {member for member in members if _field_name(member) == member} - set(hiding)
    found: list[str] = []
    for member in members:
        name = _field_name(member)
        spellings = chain([name], [f"{name}_"] if name in hiding else (), (f"{name}_{number}" for number in count(2)))
        taken = {*found, *hiding, *(own - {member})}
        found.append(next(spelling for spelling in spellings if spelling not in taken))
    return found


def _field_name(member: str) -> str:
    # Python compares names in this normal form.
    text = unicodedata.normalize("NFKC", member)
    name = "".join(_in_a_name(char) for char in text)
    name = (name if name == text else re.sub("_+", "_", name)).lstrip("_") or "member"
    name = name if name.isidentifier() else f"member_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _in_a_name(char: str) -> str:
    return char if f"a{char}".isidentifier() else "_"
