"""The trigger of an audited table: read the table, say what is secret, write the migration, find what has drifted."""
