-- Exclusive arcs: tables whose rows belong to one of several others, each by a column of its own.
-- Operators, functions and types name their schema, as in effects.sql.

-- name: list_arcs()
-- Constraints CHECK (num_nonnulls(a, b, …) = 1) of two columns or more: the columns, which of them no foreign key holds,
-- and the generated columns of the table with their expressions.
SELECT
    k.conrelid AS table_oid,
    CASE WHEN n.nspname OPERATOR(pg_catalog.=) 'public' THEN c.relname::pg_catalog.text
    ELSE pg_catalog.concat(n.nspname, '.', c.relname)
    END AS table_name,
    k.conname AS constraint_name,
    k.conkey AS numbers,
    ARRAY(
        SELECT a.attname::pg_catalog.text
        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS place (number, position)
        JOIN pg_catalog.pg_attribute AS a
            ON
                a.attrelid OPERATOR(pg_catalog.=) k.conrelid
                AND a.attnum OPERATOR(pg_catalog.=) place.number
        ORDER BY place.position
    ) AS names,
    ARRAY(
        SELECT place.number
        FROM pg_catalog.unnest(k.conkey) AS place (number)
        WHERE
            NOT EXISTS (
                SELECT FROM pg_catalog.pg_constraint AS f
                WHERE
                    f.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
                    AND f.conrelid OPERATOR(pg_catalog.=) k.conrelid
                    AND place.number OPERATOR(pg_catalog.=) ANY(f.conkey)
            )
        ORDER BY place.number
    ) AS loose,
    ARRAY(
        SELECT a.attname::pg_catalog.text
        FROM pg_catalog.pg_attribute AS a
        WHERE
            a.attrelid OPERATOR(pg_catalog.=) k.conrelid
            AND a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char"
            AND NOT a.attisdropped
        ORDER BY a.attnum
    ) AS generated,
    ARRAY(
        SELECT coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_attrdef AS d
            ON
                d.adrelid OPERATOR(pg_catalog.=) a.attrelid
                AND d.adnum OPERATOR(pg_catalog.=) a.attnum
        WHERE
            a.attrelid OPERATOR(pg_catalog.=) k.conrelid
            AND a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char"
            AND NOT a.attisdropped
        ORDER BY a.attnum
    ) AS expressions
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE
    k.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
    AND pg_catalog.cardinality(k.conkey) OPERATOR(pg_catalog.>) 1
    -- Expressions print alike whatever was typed; names with brackets or commas in them aren't looked for.
    AND pg_catalog.pg_get_constraintdef(k.oid) OPERATOR(pg_catalog.~) '^CHECK \(\(num_nonnulls\([^()]+\) = 1\)\)'
ORDER BY n.nspname, c.relname, k.conname;
