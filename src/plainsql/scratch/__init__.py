"""
Scratch databases: the schema that queries are described against, on a server where databases may be made.

A project's own migrations are trusted and built once; schema files are not, and are loaded by a role without rights.
"""

from plainsql.scratch.building import scratch_database

__all__ = ["scratch_database"]
