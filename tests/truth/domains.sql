-- Domains: NOT NULL of a domain is a test of what is put in, not a promise of what comes out.

-- name: not_null_domain_in_a_table()
-- A column whose type refuses NULL can be given one by a sub-query without a row; its own NOT NULL can't.
-- Columns: free?, kept!
-- Data: INSERT INTO labelled (id, free, kept, depth, again, seen) VALUES (1, (SELECT free FROM labelled WHERE id = 7), 'k', 1, 'a', 's');
SELECT free, kept FROM labelled;

-- name: domain_over_a_domain()
-- So with a domain over such a domain, and with CHECK (VALUE IS NOT NULL).
-- Columns: again?, seen?, depth!
-- Data: INSERT INTO labelled (id, free, kept, depth, again, seen) VALUES (1, 'f', 'k', 1, (SELECT again FROM labelled WHERE id = 7), (SELECT seen FROM labelled WHERE id = 7));
SELECT again, seen, depth FROM labelled;

-- name: check_domain()
-- CHECK (VALUE > 0) holds of NULL.
-- Columns: level?, depth!, stars?
SELECT level, depth, stars FROM labelled;

-- name: cast_to_a_not_null_domain()
-- A cast to a domain that refuses NULL fails rather than giving NULL.
-- Columns: kept!, note?
-- Data: INSERT INTO item VALUES (1, 1, NULL, 'a', NULL);
SELECT title::filled AS kept, note FROM item;

-- name: cast_to_a_domain()
-- Other casts to domains pass NULL.
-- Columns: level!, loose?
SELECT abs(price + 1)::posint AS level, nullif(abs(discount), 0)::posint AS loose FROM item WHERE price >= 0;

-- name: domain_on_the_nullable_side()
-- An outer join fills up with NULL, also in a NOT NULL column of such a domain.
-- Columns: id!, kept?
-- Data: INSERT INTO item VALUES (7, 1, NULL, 'a');
SELECT i.id, l.kept FROM item AS i LEFT JOIN labelled AS l ON l.id = i.id;

-- name: domain_in_an_expression()
-- Operators take a domain for its base type.
-- Columns: next!, loose?, word!
SELECT depth + 1 AS next, level + 1 AS loose, upper(kept) AS word FROM labelled;

-- name: insert_domains(free, kept, level)
-- A parameter for a domain that refuses NULL, and one for a domain that doesn't.
-- Columns: id!, level?
-- Parameters: free!, kept!, level?
INSERT INTO labelled (id, free, kept, again, seen, depth, level) VALUES (50, :free, :kept, 'a', 's', 1, :level) RETURNING id, level;

-- name: insert_deeper_domains(again, seen, stars)
-- A domain over one that refuses NULL, and CHECK (VALUE IS NOT NULL), refuse None.
-- Columns: stars?, depth!
-- Parameters: again!, seen!, stars?
INSERT INTO labelled (id, free, kept, again, seen, depth, stars) VALUES (50, 'f', 'k', :again, :seen, 1, :stars) RETURNING stars, depth;

-- name: default_of_a_domain()
-- A column left out has the default of its domain.
-- Columns: stars!, level?
INSERT INTO labelled (id, free, kept, again, seen, depth) VALUES (50, 'f', 'k', 'a', 's', 1) RETURNING stars, level;

-- name: parameter_cast_to_a_not_null_domain(word)
-- A cast to a domain that refuses NULL refuses None.
-- Columns: word!, note?
-- Parameters: word!
SELECT :word::filled AS word, note FROM item;

-- name: parameter_cast_to_a_domain(level)
-- One to another domain passes it, in a strict place.
-- Columns: level?, id!
-- Parameters: level! by-rule
-- Try: level = 3
SELECT :level::posint AS level, id FROM item;

-- name: update_a_domain(level, free)
-- SET follows the same rule.
-- Columns: level?, id!
-- Parameters: level?, free!
-- Try: level = 3
UPDATE labelled SET level = :level, free = :free RETURNING level, id;

-- name: coalesced_domain()
-- A fallback of the same domain.
-- Columns: level!, other?
SELECT coalesce(level, 1) AS level, coalesce(level, nullif(stars, 1)) AS other FROM labelled;

-- name: domain_of_a_strict_test()
-- A test narrows a domain's column.
-- Columns: level!, stars?
SELECT level, stars FROM labelled WHERE level > 0;
