COPY payments (order_id, amount, status, provider_ref, captured_at, created_at) FROM STDIN;
