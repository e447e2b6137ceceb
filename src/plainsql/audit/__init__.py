"""
Read and seal the audit: what happened to a row, how it was, and that no entry was touched since.

`plainsql migrate add audit` makes what this package reads. `plainsql.aio.audit` has the twins of `history`, `as_of` and
`record`; sealing and verifying are jobs.
"""

from plainsql.audit.history import AuditEntry, as_of, history, record
from plainsql.audit.keys import AuditKeys, load_keys
from plainsql.audit.seal import Sealed, seal
from plainsql.audit.verify import Finding, Verification, verify

__all__ = [
    "AuditEntry",
    "AuditKeys",
    "Finding",
    "Sealed",
    "Verification",
    "as_of",
    "history",
    "load_keys",
    "record",
    "seal",
    "verify",
]
