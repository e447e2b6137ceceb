-- Values at the edge of their types: infinite, empty, not a number, zero, the JSON null.
INSERT INTO item VALUES (0, 0, 0, '', '', 'ok', 'ok'), (1, -1, 0, '', '', 'sad', 'sad');
INSERT INTO sale VALUES (0, 0, 0, 0, '', 'infinity', false, false), (1, 1, -1, 0, '', '-infinity', false, false);
INSERT INTO account (id, email, name, nickname, active, created_at, deleted_at, birthday, credit, tags, flags, profile,
    extra, home) VALUES
    (1, '', '', '', true, 'infinity', 'infinity', '-infinity', 0, '{}', '{}', '[]', 'null', ROW (NULL, NULL, NULL)),
    (2, 'a', '', '', false, '-infinity', '-infinity', 'infinity', 0, '{NULL}', '{NULL}', 'null', '0', ROW ('', '', ''));
INSERT INTO category VALUES (0, '', NULL);
INSERT INTO product VALUES (1, '', '', '', 0, 'NaN', NULL, 0);
INSERT INTO purchase VALUES (1, 1, 'open', 'NaN', '', '', 'infinity', 'infinity', 0);
INSERT INTO task VALUES (1, 1, NULL, '', '', 'infinity', '-infinity', 1, 1);
INSERT INTO job (id, kind, payload, run_at) VALUES (1, '', 'null', '-infinity'), (2, '', '[]', '-infinity');
INSERT INTO reading VALUES (1, '-infinity', 'NaN', 'NaN'), (1, 'infinity', 'Infinity', '-Infinity');
INSERT INTO thing VALUES
    (0, 0, 0, 'NaN', 'NaN', '', '', false, 'infinity', 'infinity', 'infinity', '00:00', '0',
    '00000000-0000-0000-0000-000000000000', 'null', 'null', '{}', '{}', 'empty', '{}', '::/0', '', '[(0,0),(0,0)]',
    '((0,0),(0,0))', '', 'ok', ROW (NULL, NULL, NULL), 1, 0, 'NaN', '', false, 'infinity', 'infinity', '0', 'null',
    '{}', 'empty', ROW (NULL, NULL, NULL), 1),
    (1, -1, -1, 'Infinity', '-Infinity', ' ', ' ', false, '-infinity', '-infinity', '-infinity', '24:00', '-1 day',
    'ffffffff-ffff-ffff-ffff-ffffffffffff', '""', '[]', '{{1,2},{3,4}}', '{{a,b},{c,d}}', '(,)', '{(,)}', '0.0.0.0/0',
    '\x00', '[(5,5),(6,7)]', '((9,9),(8,8))', '', 'sad', ROW ('', '', ''), 1, -1, 'Infinity', ' ', false, '-infinity',
    '-infinity', '-1 day', '[]', '{NULL}', '(,)', ROW ('', '', ''), 1);
INSERT INTO labelled VALUES (1, '', '', 'a', '', 0, 1, 1);
INSERT INTO checked VALUES (1, 0, 1, 1, 0, 0, 0, 0);
INSERT INTO part VALUES (1, '', 0, 0);
INSERT INTO logged VALUES (1, '');
REFRESH MATERIALIZED VIEW m_item;
REFRESH MATERIALIZED VIEW m_sales;
