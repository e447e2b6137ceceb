-- Rows of every sort side by side: matched and not, filled and not.
INSERT INTO item VALUES
    (1, 10, 1, 'a', 'x', 'ok', 'sad'), (2, 20, NULL, 'b', NULL, 'sad', NULL), (3, 30, 3, 'c', NULL, 'ok', NULL),
    (4, 1, NULL, 'a', 'a', 'happy', 'ok'), (5, 2, 2, 'x', 'ann', 'ok', NULL), (6, 1, 1, 'ann', NULL, 'ok', 'ok'),
    (7, 100, NULL, 'd', 'd', 'ok', 'sad');
INSERT INTO sale VALUES
    (1, 1, 1, 1, 'ann', '2024-01-01', true, true), (2, 1, 2, NULL, NULL, '2024-01-01', NULL, false),
    (3, 2, 1, 2, 'bob', '2024-02-01', false, true), (4, NULL, 1, 1, 'ann', '2024-02-01', true, false),
    (5, NULL, 7, NULL, NULL, '2024-03-01', NULL, false), (6, 3, 2, NULL, 'x', '2024-03-01', NULL, true),
    (7, 5, 2, 1, 'a', '2024-03-01', true, true), (8, 3, 5, 2, NULL, '2024-03-01', NULL, false);
INSERT INTO shelf VALUES (1, 1, 'left', NULL), (2, 2, 'right', 2), (3, 2, 'a', 1), (4, 3, 'ann', NULL), (7, 7, 'x', NULL);
INSERT INTO account (id, email, name, nickname, manager_id, active, verified, deleted_at, birthday, credit, balance,
    tags, flags, profile, extra, home) VALUES
    (1, 'ann@a', 'ann', 'an', NULL, true, true, NULL, '1990-01-01', 5, 10, '{a,b}', '{a,NULL}',
        '{"a": 1, "b": {"c": "d"}, "list": [1, null]}', NULL, ROW ('s', NULL, 'z')),
    (2, 'bob@a', 'bob', NULL, 1, true, NULL, NULL, NULL, NULL, 20, '{}', NULL, '{"a": "a"}', '{"a": null}', NULL),
    (3, 'a', 'a', NULL, 1, false, false, '2024-05-05', '2000-02-29', 0, -5, '{NULL,a}', '{}', '{}', '{}',
        ROW (NULL, NULL, NULL)),
    (4, 'dan@a', 'dan', 'x', 2, true, false, NULL, NULL, NULL, 0, '{a}', NULL, '{"a": null}', '[]', NULL);
INSERT INTO category VALUES (1, 'all', NULL), (2, 'toys', 1), (3, 'cars', 2), (4, 'a', NULL);
INSERT INTO product VALUES
    (1, 'a', 'ball', 'round', 2.50, 1, 2, 5), (2, 'b', 'car', NULL, 20, NULL, 3, 0), (3, 'x', 'a', NULL, 1, 2, NULL, 1),
    (4, 'ann', 'x', 'a', 100, 7, 1, 2);
INSERT INTO purchase VALUES
    (1, 1, 'open', 22.50, NULL, NULL, '2024-01-03', NULL, 1), (2, 1, 'paid', 20, 'm', NULL, '2024-01-01', '2024-02-04', 1),
    (3, 2, 'shipped', 5, NULL, 'a', '2024-03-03', '2024-03-04', 2), (4, 1, 'cancelled', 0, 'a', NULL, '2024-04-03', NULL, 2);
INSERT INTO purchase_line VALUES
    (1, 1, 1, 1, 2.50, NULL), (1, 2, 2, 1, 20, 1), (2, 1, 2, 1, 20, NULL), (3, 1, 3, 5, 1, 0.1);
INSERT INTO task VALUES
    (1, 1, NULL, 'a', NULL, '2024-01-01', NULL, 1, NULL), (2, NULL, 1, 'b', 'body', NULL, '2024-02-02', 2, 5),
    (3, 1, 2, 'ann', NULL, NULL, NULL, 1, 2), (4, 2, 1, 'x', 'x', '2030-01-01', NULL, 7, NULL);
INSERT INTO job VALUES
    (1, 'mail', '{"to": "ann"}', '2024-01-01', 'w1', '2024-01-01', 1, NULL),
    (2, 'report', '{}', '2024-01-02', NULL, NULL, 0, NULL), (3, 'a', '{"to": null}', '2024-01-03', NULL, NULL, 7, 'lost'),
    (4, 'x', '{}', '2024-01-01', 'a', '2024-01-01', 100, 'a');
INSERT INTO reading VALUES
    (1, '2024-01-01', 1.5, 1), (1, '2024-01-02', NULL, 1), (1, '2024-01-03', 2.5, 1), (2, '2024-01-01', NULL, 0.5),
    (100, '2030-01-01', 5, 1);
INSERT INTO thing VALUES (
    1, 1, 2, 3.5, 4.5, 'a b', 'a', true, '2024-01-01', '2024-01-01 10:00', '2024-01-01 10:00+00', '10:00', '1 day',
    '0190163d-8694-739b-aea5-966c26f8ad91', '{"a": 1}', '{"a": 1, "b": {"c": "d"}, "list": [1, "x"]}', '{1,2}', '{a,b}',
    '[1,5)', '{[1,5)}', '10.0.0.1', 'abc', '[(0,0),(2,2)]', '((0,0),(2,2))', 'cat:1', 'ok', ROW ('s', NULL, 'z'), 1,
    1, NULL, 'text', NULL, '2024-01-01', NULL, '1 day', '{"a": 1}', NULL, '[1,5)', ROW ('s', NULL, 'z'), NULL),
    (2, 2, 1, 1, 1, 'x', 'x', false, '2025-01-01', '2025-01-01 10:00', '2025-01-01 10:00+00', '11:00', '1 hour',
    '00000000-0000-0000-0000-000000000001', '[]', '[1, null, "a"]', '{NULL,2}', '{a,NULL}',
    '(,5)', '{(,5)}', '10.0.0.2', '', '[(0,2),(2,0)]', '((5,5),(6,6))', '', 'sad', ROW (NULL, NULL, NULL), 2,
    NULL, 3.5, NULL, true, NULL, '2024-01-01', NULL, NULL, '{1,2}', NULL, NULL, 1);
INSERT INTO labelled VALUES (1, 'f', 'k', 'a', 's', 1, NULL, 1), (2, 'f', 'k', 'a', 's', NULL, 2, 2);
INSERT INTO checked VALUES (1, 1, 1, NULL, 1, 1, 1, NULL), (2, 2, 2, 2, NULL, 2, 2, 2);
INSERT INTO mended VALUES (1, 'a'), (2, 'b');
INSERT INTO dropped VALUES (1, NULL, 1), (2, 1, 1);
INSERT INTO defaults VALUES (1, 1, NULL, 1, NULL, NULL), (2, NULL, '2024-01-01', NULL, 1, 1);
INSERT INTO parcel (id, width, height) VALUES (1, 1, NULL), (2, 3, 4);
INSERT INTO bundle VALUES (1, 1), (2, 2);
INSERT INTO stamped VALUES (1, 'a', NULL, '2024-01-01'), (2, 'b', NULL, '2024-01-01');
INSERT INTO guarded VALUES (1, NULL), (2, 'b');
INSERT INTO logged VALUES (1, NULL), (2, 'b');
INSERT INTO vehicle VALUES (1, NULL, NULL), (2, 2, 'ann');
INSERT INTO car VALUES (2, NULL, 'bob', 5);
INSERT INTO truck VALUES (3, 6, NULL);
INSERT INTO guard VALUES (1, 1, 1);
INSERT INTO guard_child VALUES (2, NULL, 2), (3, 3, 3);
INSERT INTO part VALUES (1, 'a', NULL, 1), (2, NULL, 2, 2), (3, 'c', NULL, 1);
INSERT INTO watched_rest VALUES (2, NULL), (3, 'c');
INSERT INTO ranged VALUES ('2023-01-01', 1, NULL), ('2024-06-01', 2, 's');
INSERT INTO listed VALUES
    (1, '{a,b}', '{c}', '{d,NULL}', '{e}', ROW (ROW (1, NULL), ROW (NULL, 'eur'), '{x,NULL}'), ROW (1, NULL)),
    (2, '{}', '{}', '{}', '{}', ROW (NULL, ROW (1, 'eur'), NULL), ROW (NULL, 'z')),
    (4, '{}', '{}', '{}', '{}', ROW (ROW (NULL, 'eur'), ROW (1, NULL), NULL), ROW (NULL, 'z')), (5, '{}', '{}', '{}', '{}', ROW (NULL, NULL, '{}'), NULL),
    (3, '{}', NULL, '{{a,NULL},{b,c}}', '{}', NULL, NULL);
REFRESH MATERIALIZED VIEW m_item;
REFRESH MATERIALIZED VIEW m_sales;
