"""
What hand-written hooks need: `Transaction` for their annotations, `slow` for what would hold up an event loop.

`hooked` and `replaced_by` are called by generated functions. The async twins are in `plainsql.aio.hooks`.
"""

from __future__ import annotations

from plainsql.hooks.runtime import hooked, replaced_by, slow
from plainsql.transaction import Transaction

__all__ = ["Transaction", "hooked", "replaced_by", "slow"]
