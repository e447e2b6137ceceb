"""From described queries to Python modules, and the proof that both still agree."""
