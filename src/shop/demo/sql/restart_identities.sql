-- After a COPY that brought its own keys: the next key of each table follows the greatest that is there.
SELECT
    setval('customers_id_seq', (SELECT max(id) FROM customers)),
    setval('categories_id_seq', (SELECT max(id) FROM categories)),
    setval('products_id_seq', (SELECT max(id) FROM products)),
    setval('warehouses_id_seq', (SELECT max(id) FROM warehouses)),
    setval('orders_id_seq', (SELECT max(id) FROM orders));
