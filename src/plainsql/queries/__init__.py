"""Typed functions of the SQL in plainsql/sql; written by `plainsql generate`."""
