-- Every column that may hold NULL holds it.
INSERT INTO item VALUES (1, 10, NULL, 'a', NULL, 'ok', NULL), (2, 20, NULL, 'b', NULL, 'sad', NULL);
INSERT INTO sale VALUES
    (1, 1, 1, NULL, NULL, '2024-01-01', NULL, true), (2, 2, 2, NULL, NULL, '2024-02-01', NULL, false),
    (3, NULL, 3, NULL, NULL, '2024-03-01', NULL, false);
INSERT INTO shelf VALUES (1, 1, 'left', NULL), (2, 2, 'right', NULL);
INSERT INTO account (id, email, name) VALUES (1, 'ann@a', 'ann'), (2, 'bob@a', 'bob');
INSERT INTO category VALUES (1, 'all', NULL), (2, 'toys', NULL);
INSERT INTO product VALUES (1, 'a', 'ball', NULL, 2.50, NULL, NULL, 0), (2, 'b', 'car', NULL, 20, NULL, NULL, 0);
INSERT INTO purchase VALUES
    (1, 1, 'open', 22.50, NULL, NULL, '2024-01-03', NULL, 1), (2, 2, 'paid', 20, NULL, NULL, '2024-02-03', NULL, 1);
INSERT INTO purchase_line VALUES (1, 1, 1, 1, 2.50, NULL), (1, 2, 2, 1, 20, NULL), (2, 1, 2, 1, 20, NULL);
INSERT INTO task (id, title) VALUES (1, 'a'), (2, 'b');
INSERT INTO job (id, kind, run_at) VALUES (1, 'mail', '2024-01-01'), (2, 'report', '2024-01-01');
INSERT INTO reading VALUES (1, '2024-01-01', NULL, 1), (1, '2024-01-02', NULL, 1), (2, '2024-01-01', NULL, 0.5);
INSERT INTO thing VALUES (
    1, 1, 2, 3.5, 4.5, 'text', 'short', false, '2024-01-01', '2024-01-01 10:00', '2024-01-01 10:00+00', '10:00', '1 day',
    '00000000-0000-0000-0000-000000000001', '{"a": null}', '{"a": null, "list": [null]}', '{1,NULL}', '{NULL}',
    '[1,)', '{}', '10.0.0.1', 'abc', '[(0,0),(2,2)]', '((0,0),(2,2))', 'cat:1', 'ok', ROW (NULL, NULL, NULL), 1,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO labelled VALUES (1, 'f', 'k', 'a', 's', NULL, NULL, 1), (2, 'f', 'k', 'a', 's', NULL, NULL, 1);
INSERT INTO checked VALUES (1, 1, 1, NULL, NULL, 1, 1, NULL), (2, 2, 2, NULL, NULL, 2, 2, NULL);
INSERT INTO mended VALUES (1, 'a'), (2, 'b');
INSERT INTO dropped VALUES (1, NULL, 1), (2, NULL, 1);
INSERT INTO defaults VALUES (1, NULL, NULL, NULL, NULL, NULL), (2, NULL, NULL, NULL, NULL, NULL);
INSERT INTO parcel (id, width) VALUES (1, 1), (2, 3);
INSERT INTO bundle VALUES (1, 1), (2, 2);
INSERT INTO stamped VALUES (1, 'a', NULL, '2024-01-01'), (2, 'b', NULL, '2024-01-01');
INSERT INTO guarded VALUES (1, NULL), (2, NULL);
INSERT INTO logged VALUES (1, NULL), (2, NULL);
INSERT INTO vehicle VALUES (1, NULL, NULL);
INSERT INTO car VALUES (2, NULL, NULL, 5);
INSERT INTO truck VALUES (3, 6, NULL);
INSERT INTO guard VALUES (1, 1, 1);
INSERT INTO guard_child VALUES (2, NULL, 2);
INSERT INTO part VALUES (1, 'a', NULL, 1), (2, NULL, NULL, 2);
INSERT INTO watched_rest VALUES (2, NULL);
INSERT INTO ranged VALUES ('2023-01-01', 1, NULL), ('2024-06-01', 2, NULL);
INSERT INTO listed VALUES
    (1, '{a}', NULL, '{NULL,d}', '{e}', NULL, NULL), (2, '{a}', NULL, '{NULL,d}', '{e}', ROW (NULL, NULL, '{NULL}'), ROW (NULL, NULL));
REFRESH MATERIALIZED VIEW m_item;
REFRESH MATERIALIZED VIEW m_sales;
