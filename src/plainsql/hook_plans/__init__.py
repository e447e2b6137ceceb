"""What queries make of hand-written hooks, found by reading their source and never by importing it."""
