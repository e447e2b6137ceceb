"""
Random schemas, data and statements: no column that describe declares non-null is ever NULL, no element and no member.

The generator is made from PostgreSQL's manual and knows nothing of the rules it tests.
"""
