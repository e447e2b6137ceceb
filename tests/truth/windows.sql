-- Window functions: numbers are always known, neighbours may be missing, frames may be empty.

-- name: numbers()
-- The numbering functions never give NULL.
-- Columns: no!, place!, dense!, share!, spread!, quarter!, note?
SELECT
    row_number() OVER (ORDER BY price) AS no, rank() OVER (ORDER BY note) AS place, dense_rank() OVER (ORDER BY note) AS dense,
    percent_rank() OVER (ORDER BY note) AS share, cume_dist() OVER (ORDER BY note) AS spread, ntile(4) OVER (ORDER BY id) AS quarter, note
FROM item;

-- name: ntile_of_a_column()
-- ntile of NULL is NULL.
-- Columns: tile?, no!
SELECT ntile(nullif(discount, 0)) OVER (ORDER BY discount NULLS FIRST) AS tile, row_number() OVER (ORDER BY id) AS no FROM item;

-- name: neighbours()
-- The first row has no neighbour before it, the last none after.
-- Columns: before?, after?, no!
SELECT lag(price) OVER w AS before, lead(price) OVER w AS after, row_number() OVER w AS no FROM item WINDOW w AS (ORDER BY id);

-- name: neighbours_with_a_default()
-- A filled default stands in; a nullable value of the neighbour remains.
-- Columns: before!, after!, loose?
SELECT lag(price, 1, 0) OVER w AS before, lead(price, 2, price) OVER w AS after, lag(discount, 1, 0) OVER w AS loose FROM item WINDOW w AS (ORDER BY id);

-- name: neighbour_at_a_nullable_distance()
-- A distance of NULL gives NULL in spite of the default.
-- Columns: before?, no!
SELECT lag(price, discount, 0) OVER (ORDER BY id) AS before, row_number() OVER (ORDER BY id) AS no FROM item;

-- name: running_total()
-- The default frame holds the row itself.
-- Columns: total!, loose?
SELECT sum(price) OVER (ORDER BY id) AS total, sum(discount) OVER (ORDER BY id) AS loose FROM item;

-- name: whole_partition()
-- So does a whole partition.
-- Columns: total!, most!, average!, many!, loose?
SELECT sum(price) OVER () AS total, max(price) OVER (PARTITION BY mood) AS most, avg(price) OVER (PARTITION BY note) AS average, count(note) OVER () AS many, max(discount) OVER () AS loose FROM item;

-- name: frame_before_the_row()
-- A frame that ends before the row is empty for the first one.
-- Columns: total?, many!
SELECT sum(price) OVER w AS total, count(*) OVER w AS many FROM item WINDOW w AS (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING);

-- name: frame_after_the_row()
-- One that begins after the row is empty for the last one.
-- Columns: total?, many!
SELECT sum(price) OVER w AS total, count(*) OVER w AS many FROM item WINDOW w AS (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING);

-- name: frame_around_the_row()
-- One that begins before and ends after the row holds it.
-- Columns: average!, total!, loose?
SELECT
    avg(price) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS average,
    sum(price) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS total,
    avg(discount) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS loose
FROM item;

-- name: frame_without_the_row()
-- EXCLUDE CURRENT ROW leaves nothing of one row; EXCLUDE TIES leaves the row.
-- Columns: others?, itself!, many!
-- Data: INSERT INTO item VALUES (1, 1, NULL, 'a');
SELECT
    sum(price) OVER (ORDER BY mood RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) AS others,
    sum(price) OVER (ORDER BY mood RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES) AS itself,
    count(*) OVER (ORDER BY mood RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) AS many
FROM item;

-- name: frame_without_the_group()
-- EXCLUDE GROUP takes the row and its peers.
-- Columns: others?, no!
SELECT
    max(price) OVER (ORDER BY mood GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE GROUP) AS others,
    row_number() OVER (ORDER BY mood) AS no
FROM item;

-- name: range_frame()
-- A range of days that ends at the row's own.
-- Columns: total!, earlier?
SELECT
    sum(quantity) OVER (ORDER BY sold_at RANGE BETWEEN INTERVAL '7 days' PRECEDING AND CURRENT ROW) AS total,
    sum(quantity) OVER (ORDER BY sold_at RANGE BETWEEN INTERVAL '7 days' PRECEDING AND INTERVAL '1 day' PRECEDING) AS earlier
FROM sale;

-- name: first_and_last()
-- The default frame has a first and a last row, but no second one always.
-- Columns: first!, last!, second?, loose?
SELECT first_value(price) OVER w AS first, last_value(price) OVER w AS last, nth_value(price, 2) OVER w AS second, first_value(note) OVER w AS loose FROM item WINDOW w AS (ORDER BY id);

-- name: first_of_an_empty_frame()
-- A frame that may be empty has no first row.
-- Columns: next?, own!
SELECT
    first_value(price) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) AS next,
    first_value(price) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING) AS own
FROM item;

-- name: filtered_window()
-- FILTER may leave nothing of a frame.
-- Columns: total?, many!
SELECT sum(price) FILTER (WHERE discount > 0) OVER () AS total, count(*) FILTER (WHERE discount > 0) OVER () AS many FROM item;

-- name: over_groups()
-- A window over grouped rows.
-- Columns: mood!, total!, running!, before?
SELECT mood, sum(price) AS total, sum(sum(price)) OVER (ORDER BY mood) AS running, lag(sum(price)) OVER (ORDER BY mood) AS before FROM item GROUP BY mood;

-- name: top_of_each()
-- The number tested outside is filled, and so is what was.
-- Columns: id!, buyer?, no!
SELECT x.id, x.buyer, x.no FROM (SELECT id, buyer, row_number() OVER (PARTITION BY item_id ORDER BY sold_at DESC) AS no FROM sale) AS x WHERE x.no <= 2;

-- name: difference_to_the_neighbour()
-- A difference with a neighbour that may be missing may be NULL.
-- Columns: step?, known!
SELECT price - lag(price) OVER w AS step, price - coalesce(lag(price) OVER w, 0) AS known FROM item WINDOW w AS (ORDER BY id);

-- name: frame_with_parameter(rows)
-- A frame's bound refuses NULL.
-- Columns: average!, no!, loose?
-- Parameters: rows!
SELECT
    avg(price) OVER (ORDER BY id ROWS BETWEEN :rows PRECEDING AND CURRENT ROW) AS average,
    row_number() OVER (ORDER BY id) AS no, discount AS loose
FROM item;

-- name: lag_with_parameter(steps)
-- A distance may be None, which no rule calls useful: lag is strict in it.
-- Columns: before?, no!
-- Parameters: steps! by-rule
SELECT lag(price, :steps, 0) OVER (ORDER BY id) AS before, row_number() OVER (ORDER BY id) AS no FROM item;

-- name: named_windows()
-- A window made of a named one keeps its rule.
-- Columns: share!, running!, before?
SELECT
    price * 100.0 / (1 + abs(sum(price) OVER w)) AS share, count(*) OVER (w ORDER BY id) AS running, lag(title) OVER (w ORDER BY id) AS before
FROM item WINDOW w AS (PARTITION BY mood);

-- name: collected_in_a_window()
-- array_agg over a frame that holds the row.
-- Columns: list!, words?
SELECT array_agg(note) OVER (ORDER BY id) AS list, string_agg(note, ',') OVER (ORDER BY id) AS words FROM item;

-- name: same_window_function_of_a_sub_query()
-- The same call over the same window in another query is another value.
-- Columns: before!, again?
SELECT s.before, lag(s.id) OVER (ORDER BY s.id) AS again
FROM (SELECT id, lag(id) OVER (ORDER BY id) AS before FROM item) AS s
WHERE s.before IS NOT NULL;
