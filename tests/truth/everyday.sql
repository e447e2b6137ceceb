-- What a service asks of its database every day.

-- name: get_account(account_id)^
-- One row by its key.
-- Columns: id!, email!, name!, nickname?, verified?, created_at!, deleted_at?
-- Parameters: account_id!
SELECT id, email, name, nickname, verified, created_at, deleted_at FROM account WHERE id = :account_id;

-- name: find_account_by_email(email)^
-- By another key, in lower case.
-- Columns: id!, email!, nickname?
-- Parameters: email!
SELECT id, email, nickname FROM account WHERE lower(email) = lower(:email);

-- name: list_active_accounts(max_rows)
-- A list with a limit.
-- Columns: id!, name!, deleted_at?
-- Parameters: max_rows! by-rule
SELECT id, name, deleted_at FROM account WHERE active AND deleted_at IS NULL ORDER BY name LIMIT :max_rows;

-- name: page_of_accounts(after_id, max_rows)
-- A page after a key.
-- Columns: id!, name!, birthday?
-- Parameters: after_id!, max_rows! by-rule
SELECT id, name, birthday FROM account WHERE id > :after_id ORDER BY id LIMIT :max_rows;

-- name: search_accounts(term, active, since)
-- A search with options.
-- Columns: id!, name!, nickname?
-- Parameters: term?, active?, since?
SELECT id, name, nickname FROM account
WHERE
    (:term::text IS NULL OR name ILIKE '%' || :term || '%' OR email ILIKE '%' || :term || '%')
    AND (:active::boolean IS NULL OR active = :active)
    AND (:since::timestamptz IS NULL OR created_at >= :since)
ORDER BY name;

-- name: count_accounts()$
-- A number.
-- Columns: accounts!
SELECT count(*) AS accounts FROM account WHERE active;

-- name: account_exists(email)$
-- A question.
-- Columns: found!
-- Parameters: email! by-rule
SELECT EXISTS (SELECT FROM account WHERE email = :email) AS found;

-- name: display_names()
-- A name to show.
-- Columns: id!, shown!, initials!, nickname?
SELECT id, coalesce(nickname, name) AS shown, upper(left(name, 1)) AS initials, nickname FROM account;

-- name: age_of_accounts()
-- Ages of what has a birthday.
-- Columns: id!, birthday!, next!, nickname?
SELECT id, birthday, birthday + 365 AS next, nickname FROM account WHERE birthday IS NOT NULL;

-- name: create_account(email, name, nickname, birthday)<!
-- A new row with what was left out filled in.
-- Columns: id!, email!, name!, nickname?, birthday?, created_at!, active!
-- Parameters: email!, name!, nickname?, birthday?
-- Try: email = new@a
INSERT INTO account (email, name, nickname, birthday) VALUES (:email, :name, :nickname, :birthday)
RETURNING id, email, name, nickname, birthday, created_at, active;

-- name: upsert_account(email, name, nickname)<!
-- Make or change.
-- Columns: id!, inserted!, nickname?
-- Parameters: email!, name!, nickname?
INSERT INTO account (email, name, nickname) VALUES (:email, :name, :nickname)
ON CONFLICT (email) DO UPDATE SET name = excluded.name, nickname = excluded.nickname
RETURNING id, xmax = 0 AS inserted, nickname;

-- name: rename_account(account_id, name, nickname)^
-- Change by key.
-- Columns: id!, name!, nickname?
-- Parameters: account_id!, name!, nickname?
UPDATE account SET name = :name, nickname = :nickname WHERE id = :account_id RETURNING id, name, nickname;

-- name: patch_account(account_id, name, nickname)^
-- Change what is given.
-- Columns: id!, name!, nickname?
-- Parameters: account_id!, name?, nickname?
UPDATE account SET name = coalesce(:name, name), nickname = coalesce(:nickname, nickname) WHERE id = :account_id RETURNING id, name, nickname;

-- name: delete_softly(account_id)^
-- The mark that was just set is there.
-- Columns: id!, deleted_at!, nickname?
-- Parameters: account_id!
UPDATE account SET deleted_at = now(), active = false WHERE id = :account_id AND deleted_at IS NULL RETURNING id, deleted_at, nickname;

-- name: restore_account(account_id)!
-- Without a result.
-- Parameters: account_id!
UPDATE account SET deleted_at = NULL, active = true WHERE id = :account_id;

-- name: purge_deleted(before, batch)!
-- A batch of old rows by their place.
-- Parameters: before!, batch! by-rule
-- Try: before = infinity
DELETE FROM task WHERE ctid IN (SELECT t.ctid FROM task AS t WHERE t.due_on < :before::date OR t.parent_id IS NULL AND t.due_on < :before::date LIMIT :batch)
AND NOT EXISTS (SELECT FROM task AS child WHERE child.parent_id = task.id);

-- name: managers()
-- Who leads whom.
-- Columns: id!, name!, boss?, team!
SELECT a.id, a.name, m.name AS boss, (SELECT count(*) FROM account AS r WHERE r.manager_id = a.id) AS team
FROM account AS a LEFT JOIN account AS m ON m.id = a.manager_id;

-- name: who_have_a_manager()
-- Only those who are led.
-- Columns: id!, manager_id!, boss!, nickname?
SELECT a.id, a.manager_id, m.name AS boss, a.nickname FROM account AS a JOIN account AS m ON m.id = a.manager_id;

-- name: set_manager(account_id, manager_id)!
-- A nullable reference.
-- Parameters: account_id!, manager_id?
-- Try: manager_id = 1
UPDATE account SET manager_id = :manager_id WHERE id = :account_id;

-- name: accounts_by_ids(ids)
-- In the order that was asked for.
-- Columns: place!, id!, nickname?
-- Parameters: ids[!]! elements-by-rule
SELECT wanted.place, a.id, a.nickname
FROM unnest(:ids::bigint[]) WITH ORDINALITY AS wanted (id, place) JOIN account AS a ON a.id = wanted.id ORDER BY wanted.place;

-- name: accounts_with_a_tag(tag)
-- By a tag.
-- Columns: id!, tags!, flags?
-- Parameters: tag!
SELECT id, tags, flags FROM account WHERE tags @> ARRAY[:tag::text] AND :tag <> '';

-- name: add_tag(account_id, tag)^
-- A tag more, once; array_append takes None, and NOT (x = ANY (…)) lets it pass where there is no tag yet.
-- Columns: id!, tags!, flags?
-- Parameters: account_id!, tag?
UPDATE account SET tags = array_append(tags, :tag::text) WHERE id = :account_id AND NOT :tag = ANY (tags) RETURNING id, tags, flags;

-- name: tag_cloud()
-- How often each tag is used; a tag may be NULL in its array.
-- Columns: tag?, uses!
SELECT t.tag, count(*) AS uses FROM account AS a CROSS JOIN LATERAL unnest(a.tags) AS t (tag) GROUP BY t.tag ORDER BY uses DESC;

-- name: setting_of_an_account(account_id, key)^
-- A member of a document.
-- Columns: value?, whole!
-- Parameters: account_id!, key! by-rule
SELECT profile ->> :key::text AS value, profile AS whole FROM account WHERE id = :account_id;

-- name: merge_settings(account_id, patch)^
-- Documents merged.
-- Columns: id!, profile!, extra?
-- Parameters: account_id!, patch!
UPDATE account SET profile = profile || :patch::jsonb WHERE id = :account_id RETURNING id, profile, extra;

-- name: city_of_accounts()
-- A field of a composite column.
-- Columns: id!, city?, label!
SELECT id, (home).city AS city, coalesce((home).city, 'nowhere') AS label FROM account;

-- name: account_with_orders(account_id)
-- One account with its orders, if any.
-- Columns: id!, name!, purchase_id?, state?, total?
-- Parameters: account_id!
SELECT a.id, a.name, p.id AS purchase_id, p.state, p.total FROM account AS a LEFT JOIN purchase AS p ON p.account_id = a.id WHERE a.id = :account_id;

-- name: orders_of_accounts()
-- Orders with their accounts, always.
-- Columns: id!, name!, state!, note?, paid_at?
SELECT p.id, a.name, p.state, p.note, p.paid_at FROM purchase AS p JOIN account AS a ON a.id = p.account_id;

-- name: order_totals()
-- The sum of the lines of each order.
-- Columns: id!, lines!, amount!, rebate?
SELECT p.id, count(*) AS lines, sum(l.quantity * l.price) AS amount, sum(l.rebate) AS rebate
FROM purchase AS p JOIN purchase_line AS l ON l.purchase_id = p.id GROUP BY p.id;

-- name: order_totals_with_empty_ones()
-- Also of orders without lines.
-- Columns: id!, lines!, amount!, raw?
SELECT p.id, count(l.line) AS lines, coalesce(sum(l.quantity * l.price), 0) AS amount, sum(l.quantity * l.price) AS raw
FROM purchase AS p LEFT JOIN purchase_line AS l ON l.purchase_id = p.id GROUP BY p.id;

-- name: order_with_lines(purchase_id)^
-- An order with its lines as a document.
-- Columns: id!, total!, lines!, note?
-- Parameters: purchase_id!
SELECT
    p.id, p.total,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('line', l.line, 'rebate', l.rebate) ORDER BY l.line), '[]') FROM purchase_line AS l WHERE l.purchase_id = p.id) AS lines,
    p.note
FROM purchase AS p WHERE p.id = :purchase_id;

-- name: line_details()
-- Lines with products and categories; a product need not have one.
-- Columns: purchase_id!, sku!, product!, category?, net!, rebate?
SELECT l.purchase_id, d.sku, d.name AS product, c.name AS category, l.quantity * l.price - coalesce(l.rebate, 0) AS net, l.rebate
FROM purchase_line AS l JOIN product AS d ON d.id = l.product_id LEFT JOIN category AS c ON c.id = d.category_id;

-- name: create_order(account_id, note, coupon)<!
-- A new order.
-- Columns: id!, state!, total!, note?, coupon?, ordered_at!, paid_at?
-- Parameters: account_id!, note?, coupon?
INSERT INTO purchase (account_id, note, coupon) VALUES (:account_id, :note, :coupon) RETURNING id, state, total, note, coupon, ordered_at, paid_at;

-- name: create_order_with_lines(account_id, product_ids, quantities)
-- An order and its lines in one statement; a price comes from the product.
-- Columns: purchase_id!, line!, price!, rebate?
-- Parameters: account_id!, product_ids[!]! elements-by-rule, quantities[!]!
-- Try: product_ids = {1,2}
-- Try: quantities = {1,1}
WITH new_order AS (INSERT INTO purchase (account_id) VALUES (:account_id) RETURNING id)
INSERT INTO purchase_line (purchase_id, line, product_id, quantity, price)
SELECT n.id, w.line, d.id, w.quantity, d.price
FROM new_order AS n, unnest(:product_ids::integer[], :quantities::integer[]) WITH ORDINALITY AS w (product_id, quantity, line)
JOIN product AS d ON d.id = w.product_id
RETURNING purchase_id, line, price, rebate;

-- name: pay_order(purchase_id, version)^
-- An optimistic lock, and a time that was just set.
-- Columns: id!, paid_at!, version!, note?
-- Parameters: purchase_id!, version!
UPDATE purchase SET state = 'paid', paid_at = now(), version = version + 1 WHERE id = :purchase_id AND version = :version AND state = 'open'
RETURNING id, paid_at, version, note;

-- name: paid_orders()
-- How long it took; the time of payment was tested.
-- Columns: id!, paid_at!, took!, note?
SELECT id, paid_at, paid_at - ordered_at AS took, note FROM purchase WHERE paid_at IS NOT NULL AND isfinite(paid_at) AND isfinite(ordered_at);

-- name: orders_in_states(states)
-- By a list of states.
-- Columns: id!, state!, coupon?
-- Parameters: states[!]!
-- Try: states = {open,paid}
SELECT id, state, coupon FROM purchase WHERE state = ANY (:states::state[]);

-- name: label_of_orders()
-- A label for each state.
-- Columns: id!, label!, short?
SELECT
    id, CASE state WHEN 'open' THEN 'Open' WHEN 'paid' THEN 'Paid' ELSE 'Gone' END AS label,
    CASE state WHEN 'open' THEN 'O' WHEN 'paid' THEN 'P' END AS short
FROM purchase;

-- name: revenue_by_month(since)
-- Sums by month.
-- Columns: month!, orders!, revenue!, first_payment?
-- Parameters: since!
SELECT date_trunc('month', ordered_at) AS month, count(*) AS orders, sum(total) AS revenue, min(paid_at) AS first_payment
FROM purchase WHERE ordered_at >= :since GROUP BY 1 ORDER BY 1;

-- name: revenue_with_change()
-- Each month against the one before.
-- Columns: month!, revenue!, previous?, change?
WITH monthly AS (SELECT date_trunc('month', ordered_at) AS month, sum(total) AS revenue FROM purchase GROUP BY 1)
SELECT month, revenue, lag(revenue) OVER w AS previous, revenue - lag(revenue) OVER w AS change FROM monthly WINDOW w AS (ORDER BY month);

-- name: revenue_without_gaps()
-- Days without an order as well.
-- Columns: day!, orders!, revenue!, biggest?
SELECT d.day, count(p.id) AS orders, coalesce(sum(p.total), 0) AS revenue, max(p.total) AS biggest
FROM generate_series('2024-01-01'::date, '2024-01-05', interval '1 day') AS d (day)
LEFT JOIN purchase AS p ON p.ordered_at >= d.day AND p.ordered_at < d.day + interval '1 day'
GROUP BY d.day;

-- name: top_customers(least)
-- Who bought for more than that.
-- Columns: id!, name!, spent!, orders!, nickname?
-- Parameters: least!
SELECT a.id, a.name, sum(p.total) AS spent, count(*) AS orders, a.nickname
FROM account AS a JOIN purchase AS p ON p.account_id = a.id GROUP BY a.id HAVING sum(p.total) >= :least;

-- name: latest_order_of_each()
-- The last order of every account, if any.
-- Columns: id!, purchase_id?, ordered_at?, days!
SELECT a.id, last.id AS purchase_id, last.ordered_at, coalesce(now()::date - last.ordered_at::date, -1) AS days
FROM account AS a
LEFT JOIN LATERAL (SELECT p.id, p.ordered_at FROM purchase AS p WHERE p.account_id = a.id AND isfinite(p.ordered_at) ORDER BY p.ordered_at DESC LIMIT 1) AS last ON true;

-- name: statistics_of_each()
-- Figures beside every account.
-- Columns: id!, orders!, biggest?, open_orders!
SELECT a.id, s.orders, s.biggest, s.open_orders
FROM account AS a
LEFT JOIN LATERAL (
    SELECT count(*) AS orders, max(p.total) AS biggest, count(*) FILTER (WHERE p.state = 'open') AS open_orders
    FROM purchase AS p WHERE p.account_id = a.id
) AS s ON true;

-- name: dashboard()^
-- Figures in one row.
-- Columns: accounts!, orders!, revenue!, biggest?, newest?
SELECT
    (SELECT count(*) FROM account) AS accounts, (SELECT count(*) FROM purchase) AS orders,
    (SELECT coalesce(sum(total), 0) FROM purchase) AS revenue, (SELECT max(total) FROM purchase) AS biggest,
    (SELECT name FROM account ORDER BY created_at DESC LIMIT 1) AS newest;

-- name: products_in_stock(category_id, ceiling)
-- A list with optional filters.
-- Columns: id!, sku!, price!, description?, category?
-- Parameters: category_id?, ceiling?
SELECT d.id, d.sku, d.price, d.description, c.name AS category
FROM product AS d LEFT JOIN category AS c ON c.id = d.category_id
WHERE d.stock > 0 AND (:category_id::integer IS NULL OR d.category_id = :category_id) AND (:ceiling::numeric IS NULL OR d.price <= :ceiling);

-- name: margins()
-- A ratio with a guard.
-- Columns: id!, price!, margin?, known!
SELECT id, price, round((price - cost) / nullif(price, 0), 2) AS margin, coalesce(round((price - cost) / nullif(price, 0), 2), 0) AS known FROM product;

-- name: reserve_stock(product_id, quantity)^
-- A guarded update.
-- Columns: id!, stock!, cost?
-- Parameters: product_id!, quantity!
UPDATE product SET stock = stock - :quantity WHERE id = :product_id AND stock >= :quantity RETURNING id, stock, cost;

-- name: import_products(skus, names, prices)!
-- A batch by arrays.
-- Parameters: skus[!]!, names[!]!, prices[!]!
-- Try: skus = {new1,new2}
-- Try: names = {a,b}
-- Try: prices = {1,2}
INSERT INTO product (sku, name, price) SELECT u.sku, u.name, u.price FROM unnest(:skus::text[], :names::text[], :prices::numeric[]) AS u (sku, name, price)
ON CONFLICT (sku) DO UPDATE SET price = excluded.price;

-- name: reprice(factor)
-- A change and what was before, by a join with itself.
-- Columns: id!, before!, after!, cost?
-- Parameters: factor!
UPDATE product AS new SET price = round(new.price * :factor, 2) FROM product AS old WHERE old.id = new.id
RETURNING new.id, old.price AS before, new.price AS after, new.cost;

-- name: category_tree()
-- Categories with their paths.
-- Columns: id!, path!, parent_id?, depth!
WITH RECURSIVE tree AS (
    SELECT id, name::text AS path, parent_id, 1 AS depth FROM category WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, t.path || ' / ' || c.name, c.parent_id, t.depth + 1 FROM category AS c JOIN tree AS t ON t.id = c.parent_id
)
SELECT id, path, parent_id, depth FROM tree ORDER BY path;

-- name: open_tasks(account_id)
-- What is to be done, those without a day last.
-- Columns: id!, title!, due_on?, overdue?, urgent!
-- Parameters: account_id!
SELECT id, title, due_on, due_on < current_date AS overdue, coalesce(due_on < current_date, false) AS urgent
FROM task WHERE account_id = :account_id AND done_at IS NULL ORDER BY due_on NULLS LAST;

-- name: tasks_of_nobody(account_id)
-- A filter that takes None for nobody.
-- Columns: id!, account_id?, title!
-- Parameters: account_id?
SELECT id, account_id, title FROM task WHERE account_id IS NOT DISTINCT FROM :account_id;

-- name: create_task(title, body, account_id, due_on, estimate)<!
-- A row of optional columns.
-- Columns: id!, title!, body?, account_id?, due_on?, priority!, estimate?
-- Parameters: title!, body?, account_id?, due_on?, estimate?
INSERT INTO task (title, body, account_id, due_on, estimate) VALUES (:title, :body, :account_id, :due_on, :estimate)
RETURNING id, title, body, account_id, due_on, priority, estimate;

-- name: finish_task(task_id)^
-- Set if it isn't yet.
-- Columns: id!, done_at!, body?
-- Parameters: task_id!
UPDATE task SET done_at = coalesce(done_at, now()) WHERE id = :task_id RETURNING id, done_at, body;

-- name: tasks_with_subtasks()
-- Each task with the titles below it.
-- Columns: id!, title!, below!, first_below?
SELECT
    t.id, t.title, ARRAY(SELECT c.title FROM task AS c WHERE c.parent_id = t.id ORDER BY c.id) AS below,
    (SELECT c.title FROM task AS c WHERE c.parent_id = t.id ORDER BY c.id LIMIT 1) AS first_below
FROM task AS t;

-- name: workload()
-- Sums with a fallback over a left join.
-- Columns: name!, tasks!, hours!, next_due?
SELECT a.name, count(t.id) AS tasks, coalesce(sum(t.estimate), 0) AS hours, min(t.due_on) AS next_due
FROM account AS a LEFT JOIN task AS t ON t.account_id = a.id AND t.done_at IS NULL GROUP BY a.id, a.name;

-- name: enqueue(kind, payload, run_at)<!
-- A job with a default moment.
-- Columns: id!, run_at!, payload!, locked_by?
-- Parameters: kind!, payload!, run_at?
INSERT INTO job (kind, payload, run_at) VALUES (:kind, :payload, coalesce(:run_at, now())) RETURNING id, run_at, payload, locked_by;

-- name: claim_jobs(worker, batch)
-- Jobs taken: who took them was just set, and may be None as far as the column goes.
-- Columns: id!, kind!, payload!, locked_by?, locked_at!, attempts!, error?
-- Parameters: worker?, batch! by-rule
UPDATE job SET locked_by = :worker, locked_at = now(), attempts = attempts + 1
WHERE id IN (SELECT j.id FROM job AS j WHERE j.locked_at IS NULL AND j.run_at <= now() ORDER BY j.run_at LIMIT :batch FOR UPDATE SKIP LOCKED)
RETURNING id, kind, payload, locked_by, locked_at, attempts, error;

-- name: fail_job(job_id, error)!
-- What went wrong, and when to try again.
-- Parameters: job_id!, error?
UPDATE job SET error = :error, locked_by = NULL, locked_at = NULL, run_at = now() + interval '1 minute' * power(2, least(attempts, 10)) WHERE id = :job_id;

-- name: stuck_jobs(age)
-- What has been locked too long.
-- Columns: id!, locked_at!, since!, locked_by?
-- Parameters: age!
SELECT id, locked_at, now() - locked_at AS since, locked_by FROM job WHERE locked_at < now() - :age::interval;

-- name: complete_jobs(ids)
-- Deleted and counted.
-- Columns: done!, last?
-- Parameters: ids[!]! by-rule
WITH gone AS (DELETE FROM job WHERE id = ANY (:ids) RETURNING id) SELECT count(*) AS done, max(id) AS last FROM gone;

-- name: latest_readings()
-- The last reading of each sensor.
-- Columns: sensor!, at!, value?, quality!
SELECT DISTINCT ON (sensor) sensor, at, value, quality FROM reading ORDER BY sensor, at DESC;

-- name: hourly_readings(sensor)
-- Averages of what was measured.
-- Columns: bucket!, readings!, average?, quality!
-- Parameters: sensor!
SELECT date_trunc('hour', at) AS bucket, count(*) AS readings, avg(value) AS average, avg(quality) AS quality FROM reading WHERE sensor = :sensor GROUP BY 1;

-- name: moving_average()
-- Over the last three readings that have a value.
-- Columns: sensor!, value!, average!, before?
SELECT sensor, value, avg(value) OVER (PARTITION BY sensor ORDER BY at ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS average, lag(value) OVER (PARTITION BY sensor ORDER BY at) AS before
FROM reading WHERE value IS NOT NULL;

-- name: record_reading(sensor, at, value)!
-- A measurement that may be missing.
-- Parameters: sensor!, at!, value?
INSERT INTO reading (sensor, at, value) VALUES (:sensor, :at, :value) ON CONFLICT (sensor, at) DO UPDATE SET value = coalesce(excluded.value, reading.value);

-- name: compare_with_plan()
-- Two lists side by side, each with what the other lacks.
-- Columns: id!, ours?, theirs?, difference!
SELECT coalesce(i.id, f.id) AS id, i.title AS ours, f.place AS theirs, coalesce(i.price, 0) - coalesce(f.height, 0) AS difference
FROM item AS i FULL JOIN shelf AS f ON f.id = i.id;

-- name: sales_report()
-- Sums by title and buyer, with totals.
-- Columns: title?, sold?, sales!, level!
SELECT i.title, sum(s.quantity) AS sold, count(*) AS sales, grouping(i.title) AS level FROM item AS i JOIN sale AS s ON s.item_id = i.id GROUP BY ROLLUP (i.title);

-- name: unsold_items()
-- An anti-join.
-- Columns: id!, title!, note?
SELECT i.id, i.title, i.note FROM item AS i WHERE NOT EXISTS (SELECT FROM sale AS s WHERE s.item_id = i.id);

-- name: buyers()
-- Everybody who bought, once.
-- Columns: buyer!, sales!, refunded?
SELECT buyer, count(*) AS sales, sum(refund) AS refunded FROM sale WHERE buyer IS NOT NULL GROUP BY buyer;

-- name: ranks()
-- Ranks by two orders.
-- Columns: id!, by_price!, by_discount!, discount?
SELECT id, rank() OVER (ORDER BY price DESC) AS by_price, rank() OVER (ORDER BY discount DESC NULLS LAST) AS by_discount, discount FROM item;

-- name: median_price()^
-- Quantiles of all, of which there may be none.
-- Columns: median?, items!
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS median, count(*) AS items FROM item;

-- name: name_and_address()
-- A text of parts of which some are missing.
-- Columns: id!, line!, strict?
SELECT id, concat_ws(', ', name, nickname, (home).city) AS line, name || ' (' || nickname || ')' AS strict FROM account;

-- name: health()$
-- Is it there?
-- Columns: alive!
SELECT 1 AS alive;

-- name: move_balance(from_id, to_id, amount)
-- Two rows at once: None for one account leaves the other's, which is no use by rule.
-- Columns: id!, balance!, credit?
-- Parameters: from_id! by-rule, to_id! by-rule, amount!
UPDATE account AS a SET balance = a.balance + m.change
FROM (SELECT :from_id::bigint AS id, -:amount::numeric AS change UNION ALL SELECT :to_id::bigint, :amount::numeric) AS m
WHERE a.id = m.id RETURNING a.id, a.balance, a.credit;

-- name: next_ticket()$
-- A number from a sequence.
-- Columns: ticket!
SELECT nextval('ticket') AS ticket;

-- name: lock_account(account_id)^
-- A row for update.
-- Columns: id!, balance!, credit?
-- Parameters: account_id!
SELECT id, balance, credit FROM account WHERE id = :account_id FOR UPDATE;

-- name: emails_of_team(manager_id)
-- A list in one text.
-- Columns: emails?, members!
-- Parameters: manager_id! by-rule
SELECT string_agg(email, ', ' ORDER BY email) AS emails, count(*) AS members FROM account WHERE manager_id = :manager_id;

-- name: tables_of_the_catalog()
-- What the catalog says of tables.
-- Columns: name!, rows!, owner!, comment?
SELECT c.relname AS name, c.reltuples AS rows, c.relowner AS owner, obj_description(c.oid, 'pg_class') AS comment
FROM pg_class AS c WHERE c.relkind IN ('r', 'v');
