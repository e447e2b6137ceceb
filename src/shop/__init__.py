"""The reference application: a shop on PostgreSQL, written with plainsql."""
