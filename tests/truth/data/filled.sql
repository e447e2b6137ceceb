-- Every column of every row is filled, and every row has its counterpart.
INSERT INTO item VALUES
    (1, 10, 1, 'a', 'x', 'ok', 'sad'), (2, 20, 2, 'b', 'y', 'happy', 'ok'), (3, 30, 3, 'c', 'z', 'sad', 'happy');
INSERT INTO sale VALUES
    (1, 1, 1, 1, 'ann', '2024-01-01', true, true),
    (2, 2, 2, 2, 'bob', '2024-02-01', true, false),
    (3, 3, 3, 3, 'ann', '2024-03-01', false, true);
INSERT INTO shelf VALUES (1, 1, 'left', 1), (2, 2, 'right', 2), (3, 3, 'top', 3);
INSERT INTO account VALUES
    (1, 'ann@a', 'ann', 'an', NULL, true, true, '2024-01-01', '2030-01-01', '1990-01-01', 5, 10,
        '{a,b}', '{x}', '{"a": 1, "b": {"c": "d"}, "list": [1, 2]}', '{"a": "x"}', ROW ('s', 'c', 'z')),
    (2, 'bob@a', 'bob', 'bo', 1, true, false, '2024-01-02', '2030-01-02', '1991-01-01', 6, 20,
        '{b}', '{y}', '{"a": 2, "b": {"c": "e"}, "list": [3]}', '{"a": "y"}', ROW ('t', 'd', 'y'));
INSERT INTO category VALUES (1, 'all', NULL), (2, 'toys', 1), (3, 'cars', 2);
INSERT INTO product VALUES
    (1, 'a', 'ball', 'round', 2.50, 1, 2, 5), (2, 'b', 'car', 'red', 20, 9, 3, 7);
INSERT INTO purchase VALUES
    (1, 1, 'open', 22.50, 'n', 'c1', '2024-01-03', '2024-01-04', 1),
    (2, 2, 'paid', 20, 'm', 'c2', '2024-02-03', '2024-02-04', 1);
INSERT INTO purchase_line VALUES (1, 1, 1, 1, 2.50, 0.5), (1, 2, 2, 1, 20, 1), (2, 1, 2, 1, 20, 2);
INSERT INTO task VALUES
    (1, 1, NULL, 'a', 'body', '2024-01-01', '2024-01-02', 1, 3), (2, 2, 1, 'b', 'body', '2024-02-01', '2024-02-02', 2, 5);
INSERT INTO job VALUES
    (1, 'mail', '{"to": "ann"}', '2024-01-01', 'w1', '2024-01-01', 1, 'late'),
    (2, 'report', '{"to": "bob"}', '2024-01-02', 'w2', '2024-01-02', 2, 'lost');
INSERT INTO reading VALUES (1, '2024-01-01', 1.5, 1), (1, '2024-01-02', 2.5, 1), (2, '2024-01-01', 3.5, 0.5);
INSERT INTO thing VALUES (
    1, 1, 2, 3.5, 4.5, 'text', 'short', true, '2024-01-01', '2024-01-01 10:00', '2024-01-01 10:00+00', '10:00', '1 day',
    '00000000-0000-0000-0000-000000000001', '{"a": 1}', '{"a": 1, "b": {"c": "d"}, "list": [1, "x"]}', '{1,2}', '{a,b}',
    '[1,5)', '{[1,5)}', '10.0.0.1', 'abc', '[(0,0),(2,2)]', '((0,0),(2,2))', 'cat:1', 'ok', ROW ('s', 'c', 'z'), 1,
    1, 3.5, 'text', true, '2024-01-01', '2024-01-01', '1 day', '{"a": 1}', '{1,2}', '[1,5)', ROW ('s', 'c', 'z'), 1);
INSERT INTO labelled VALUES (1, 'f', 'k', 'a', 's', 1, 1, 1), (2, 'f', 'k', 'a', 's', 2, 2, 2);
INSERT INTO checked VALUES (1, 1, 1, 1, 1, 1, 1, 1), (2, 2, 2, 2, 2, 2, 2, 2);
INSERT INTO mended VALUES (1, 'a'), (2, 'b');
INSERT INTO dropped VALUES (1, 1, 1), (2, 2, 2);
INSERT INTO defaults VALUES (1, 1, '2024-01-01', 1, 1, 1), (2, 2, '2024-01-01', 2, 2, 2);
INSERT INTO parcel (id, width, height) VALUES (1, 1, 2), (2, 3, 4);
INSERT INTO bundle VALUES (1, 1), (2, 2);
INSERT INTO stamped VALUES (1, 'a', 'n', '2024-01-01'), (2, 'b', 'n', '2024-01-01');
INSERT INTO guarded VALUES (1, 'a'), (2, 'b');
INSERT INTO logged VALUES (1, 'a'), (2, 'b');
INSERT INTO vehicle VALUES (1, 2, 'ann');
INSERT INTO car VALUES (2, 4, 'bob', 5);
INSERT INTO truck VALUES (3, 6, 'cat');
INSERT INTO guard VALUES (1, 1, 1);
INSERT INTO guard_child VALUES (2, 2, 2);
INSERT INTO part VALUES (1, 'a', 1, 1), (2, 'b', 2, 2);
INSERT INTO watched_rest VALUES (2, 'b');
INSERT INTO ranged VALUES ('2023-01-01', 1, 'r'), ('2024-06-01', 2, 's');
INSERT INTO listed VALUES
    (1, '{a,b}', '{c}', '{d}', '{e}', ROW (ROW (1, 'eur'), ROW (2, 'eur'), '{x}'), ROW (1, 'z')),
    (2, '{a}', '{c}', '{d}', '{e}', ROW (ROW (1, 'eur'), ROW (2, 'eur'), '{x}'), ROW (1, 'z'));
REFRESH MATERIALIZED VIEW m_item;
REFRESH MATERIALIZED VIEW m_sales;
