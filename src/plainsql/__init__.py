"""Plain .sql files in, typed Python functions out."""

from plainsql.__about__ import __version__

__all__ = ["__version__"]
