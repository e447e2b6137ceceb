-- Rows that witness what may be NULL.

INSERT INTO cities VALUES ('a', '(1,2)'), ('ann', NULL), ('dry', '(0,0)');
INSERT INTO weather VALUES ('a', 46, 50, 0.25, '1994-11-27'), ('a', NULL, 57, NULL, '1994-11-29'), ('ann', 37, NULL, 1, NULL), (NULL, 1, 2, 3, '1994-11-27');
INSERT INTO branches VALUES ('north', 10), ('closed', 0);
INSERT INTO accounts VALUES ('a', 'north', 100), ('ann', NULL, 0);
INSERT INTO empsalary VALUES ('develop', 1, 100, '2007-08-01'), ('develop', 2, NULL, NULL), ('sales', 3, 50, '2008-01-01'), (NULL, NULL, 10, '2006-01-01'), ('idle', 9, NULL, NULL);
INSERT INTO towns VALUES ('a', 1, 2000), (NULL, NULL, 3000);
INSERT INTO capitals VALUES ('ann', 2, 10, 'AK');
INSERT INTO products VALUES (1, 'a', 10, 5), (2, 'b', NULL, NULL), (3, 'c', 7, NULL);
INSERT INTO orders (order_id, shipping_address) VALUES (1, 'Street 1'), (2, NULL), (3, NULL);
INSERT INTO order_items VALUES (1, 1, 2), (2, 1, NULL), (1, 2, 1);
INSERT INTO people (name, height_cm) VALUES ('a', 180), (NULL, 170);
INSERT INTO measurement VALUES (1, '2006-02-03', 10, 5), (1, '2006-02-04', NULL, NULL), (2, '2006-03-01', 5, NULL), (3, '2030-01-01', 1, 1);
INSERT INTO person VALUES ('a', 'happy'), ('b', NULL), (NULL, 'sad'), (NULL, 'ok');
INSERT INTO holidays VALUES (4, 'happy'), (NULL, NULL), (8, 'ecstatic');
INSERT INTO us_snail_addy (street1, street2, city, postal, copies) VALUES ('a', NULL, 'x', '12345', 1), ('b', 'c', 'y', '12345-6789', NULL);
-- The one way past a domain that refuses NULL, as the manual warns: a subquery without a row has the domain's type.
INSERT INTO us_snail_addy (street1, city, postal) VALUES ('z', 'z', (SELECT postal FROM us_snail_addy WHERE false));
INSERT INTO on_hand VALUES (ROW ('fuzzy dice', 42, 1.99), 1000), (NULL, NULL), (ROW (NULL, NULL, NULL), 1), (ROW ('a', NULL, NULL), 2);
INSERT INTO sal_emp VALUES ('a', '{100,NULL}', '{{meeting,lunch},{training,NULL}}'), (NULL, NULL, NULL), ('ann', '{}', '{}');
INSERT INTO reservation VALUES (1108, '[2010-01-01 14:30, 2010-01-01 15:30)'), (NULL, 'empty'), (1, NULL), (2, '[2020-01-01,)');
INSERT INTO api VALUES ('{"name": "a", "tags": ["x"], "is_active": true}', 's'), ('{"name": null}', NULL), ('[]', NULL);
INSERT INTO pgweb (title, body) VALUES ('a', 'cat and mouse'), (NULL, 'cat'), ('cat', NULL), (NULL, NULL);
INSERT INTO tree VALUES (1, NULL, 'root'), (2, 1, NULL), (3, 2, 'leaf'), (4, 9, 'lost');
INSERT INTO parts VALUES ('car', 'wheel', 4), ('wheel', 'bolt', 5);
INSERT INTO tab VALUES (1, 2), (NULL, 3), (3, NULL);
INSERT INTO nodes VALUES ('Top', NULL), ('Child1', 'Top'), (NULL, 'Top');
INSERT INTO unit VALUES ('cm', 1.0), ('m', 100.0), ('x', NULL);
INSERT INTO shoe_data VALUES ('sh1', 2, 'black', 70.0, 90.0, 'cm'), ('sh2', NULL, 'black', 0.0, 40.0, 'cm'), ('sh3', 4, NULL, NULL, 65.0, 'x');
INSERT INTO shoelace_data VALUES ('sl1', 5, 'black', 80.0, 'cm'), ('sl2', NULL, 'black', 10.0, 'cm'), ('sl3', 0, NULL, NULL, 'cm');
INSERT INTO emp (empname, salary) VALUES ('a', 10), ('b', -1);
INSERT INTO invoice VALUES (1, 1, '2020-01-01', 10), (2, NULL, '2020-01-01', NULL), (3, 1, NULL, 5);
REFRESH MATERIALIZED VIEW sales_summary;
INSERT INTO hollywood.distributors VALUES (101, 'a'), (102, 'b');
INSERT INTO hollywood.films VALUES ('UA502', 'Bananas', 101, '1971-07-13', 'Comedy', '82 minutes'), ('X', 'a', 999, NULL, NULL, NULL);
