-- Analytics: what was sold to whom and when. Cancelled orders never count.
-- Tables: orders (about 75,000 rows in the demo), order_items (300,000), customers, products.

-- name: top_customers(min_total, max_rows)
-- Customers who ordered for more than min_total, best first.
SELECT
    c.id,
    c.name,
    spent.total_spent,
    spent.order_count
FROM (
    SELECT
        o.customer_id,
        sum(o.total) AS total_spent,
        count(*) AS order_count
    FROM orders AS o
    WHERE o.status <> 'cancelled'
    GROUP BY o.customer_id
    HAVING sum(o.total) > :min_total
) AS spent
JOIN customers AS c ON c.id = spent.customer_id
ORDER BY spent.total_spent DESC, c.id
LIMIT :max_rows;

-- name: revenue_by_month(year, tz)
-- Revenue of each month of a year as the calendar of a time zone has it, and the change to the month before.
-- Twelve rows: a month without orders has revenue 0, and the next one is compared with that. January has no month before.
-- @why MATERIALIZED keeps AT TIME ZONE out of the comparison: row-level security would keep that from the index.
-- @why Half-open ranges read orders_ordered_at_total_idx; EXTRACT(YEAR FROM ordered_at) = :year would read the table.
WITH months AS MATERIALIZED (
    SELECT
        first_day::date AS month,
        first_day AT TIME ZONE :tz::text AS month_start,
        (first_day + interval '1 month') AT TIME ZONE :tz::text AS month_end
    FROM
        generate_series(
            make_timestamp(:year::integer, 1, 1, 0, 0, 0),
            make_timestamp(:year::integer, 12, 1, 0, 0, 0),
            interval '1 month'
        ) AS first_day
),

sales AS (
    SELECT
        months.month,
        coalesce(sum(o.total), 0) AS revenue,
        count(o.ordered_at) AS order_count
    FROM months
    LEFT JOIN orders AS o
        ON
            o.ordered_at >= months.month_start
            AND o.ordered_at < months.month_end
            AND o.status <> 'cancelled'
    GROUP BY months.month
)

SELECT
    sales.month,
    sales.revenue,
    sales.order_count,
    lag(sales.revenue) OVER by_month AS previous_month_revenue,
    sales.revenue - lag(sales.revenue) OVER by_month AS revenue_change
FROM sales
WINDOW by_month AS (ORDER BY sales.month)
ORDER BY sales.month;

-- name: product_ranking(since)
-- Products sold since a moment, with their rank by pieces and by revenue; products that were not sold are left out.
-- rank_by_units leaves a gap after a tie (1, 1, 3); rank_by_revenue does not (1, 1, 2).
SELECT
    p.id,
    p.name,
    sold.units,
    sold.revenue,
    rank() OVER (ORDER BY sold.units DESC) AS rank_by_units,
    dense_rank() OVER (ORDER BY sold.revenue DESC) AS rank_by_revenue
FROM (
    SELECT
        i.product_id,
        sum(i.quantity) AS units,
        sum(i.line_total) AS revenue
    FROM orders AS o
    JOIN order_items AS i ON i.order_id = o.id
    WHERE
        o.ordered_at >= :since
        AND o.status <> 'cancelled'
    GROUP BY i.product_id
) AS sold
JOIN products AS p ON p.id = sold.product_id
ORDER BY rank_by_units, rank_by_revenue, p.id;
