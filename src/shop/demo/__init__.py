"""The demo: a shop on a real PostgreSQL, from an empty folder to tables of results. Run `python -m shop.demo`."""
