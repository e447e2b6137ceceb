COPY products (id, sku, name, description, category_id, price, stock, is_active, created_at) FROM STDIN;
