"""Names in generated code for types of the database and their members."""

from __future__ import annotations

import keyword
import re
import unicodedata

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


def field_names(members: list[str]) -> list[str]:
    """Return Python names for the members of a composite type: ``order status`` -> ``order_status``, each once."""
    found: list[str] = []
    for member in members:
        # Python compares names in this normal form.
        text = unicodedata.normalize("NFKC", member)
        name = "".join(char if f"a{char}".isidentifier() else "_" for char in text)
        name = (name if name == text else re.sub("_+", "_", name)).lstrip("_") or "member"
        name = name if name.isidentifier() else f"member_{name}"
        name = f"{name}_" if keyword.iskeyword(name) else name
        unique, number = name, 2
        while unique in found:
            unique, number = f"{name}_{number}", number + 1
        found.append(unique)
    return found
