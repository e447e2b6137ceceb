"""What people say of products, orders and customers, read in one round trip."""

from __future__ import annotations

from psycopg.errors import CheckViolation

from plainsql.tenants import Tenant
from shop import comments
from shop.queries.comments import add_comment
from shop.subjects import Customer, Order, Product, Subject


def talk(t: Tenant, *, product_id: int, order_id: int, customer_id: int) -> list[tuple[str, int, str]]:
    """Comment on one of each kind and return kind, key and what was said, of a subject without comments nothing."""
    with t.transaction() as tx:
        comments.add(tx, subject=Product(product_id), body="Bright enough to read by.")
        comments.add(tx, subject=Product(product_id), body="The cable is short.")
        comments.add(tx, subject=Order(order_id), body="Leave it with the neighbour.")
        comments.add(tx, subject=Customer(customer_id), body="Called about the invoice.")
    subjects: list[Subject] = [Product(product_id), Order(order_id), Customer(customer_id), Product(product_id + 1)]
    threads = comments.for_subjects(t, subjects=subjects)
    return [(subject.kind, subject.id, "\n".join(row.body for row in rows) or "-") for subject, rows in threads.items()]


def talk_of_two(t: Tenant, *, product_id: int, order_id: int) -> str:
    """Try to comment on two subjects at once and return what the server says."""
    try:
        add_comment(t, product_id=product_id, order_id=order_id, customer_id=None, author_id=None, body="Both.")
    except CheckViolation as error:
        return f"{error.sqlstate} {error.diag.constraint_name}"
    raise AssertionError("a comment has two subjects")
