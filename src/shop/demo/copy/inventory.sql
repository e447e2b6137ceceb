COPY inventory (product_id, warehouse_id, on_hand) FROM STDIN;
