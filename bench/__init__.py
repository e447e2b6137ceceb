"""The figures we promise, measured; run by ``make bench``."""
