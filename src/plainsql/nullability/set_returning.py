"""Which columns of the rows of a set-returning function can't be NULL."""

from __future__ import annotations

ROWS_NOT_NULL: dict[int, tuple[bool, ...]] = {
    1066: (True,),  # generate_series(integer, integer, integer)
    1067: (True,),  # generate_series(integer, integer)
    1191: (True,),  # generate_subscripts(anyarray, integer)
    1192: (True,),  # generate_subscripts(anyarray, integer, boolean)
}
"""
By pg_proc OID: for each out-parameter in order, or the one scalar, whether no row holds NULL there.

It holds whatever the arguments: those of NULL return no row, or rows of the same kind.
"""
