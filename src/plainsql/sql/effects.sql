-- Effects: what says whether a statement reads or writes, what it locks and how many rows it returns.
-- Tables: pg_proc, pg_aggregate, pg_depend, pg_extension, pg_operator, pg_amop, pg_index, pg_opclass, pg_collation,
-- pg_class, pg_policy, pg_type, pg_constraint.
-- Operators, functions and types name their schema: the search path is the database's own, and whoever may make an
-- operator in it would otherwise answer for the catalog, with the rights of who asks.

-- name: list_routines(oids)
-- List functions by OID. An aggregate is called immutable whatever it is made of, so its parts are asked: v, s, i.
SELECT
    p.oid,
    n.nspname AS schema,
    p.proname AS name,
    e.extname AS extension,
    (
        SELECT pg_catalog.max(part.provolatile::pg_catalog.text)
        FROM pg_catalog.pg_proc AS part
        WHERE part.oid OPERATOR(pg_catalog.=) ANY(
            ARRAY[
                p.oid,
                a.aggtransfn::pg_catalog.oid,
                a.aggfinalfn::pg_catalog.oid,
                a.aggmtransfn::pg_catalog.oid,
                a.aggminvtransfn::pg_catalog.oid,
                a.aggmfinalfn::pg_catalog.oid
            ]
        )
    ) AS volatility
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
LEFT JOIN pg_catalog.pg_aggregate AS a ON a.aggfnoid::pg_catalog.oid OPERATOR(pg_catalog.=) p.oid
LEFT JOIN pg_catalog.pg_depend AS d
    ON
        d.classid OPERATOR(pg_catalog.=) 1255::pg_catalog.oid -- pg_proc
        AND d.objid OPERATOR(pg_catalog.=) p.oid
        AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
LEFT JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
WHERE p.oid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[]);

-- name: list_operators(oids)
-- List operators by OID, with the btree families in which they are equality.
SELECT
    o.oid,
    o.oprcode::pg_catalog.oid AS function,
    l.typtype OPERATOR(pg_catalog.=) 'p'::pg_catalog."char" AS is_polymorphic,
    ARRAY(
        SELECT m.amopfamily
        FROM pg_catalog.pg_amop AS m
        WHERE
            m.amopopr OPERATOR(pg_catalog.=) o.oid
            AND m.amopmethod OPERATOR(pg_catalog.=) 403::pg_catalog.oid -- btree
            AND m.amopstrategy OPERATOR(pg_catalog.=) 3::pg_catalog.int2
            AND m.amoppurpose OPERATOR(pg_catalog.=) 's'::pg_catalog."char"
    ) AS families
FROM pg_catalog.pg_operator AS o
LEFT JOIN pg_catalog.pg_type AS l ON l.oid OPERATOR(pg_catalog.=) o.oprleft
WHERE o.oid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[]);

-- name: list_unique_keys(oids)
-- List the unique indexes of relations that hold at any moment, the primary key first. Column 0 is an expression.
SELECT
    i.indrelid AS relation,
    i.indnullsnotdistinct AS nulls_not_distinct,
    ARRAY(
        SELECT k.number
        FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (number, place)
        ORDER BY k.place
        LIMIT i.indnkeyatts
    ) AS columns,
    ARRAY(
        SELECT c.opcfamily
        FROM pg_catalog.unnest(i.indclass::pg_catalog.oid[]) WITH ORDINALITY AS k (class, place)
        JOIN pg_catalog.pg_opclass AS c ON c.oid OPERATOR(pg_catalog.=) k.class
        ORDER BY k.place
    ) AS families,
    ARRAY(
        SELECT k.collation_oid
        FROM pg_catalog.unnest(i.indcollation::pg_catalog.oid[]) WITH ORDINALITY AS k (collation_oid, place)
        ORDER BY k.place
    ) AS collations,
    i.indexprs::pg_catalog.text AS expressions,
    i.indpred::pg_catalog.text AS predicate
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS x ON x.oid OPERATOR(pg_catalog.=) i.indexrelid
WHERE
    i.indrelid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[])
    AND x.relam OPERATOR(pg_catalog.=) 403::pg_catalog.oid -- btree
    AND i.indisunique
    AND i.indimmediate
    AND i.indisvalid
    AND NOT i.indisexclusion
ORDER BY i.indisprimary DESC, i.indexrelid;

-- name: list_nondeterministic_collations()
-- List the collations under which different texts may be equal.
SELECT c.oid
FROM pg_catalog.pg_collation AS c
WHERE NOT c.collisdeterministic;

-- name: list_partition_roots(oids)
-- List those of the relations that are partitions, each with the table that it is a part of in the end.
SELECT
    c.oid,
    pg_catalog.pg_partition_root(c.oid)::pg_catalog.oid AS root
FROM pg_catalog.pg_class AS c
WHERE
    c.oid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[])
    AND c.relispartition;

-- name: list_policies(oids)
-- List the conditions that row-level security adds to reads and writes of relations.
SELECT
    p.polrelid AS relation,
    p.polqual::pg_catalog.text AS reading,
    p.polwithcheck::pg_catalog.text AS writing
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) p.polrelid
WHERE
    p.polrelid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[])
    AND c.relrowsecurity;

-- name: list_text_forms(oids)
-- List the functions that read types from text and write them as text.
SELECT
    t.oid,
    t.typinput::pg_catalog.oid AS input,
    t.typoutput::pg_catalog.oid AS output
FROM pg_catalog.pg_type AS t
WHERE t.oid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[]);

-- name: list_domain_checks(oids)
-- List the CHECK constraints of domains, also of those that they are made of.
WITH RECURSIVE made_of AS (
    SELECT
        t.oid AS root,
        t.oid,
        t.typbasetype
    FROM pg_catalog.pg_type AS t
    WHERE t.oid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[])
    UNION
    SELECT
        made_of.root,
        t.oid,
        t.typbasetype
    FROM made_of
    JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) made_of.typbasetype
)
SELECT
    made_of.root AS oid,
    k.conbin::pg_catalog.text AS expression
FROM made_of
JOIN pg_catalog.pg_constraint AS k ON k.contypid OPERATOR(pg_catalog.=) made_of.oid
WHERE k.conbin IS NOT NULL;
