-- No row has its counterpart in another table.
INSERT INTO item VALUES (1, 10, 1, 'a', 'x', 'ok', 'sad'), (2, 20, NULL, 'b', NULL, 'sad', NULL);
INSERT INTO sale VALUES
    (5, NULL, 5, 5, 'ann', '2024-01-01', true, true), (6, NULL, 6, 6, 'bob', '2024-02-01', false, false);
INSERT INTO account (id, email, name, nickname, credit, home, extra, flags, birthday, verified, deleted_at) VALUES
    (1, 'ann@a', 'ann', 'an', 5, ROW (NULL, 'c', 'z'), '{"b": null}', '{NULL}', '1990-01-01', false, NULL),
    (2, 'bob@a', 'bob', 'bo', 5, ROW ('s', 'c', 'z'), '{}', '{}', '1990-01-01', true, NULL);
INSERT INTO category VALUES (1, 'all', NULL);
INSERT INTO product VALUES (1, 'a', 'ball', 'round', 2.50, 1, NULL, 5), (2, 'b', 'car', 'red', 20, 30, NULL, 0);
INSERT INTO purchase (id, account_id, state, note, ordered_at) VALUES (1, 1, 'open', 'n', '2024-01-01');
INSERT INTO task (id, title, body, due_on) VALUES (1, 'a', 'body', '2024-01-01');
INSERT INTO job (id, kind, run_at, error) VALUES (1, 'mail', '2024-01-01', 'late');
INSERT INTO reading VALUES (7, '2024-01-01', 1.5, 1);
INSERT INTO part VALUES (2, 'b', 2, 2);
INSERT INTO vehicle VALUES (1, 2, 'ann');
REFRESH MATERIALIZED VIEW m_item;
