"""
The truth set: statements whose nullability is known, each with rows that witness it.

The statements stand in the ``.sql`` files of this folder, one file a topic. Under the header of each stand a sentence
on the rule it shows and lines that a program reads:

    -- Columns: id!, note?          each result column: never NULL (!) or NULL in some row (?)
    -- Parameters: id!, note?       each parameter: None makes no sense (!) or makes sense (?)
    -- Parameters: n! by-rule       None is accepted and gives rows, but a rule calls the place unfit for it
    -- Requires: 17                 the first major version that knows the syntax; Until is the last
    -- Extension: file_fdw          left out where the server lacks it
    -- Data: INSERT INTO item …;    rows of its own, for a run on tables that are empty but for them
    -- Try: term = %a%              a further value of a parameter

`witness` runs every statement on every set of rows in data/ with many arguments and compares what comes back with
these lines; `score` compares what plainsql says of it.
"""
