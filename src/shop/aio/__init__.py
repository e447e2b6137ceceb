"""The shop's services under asyncio: the same names as in `shop`."""
