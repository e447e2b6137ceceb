COPY warehouses (id, name) FROM STDIN;
