"""`python -m shop.demo`."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """Run the demo; at Ctrl-C end in one line, also while its modules are read, which takes most of a second."""
    try:
        from shop.demo.command import run

        return run()
    except KeyboardInterrupt:
        print("shop.demo: interrupted", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
