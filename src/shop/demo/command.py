"""The command line of the demo."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

import psycopg
from rich.console import Console

from plainsql.config import load_config
from plainsql.errors import PlainSQLError
from shop.demo.errors import DemoError
from shop.demo.story import tell


def run(arguments: list[str] | None = None) -> int:
    """
    Run the demo and return the exit code: 0, or 1 for what it can say in a sentence.

    Raises:
        KeyboardInterrupt: At Ctrl-C and SIGTERM.
    """
    parser = argparse.ArgumentParser(
        prog="python -m shop.demo",
        description="A shop on a real PostgreSQL, from an empty folder to tables of results.",
    )
    parser.add_argument("--scale", type=float, default=0.05, help="of the TPC-H data; 0.05 is 75,000 orders")
    parser.add_argument("--database", default="shop_demo", help="its own database, made new by each run")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console()
    try:
        tell(console, load_config(Path(__file__).parent), database=options.database, scale=options.scale)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on; keep the exit quiet
        return 1
    except (DemoError, PlainSQLError, psycopg.OperationalError) as error:
        print(f"shop.demo: {error}", file=sys.stderr)
        return 1
    return 0
