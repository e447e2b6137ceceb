-- Rows with their many in one statement, as applications ask for them.

-- name: account_with_its_orders(id)
-- A list by a sub-select that is never NULL.
-- Columns: id!, email!, nickname?, orders[{id! state! total! note? paid_at?}!]!
-- Parameters: id!
SELECT a.id, a.email, a.nickname, coalesce((SELECT json_agg(json_build_object('id', p.id, 'state', p.state, 'total', p.total, 'note', p.note, 'paid_at', p.paid_at) ORDER BY p.id) FROM purchase AS p WHERE p.account_id = a.id), '[]') AS orders FROM account AS a WHERE a.id = :id;

-- name: order_with_lines()
-- Rows of a sub-query as objects.
-- Columns: id!, lines[{line! sku! name! quantity! price! rebate?}!]?
SELECT p.id, (SELECT jsonb_agg(x ORDER BY x.line) FROM (SELECT l.line, d.sku, d.name, l.quantity, l.price, l.rebate FROM purchase_line AS l JOIN product AS d ON d.id = l.product_id WHERE l.purchase_id = p.id) AS x) AS lines FROM purchase AS p;

-- name: order_with_buyer()
-- One row inside of another.
-- Columns: id!, buyer{id! email! name! nickname?}!
SELECT p.id, jsonb_build_object('id', a.id, 'email', a.email, 'name', a.name, 'nickname', a.nickname) AS buyer FROM purchase AS p JOIN account AS a ON a.id = p.account_id;

-- name: task_with_its_owner()
-- One that may not be there.
-- Columns: id!, title!, owner{id! email! nickname?}?
SELECT t.id, t.title, CASE WHEN a.id IS NOT NULL THEN jsonb_build_object('id', a.id, 'email', a.email, 'nickname', a.nickname) END AS owner FROM task AS t LEFT JOIN account AS a ON a.id = t.account_id;

-- name: task_with_its_owner_by_lateral()
-- The same by LATERAL: the row that isn't there.
-- Columns: id!, owner{id! email! nickname?}?
SELECT t.id, o AS owner FROM task AS t LEFT JOIN LATERAL (SELECT a.id, a.email, a.nickname FROM account AS a WHERE a.id = t.account_id) AS o ON true;

-- name: category_with_products()
-- A list of rows by array_agg with FILTER.
-- Columns: id!, name!, products[{id! sku! price! cost?}!]!
SELECT c.id, c.name, coalesce(json_agg(json_build_object('id', d.id, 'sku', d.sku, 'price', d.price, 'cost', d.cost)) FILTER (WHERE d.id IS NOT NULL), '[]') AS products FROM category AS c LEFT JOIN product AS d ON d.category_id = c.id GROUP BY c.id, c.name;

-- name: products_by_category()
-- A dictionary.
-- Columns: names{*!}?, costs{*?}?
SELECT json_object_agg(sku, name) AS names, json_object_agg(sku, cost) AS costs FROM product;

-- name: page_with_its_total(size)
-- A page and how many there are in one object.
-- Columns: page{total! items[{id! title! note?}!]!}!
-- Parameters: size! by-rule
SELECT json_build_object('total', (SELECT count(*) FROM item), 'items', coalesce((SELECT json_agg(x) FROM (SELECT id, title, note FROM item ORDER BY id LIMIT :size) AS x), '[]')) AS page;

-- name: titles_of_the_orders()
-- Arrays of texts, of values that can't be NULL and of those that can.
-- Columns: account_id!, states[!]!, notes[?]!, given[!]?
SELECT account_id, array_agg(state ORDER BY id) AS states, array_agg(note ORDER BY id) AS notes, array_agg(note) FILTER (WHERE note IS NOT NULL) AS given FROM purchase GROUP BY account_id;

-- name: two_lists()
-- Two lists of one row, which a join would multiply.
-- Columns: id!, sales[{id! quantity! refund?}!]!, shelves[{id! place! height?}!]!
SELECT i.id, s.sales, h.shelves FROM item AS i CROSS JOIN LATERAL (SELECT coalesce(json_agg(json_build_object('id', s.id, 'quantity', s.quantity, 'refund', s.refund)), '[]') AS sales FROM sale AS s WHERE s.item_id = i.id) AS s CROSS JOIN LATERAL (SELECT coalesce(json_agg(json_build_object('id', h.id, 'place', h.place, 'height', h.height)), '[]') AS shelves FROM shelf AS h WHERE h.item_id = i.id) AS h;

-- name: tree_by_paths()
-- A tree with the path to each node.
-- Columns: id!, path[!]!, names[!]!
WITH RECURSIVE tree AS (
    SELECT id, ARRAY[id] AS path, ARRAY[name] AS names FROM category WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, t.path || c.id, t.names || c.name FROM category AS c JOIN tree AS t ON t.id = c.parent_id
)
SELECT id, path, names FROM tree;

-- name: children_of_each()
-- The children of each node, and of those without one.
-- Columns: id!, children[{id! name!}!]!, parent{id! name!}?
SELECT c.id, ARRAY(SELECT x FROM (SELECT b.id, b.name FROM category AS b WHERE b.parent_id = c.id) AS x) AS children, x AS parent FROM category AS c LEFT JOIN LATERAL (SELECT p.id, p.name FROM category AS p WHERE p.id = c.parent_id) AS x ON true;

-- name: latest_readings()
-- The last value of each sensor with its time.
-- Columns: sensor!, last{at! value? quality!}!
SELECT DISTINCT ON (sensor) sensor, json_build_object('at', at, 'value', value, 'quality', quality) AS last FROM reading ORDER BY sensor, at DESC;

-- name: totals_as_an_object()
-- Aggregates of a group in an object: those of columns that may be NULL may be.
-- Columns: item_id!, totals{sales! sold! refunded? buyers[!]!}!
SELECT item_id, jsonb_build_object('sales', count(*), 'sold', sum(quantity), 'refunded', sum(refund), 'buyers', coalesce(array_agg(DISTINCT buyer) FILTER (WHERE buyer IS NOT NULL), '{}')) AS totals FROM sale WHERE item_id IS NOT NULL GROUP BY item_id;

-- name: totals_of_everything()
-- Without groups a sum is NULL of no rows.
-- Columns: totals{sales! sold? last?}!
SELECT jsonb_build_object('sales', count(*), 'sold', sum(quantity), 'last', max(sold_at)) AS totals FROM sale;

-- name: create_order(account_id, note)
-- What was written comes back as a row in JSON.
-- Columns: made{id! account_id! state! total! note? coupon? ordered_at! paid_at? version!}!
-- Parameters: account_id!, note?
WITH made AS (INSERT INTO purchase (account_id, note, coupon, paid_at) SELECT :account_id, :note, CASE WHEN n = 1 THEN 'c' END, CASE WHEN n = 1 THEN now() END FROM generate_series(1, 2) AS n RETURNING *) SELECT to_jsonb(made) AS made FROM made;

-- name: move_jobs(worker)
-- A queue hands rows out.
-- Columns: job{id! kind! attempts! error?}!
-- Parameters: worker?
UPDATE job SET locked_by = :worker, attempts = attempts + 1 RETURNING json_build_object('id', id, 'kind', kind, 'attempts', attempts, 'error', error) AS job;

-- name: export_accounts()
-- A row without what nobody may see.
-- Columns: account{id! email! name! nickname? active!}!
SELECT to_jsonb(x) AS account FROM (SELECT id, email, name, nickname, active FROM account) AS x;

-- name: compact_accounts()
-- Without what is null.
-- Columns: account{id! email! nickname~ birthday~}!
SELECT jsonb_strip_nulls(jsonb_build_object('id', id, 'email', email, 'nickname', nickname, 'birthday', birthday)) AS account FROM account;

-- name: accounts_with_their_managers()
-- Rows of one table twice: composites in a row.
-- Columns: pair{person{id! name!}! manager{id! name!}?}!
SELECT x AS pair FROM (SELECT p AS person, m AS manager FROM (SELECT id, name, manager_id FROM account) AS a CROSS JOIN LATERAL (SELECT a.id, a.name) AS p LEFT JOIN LATERAL (SELECT b.id, b.name FROM account AS b WHERE b.id = a.manager_id) AS m ON true) AS x;

-- name: lines_with_running_totals()
-- Window values in objects.
-- Columns: line{no! price! running! before? share!}!
SELECT json_build_object('no', line, 'price', price, 'running', sum(price) OVER w, 'before', lag(price) OVER w, 'share', rank() OVER w) AS line FROM purchase_line WINDOW w AS (PARTITION BY purchase_id ORDER BY line);

-- name: products_with_tags(tags)
-- An array parameter in a list of rows.
-- Columns: accounts[{id! tags[?]! first?}!]!
-- Parameters: tags[!]! by-rule
SELECT coalesce(json_agg(json_build_object('id', id, 'tags', tags, 'first', nickname)), '[]') AS accounts FROM account WHERE tags && :tags AND array_ndims(tags) = 1;

-- name: addresses()
-- Composite values and lists of them.
-- Columns: id!, home{street? city? zip?}?, city?, homes[{street? city? zip?}!]!
SELECT a.id, a.home, (a.home).city AS city, ARRAY(SELECT b.home FROM account AS b WHERE NOT (b.home IS NULL)) AS homes FROM account AS a;

-- name: history()
-- UNION ALL of objects of one form.
-- Columns: event{kind! id! at! text?}!
SELECT json_build_object('kind', 'purchase', 'id', id, 'at', ordered_at, 'text', note) AS event FROM purchase
UNION ALL
SELECT json_build_object('kind', 'job', 'id', id, 'at', run_at, 'text', error) FROM job;
