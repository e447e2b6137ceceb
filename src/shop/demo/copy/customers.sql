COPY customers (id, name, email, created_at) FROM STDIN;
