"""Which table columns the outputs of a statement come from, and which its parameters go to."""

from plainsql.origins.declared import Declared, DeclaredColumn, Place
from plainsql.origins.trace import Fault, Output, Trace, Use, trace

__all__ = ["Declared", "DeclaredColumn", "Fault", "Output", "Place", "Trace", "Use", "trace"]
