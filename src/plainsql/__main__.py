"""``python -m plainsql``."""

from plainsql.cli.main import main

main()
