COPY categories (id, parent_id, name) FROM STDIN;
