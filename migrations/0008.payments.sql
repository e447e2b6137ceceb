-- depends: 0007.inventory
-- Payments, one row for each try to be paid.
SET LOCAL lock_timeout = '2s';

CREATE TYPE payment_status AS ENUM ('processing', 'captured', 'failed', 'refunded');

CREATE TABLE payments (
    id bigint GENERATED ALWAYS AS IDENTITY,
    order_id bigint NOT NULL,
    amount numeric(12, 2) NOT NULL,
    status payment_status NOT NULL DEFAULT 'processing',
    provider_ref text NOT NULL,
    failure_reason text,
    captured_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_pkey PRIMARY KEY (id),
    CONSTRAINT payments_provider_ref_key UNIQUE (provider_ref),
    CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
    -- NaN compares greater than every number, so >= 0 alone would let it in.
    CONSTRAINT payments_amount_is_not_negative CHECK (amount >= 0 AND amount <> 'NaN'),
    CONSTRAINT payments_captured_at_is_of_a_captured_payment
    CHECK ((captured_at IS NOT NULL) = (status IN ('captured', 'refunded'))),
    CONSTRAINT payments_failure_reason_is_of_a_failed_payment
    CHECK ((failure_reason IS NOT NULL) = (status = 'failed'))
);

CREATE INDEX payments_order_id_idx ON payments (order_id);
CREATE INDEX payments_processing_created_at_idx ON payments (created_at) WHERE status = 'processing';

CREATE TRIGGER payments_set_updated_at
BEFORE UPDATE ON payments
FOR EACH ROW EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE payments IS 'One row for each try to be paid; an order whose first payment failed has several.';
COMMENT ON COLUMN payments.provider_ref IS 'What the payment provider calls it: the same reference twice is a mistake, not a second payment.';
