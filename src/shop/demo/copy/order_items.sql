COPY order_items (order_id, line, product_id, quantity, price) FROM STDIN;
