"""The ``plainsql`` command. Heavy imports stand inside the commands: help and the path without changes stay short."""

from __future__ import annotations

from plainsql.cli.main import main

__all__ = ["main"]
