-- NULL and value side by side in every combination, as the bits of a number say.
INSERT INTO item
SELECT
    n, n * 10, CASE WHEN n & 1 = 0 THEN n / 2 + 1 END, chr(96 + n), CASE WHEN n & 2 = 0 THEN chr(119 + n) END,
    'ok', CASE WHEN n & 4 = 0 THEN 'sad'::mood END
FROM generate_series(1, 8) AS n;
INSERT INTO sale
SELECT
    n, CASE WHEN n & 1 = 0 THEN n / 2 END, n, CASE WHEN n & 2 = 0 THEN n END,
    CASE WHEN n & 4 = 0 THEN (ARRAY['a', 'ann', 'x'])[n % 3 + 1] END, '2024-01-01'::timestamptz + n * interval '1 day',
    CASE WHEN n & 8 = 0 THEN n % 3 > 0 END, n % 2 = 0
FROM generate_series(1, 16) AS n;
INSERT INTO shelf SELECT n, n % 4 + 1, 'p' || n, CASE WHEN n & 1 = 0 THEN n END FROM generate_series(10, 20) AS n;
INSERT INTO account (id, email, name, nickname, manager_id, active, verified, deleted_at, birthday, credit, balance,
    tags, flags, profile, extra, home)
SELECT
    n, 'a' || n, chr(96 + n), CASE WHEN n & 1 = 0 THEN 'x' END, CASE WHEN n & 2 = 2 THEN n / 2 END, n % 5 > 0,
    CASE WHEN n & 4 = 0 THEN n % 2 = 0 END, CASE WHEN n & 3 = 3 THEN '2024-01-01'::timestamptz END,
    CASE WHEN n & 5 = 5 THEN '1990-01-01'::date + n END, CASE WHEN n & 3 = 1 THEN n END, n * 3,
    CASE WHEN n & 1 = 0 THEN '{a,x}'::text[] ELSE '{}' END, CASE WHEN n & 6 = 2 THEN '{a,x}'::text[] END,
    CASE WHEN n & 2 = 0 THEN '{"a": "a"}'::jsonb ELSE '{}' END, CASE WHEN n & 6 = 4 THEN '{"a": 1}'::jsonb END,
    CASE WHEN n & 1 = 1 THEN ROW ('s', CASE WHEN n & 2 = 0 THEN 'c' END, CASE WHEN n & 4 = 0 THEN 'z' END)::address END
FROM generate_series(1, 16) AS n;
INSERT INTO category SELECT n, chr(96 + n), CASE WHEN n > 1 THEN n / 2 END FROM generate_series(1, 8) AS n;
INSERT INTO product
SELECT
    n, chr(96 + n), 'p' || n, CASE WHEN n & 1 = 0 THEN 'd' END, n * 2, CASE WHEN n & 2 = 0 THEN n END,
    CASE WHEN n & 4 = 0 THEN n END, n
FROM generate_series(1, 8) AS n;
INSERT INTO purchase
SELECT
    n, n % 4 + 1, (ARRAY['open', 'paid', 'shipped', 'cancelled'])[n % 4 + 1]::state, n,
    CASE WHEN n & 1 = 0 THEN 'a' END, CASE WHEN n & 2 = 0 THEN 'c' END, '2024-01-01'::timestamptz + n * interval '1 day',
    CASE WHEN n & 4 = 0 THEN '2024-02-01'::timestamptz END, 1
FROM generate_series(1, 16) AS n;
INSERT INTO purchase_line
SELECT n, line, (n + line) % 8 + 1, line, n, CASE WHEN line = 1 THEN 0.5 END
FROM generate_series(1, 12) AS n, generate_series(1, 2) AS line;
INSERT INTO task
SELECT
    n, CASE WHEN n & 1 = 0 THEN n END, CASE WHEN n & 2 = 2 THEN n / 2 END, chr(96 + n), CASE WHEN n & 4 = 0 THEN 'b' END,
    CASE WHEN n & 3 = 1 THEN '2024-01-01'::date END, CASE WHEN n & 6 = 2 THEN '2024-01-01'::timestamptz END, n,
    CASE WHEN n & 5 = 0 THEN n END
FROM generate_series(1, 16) AS n;
INSERT INTO job
SELECT
    n, 'a', '{}', '2024-01-01', CASE WHEN n & 1 = 0 THEN 'a' END, CASE WHEN n & 2 = 0 THEN '2024-01-01'::timestamptz END,
    n, CASE WHEN n & 4 = 0 THEN 'e' END
FROM generate_series(1, 8) AS n;
INSERT INTO reading
SELECT n % 3, '2024-01-01'::timestamptz + n * interval '1 hour', CASE WHEN n & 1 = 0 THEN n END, n
FROM generate_series(1, 12) AS n;
INSERT INTO labelled
SELECT n, 'f', 'k', 'a', 's', CASE WHEN n & 1 = 0 THEN n END, CASE WHEN n & 2 = 0 THEN n END, n
FROM generate_series(1, 4) AS n;
INSERT INTO parcel SELECT n, n, CASE WHEN n & 1 = 0 THEN n END FROM generate_series(1, 4) AS n;
REFRESH MATERIALIZED VIEW m_item;
REFRESH MATERIALIZED VIEW m_sales;
