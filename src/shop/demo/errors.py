"""What keeps the demo from running."""

from __future__ import annotations


class DemoError(Exception):
    """The demo can't run; the message says in one sentence why and what to do."""
