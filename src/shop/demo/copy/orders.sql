COPY orders (id, customer_id, status, total, currency, ordered_at, idempotency_key, cancel_reason) FROM STDIN;
