"""``python -m plainsql.cli``."""

from plainsql.cli.main import main

main()
