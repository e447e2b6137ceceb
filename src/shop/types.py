"""Classes of JSON columns."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Preferences(Struct, frozen=True):
    """What a customer has chosen, as customers.preferences holds it."""

    language: str = "en"
    theme: Literal["light", "dark"] = "light"
    newsletters: list[str] = []
