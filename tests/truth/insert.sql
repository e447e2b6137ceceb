-- INSERT … RETURNING gives the row as it was put there; parameters go where their column lets them.

-- name: all_columns(title, note)
-- NOT NULL columns refuse None, others take it and give it back.
-- Columns: id!, price!, title!, note?
-- Parameters: title!, note?
INSERT INTO item (id, price, title, note) VALUES (50, 1, :title, :note) RETURNING id, price, title, note;

-- name: constants()
-- A nullable column that was just given a constant has it.
-- Columns: note!, discount!, last_mood?
INSERT INTO item (id, price, title, note, discount, last_mood) VALUES (50, 1, 'a', 'x', 5, NULL) RETURNING note, discount, last_mood;

-- name: omitted_columns()
-- A column left out has its default, or NULL without one.
-- Columns: mood!, note?, discount?
INSERT INTO item (id, price, title) VALUES (50, 1, 'a') RETURNING mood, note, discount;

-- name: defaults_that_are_never_null()
-- A default that is never NULL fills a nullable column that was left out.
-- Columns: counter!, made_at!, serial_no!, plain?, empty?
INSERT INTO defaults (id) VALUES (50) RETURNING counter, made_at, serial_no, plain, empty;

-- name: default_as_a_word()
-- DEFAULT written out is the same; a value written instead is that value.
-- Columns: counter!, made_at?, plain?
INSERT INTO defaults (id, counter, made_at, plain) VALUES (50, DEFAULT, NULL, DEFAULT) RETURNING counter, made_at, plain;

-- name: default_values()
-- DEFAULT VALUES takes them all.
-- Columns: id!, tags!, nickname?
INSERT INTO account (email, name) VALUES ('new@a', 'new') RETURNING id, tags, nickname;

-- name: default_in_one_of_two_rows()
-- In rows side by side a DEFAULT and a value.
-- Columns: counter!, plain?
INSERT INTO defaults (id, counter, plain) VALUES (50, DEFAULT, 1), (51, 3, NULL) RETURNING counter, plain;

-- name: several_rows(note)
-- One of several rows is enough to make the column nullable.
-- Columns: note?, discount!
-- Parameters: note?
INSERT INTO item (id, price, title, note, discount) VALUES (50, 1, 'a', 'x', 1), (51, 1, 'b', :note, 2) RETURNING note, discount;

-- name: several_rows_of_constants()
-- Constants in all rows.
-- Columns: note!, discount?
INSERT INTO item (id, price, title, note, discount) VALUES (50, 1, 'a', 'x', NULL), (51, 1, 'b', 'y', 2) RETURNING note, discount;

-- name: from_a_select()
-- INSERT … SELECT gives the columns what the query gives.
-- Columns: note!, discount?, last_mood!
INSERT INTO item (id, price, title, note, discount, last_mood) SELECT id + 50, 1, buyer, 'x', refund, 'ok' FROM sale WHERE buyer > '' RETURNING note, discount, last_mood;

-- name: from_a_select_with_parameters(price, note)
-- Parameters of the select list reach columns.
-- Columns: price!, note?
-- Parameters: price!, note?
INSERT INTO item (id, price, title, note) SELECT id + 50, :price, title, :note FROM item RETURNING price, note;

-- name: through_an_expression(price, discount)
-- Through a strict expression None reaches the column as NULL.
-- Columns: price!, discount?
-- Parameters: price!, discount?
INSERT INTO item (id, price, title, discount) VALUES (50, :price + 1, 'a', :discount * 2) RETURNING price, discount;

-- name: through_a_cast(mood, last_mood)
-- Through a cast, too.
-- Columns: mood!, last_mood?
-- Parameters: mood!, last_mood?
-- Try: mood = ok
-- Try: last_mood = sad
INSERT INTO item (id, price, title, mood, last_mood) VALUES (50, 1, 'a', :mood::text::mood, :last_mood::text::mood) RETURNING mood, last_mood;

-- name: with_a_fallback(price, note)
-- A fallback makes None useful, and what is returned filled.
-- Columns: price!, note!, discount?
-- Parameters: price?, note?
INSERT INTO item (id, price, title, note) VALUES (50, coalesce(:price, 1), 'a', coalesce(:note, 'none')) RETURNING price, note, discount;

-- name: do_nothing(title)
-- ON CONFLICT DO NOTHING returns only what was put there.
-- Columns: id!, note!, discount?
-- Parameters: title!
INSERT INTO item (id, price, title, note) VALUES (50, 1, :title, 'x') ON CONFLICT (id) DO NOTHING RETURNING id, note, discount;

-- name: do_update(note)
-- ON CONFLICT DO UPDATE returns the old row changed: what it doesn't set may be NULL.
-- Columns: id!, discount?, note?
-- Parameters: note?
INSERT INTO item (id, price, title, discount) VALUES (1, 1, 'a', 5) ON CONFLICT (id) DO UPDATE SET note = :note RETURNING id, discount, note;

-- name: do_update_to_the_same()
-- A constant in both branches is there whichever is taken.
-- Columns: note!, discount!, last_mood?
INSERT INTO item (id, price, title, note, discount) VALUES (1, 1, 'a', 'x', 5)
ON CONFLICT (id) DO UPDATE SET note = excluded.note, discount = 7 RETURNING note, discount, last_mood;

-- name: do_update_with_excluded(note)
-- excluded has what was to be put there.
-- Columns: title!, note?
-- Parameters: note?
INSERT INTO item (id, price, title, note) VALUES (1, 1, 'a', :note) ON CONFLICT (id) DO UPDATE SET title = excluded.title, note = excluded.note RETURNING title, note;

-- name: do_update_where(price, floor)
-- A parameter in WHERE of DO UPDATE takes only conflicting rows away.
-- Columns: id!, note?
-- Parameters: price!, floor! by-rule
INSERT INTO item (id, price, title) VALUES (1, :price, 'a') ON CONFLICT (id) DO UPDATE SET price = excluded.price WHERE item.price > :floor RETURNING id, note;

-- name: identity_column(name)
-- An identity is filled.
-- Columns: id!, name!, nickname?
-- Parameters: name!
INSERT INTO account (email, name) VALUES ('new@a', :name) RETURNING id, name, nickname;

-- name: arrays_and_documents(flags, extra)
-- Arrays and documents are like other columns.
-- Columns: tags!, flags?, extra?
-- Parameters: flags[?]?, extra?
INSERT INTO account (email, name, flags, extra) VALUES ('new@a', 'n', :flags, :extra) RETURNING tags, flags, extra;

-- name: composite(street)
-- A composite made of a parameter is there though its field is NULL.
-- Columns: home!, street?
-- Parameters: street?
INSERT INTO account (email, name, home) VALUES ('new@a', 'n', ROW (:street, 'c', 'z')) RETURNING home, (home).street AS street;

-- name: many_from_arrays(titles, notes)
-- unnest of two arrays fills the shorter up; None for one of them gives as many rows as the other has.
-- Columns: title!, note?
-- Parameters: titles[!]!, notes[?]! by-rule
-- Try: titles = {a,b}
-- Try: notes = {x,NULL}
INSERT INTO item (id, price, title, note) SELECT 50 + u.no, 1, u.title, u.note FROM unnest(:titles::text[], :notes::text[]) WITH ORDINALITY AS u (title, note, no) RETURNING title, note;

-- name: no_returning(title, note)!
-- Without RETURNING the parameters have the same rule.
-- Parameters: title!, note?
INSERT INTO item (id, price, title, note) VALUES (50, 1, :title, :note);

-- name: returning_expressions(note)
-- Expressions of RETURNING follow their columns.
-- Columns: label!, length?, has_note!
-- Parameters: note?
INSERT INTO item (id, price, title, note) VALUES (50, 1, 'a', :note) RETURNING coalesce(note, title) AS label, length(note) AS length, note IS NOT NULL AS has_note;

-- name: returning_subquery(title)
-- A sub-query in RETURNING may find nothing.
-- Columns: sales!, last?
-- Parameters: title!
INSERT INTO item AS i (id, price, title) VALUES (50, 1, :title)
RETURNING (SELECT count(*) FROM sale AS s WHERE s.item_id = i.id) AS sales, (SELECT max(s.id) FROM sale AS s WHERE s.item_id = i.id) AS last;

-- name: same_parameter_twice(word)
-- A parameter that goes to a NOT NULL column as well is refused, and what it filled is filled.
-- Columns: title!, note!, discount?
-- Parameters: word!
INSERT INTO item (id, price, title, note) VALUES (50, 1, :word, :word) RETURNING title, note, discount;

-- name: subscripts_and_fields(word, city)
-- An element and a field as targets.
-- Columns: flags!, home!, first?, city?
-- Parameters: word?, city?
INSERT INTO account (email, name, flags[1], home.city) VALUES ('new@a', 'n', :word, :city) RETURNING flags, home, flags[1] AS first, (home).city AS city;

-- name: select_with_a_test(floor, note)
-- A parameter that is selected and compared.
-- Columns: discount!, note?
-- Parameters: floor!, note?
INSERT INTO item (id, price, title, discount, note) SELECT id + 50, 1, 'a', :floor, :note FROM item WHERE price > :floor RETURNING discount, note;

-- name: excluded_after_a_trigger()
-- excluded has what a BEFORE trigger made of it.
-- Columns: note?, title!
-- Data: INSERT INTO stamped VALUES (1, 'a', 'x', now());
INSERT INTO stamped VALUES (1, 'a', 'x', now()) ON CONFLICT (id) DO UPDATE SET title = 'b', note = excluded.note RETURNING note, title;

-- name: from_an_empty_aggregate()
-- INSERT … SELECT of an aggregate.
-- Columns: discount?, price!
INSERT INTO item (id, price, title, discount) SELECT 50, count(*), 'a', max(refund) FROM sale RETURNING discount, price;

-- name: overriding(id)
-- OVERRIDING SYSTEM VALUE gives an identity by hand.
-- Columns: id!, nickname?
-- Parameters: id!
-- Try: id = 77
INSERT INTO account (id, email, name) OVERRIDING SYSTEM VALUE VALUES (:id, 'new@a', 'n') RETURNING id, nickname;

-- name: do_update_where_excluded(note)
-- A test of excluded is for rows in conflict; a row that is put there passes untested.
-- Columns: note?, id!
-- Parameters: note?
INSERT INTO item (id, price, title, note) VALUES (50, 1, 'a', :note) ON CONFLICT (id) DO UPDATE SET note = excluded.note WHERE excluded.note IS NOT NULL RETURNING note, id;

-- name: do_update_where_the_old_row()
-- So with a test of the row that was there.
-- Columns: discount?, id!
INSERT INTO item (id, price, title, discount) VALUES (50, 1, 'a', NULL) ON CONFLICT (id) DO UPDATE SET price = 2 WHERE item.discount > 0 RETURNING discount, id;
