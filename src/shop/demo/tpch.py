"""TPC-H's data as a shop's: which of its columns stands for which of ours. Text for COPY, a chunk at a time."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from shop.demo.errors import DemoError

TABLES = ("customer", "part", "partsupp", "orders", "lineitem")
KEYS = {
    "categories": (0, 1),
    "customers": (0,),
    "inventory": (0, 1),
    "order_items": (0, 2),
    "orders": (0, 1),
    "payments": (0,),
    "products": (0, 4),
    "warehouses": (0,),
}
"""Which columns of what is copied are keys, those of other tables included."""
WAREHOUSES = ("North", "East", "South", "West")
CHUNK_ROWS = 2000
NULL = "\\N"
OPEN_SINCE = "1998-06-01"
"""TPC-H's orders end on 1998-08-02: those of the last two months that nobody has shipped are still being worked on."""


def generate(folder: Path, scale: float) -> Path:
    """Return the folder of TPC-H's tables at *scale* below *folder*; make it the first time."""
    data = folder / f"tpch-{scale:g}"
    if data.is_dir():
        return data
    program = shutil.which("tpchgen-cli", path=sysconfig.get_path("scripts")) or shutil.which("tpchgen-cli")
    if program is None:
        raise DemoError("tpchgen-cli is missing: pip install 'tpchgen-cli>=4'")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="tpch-") as made:
        part = Path(made) / "data"
        command = [program, "tbl", "--scale-factor", f"{scale:g}", "--output-dir", str(part), "--quiet"]
        run = subprocess.run([*command, "--tables", ",".join(TABLES)], capture_output=True, text=True, check=False)
        if run.returncode:
            raise DemoError(f"tpchgen-cli failed: {run.stderr.strip() or run.returncode}")
        try:
            part.rename(data)
        except OSError:  # another run was faster
            if not data.is_dir():
                raise
    return data


def shifted(lines: Iterable[str], columns: Sequence[int], shift: int) -> Iterator[str]:
    """Yield *lines* with *shift* added to the keys in *columns*: a second load beside the first."""
    for line in lines:
        if shift:
            values = line.split("\t")
            for column in columns:
                if values[column] != NULL:
                    values[column] = str(int(values[column]) + shift)
            line = "\t".join(values)
        yield line


def read(data: Path, table: str) -> Iterator[list[str]]:
    """Yield the rows of one table."""
    with (data / f"{table}.tbl").open(encoding="ascii") as lines:
        for line in lines:
            yield line.split("|")


def chunks(lines: Iterable[str]) -> Iterator[tuple[bytes, int]]:
    """Yield *lines* as text for COPY, some thousand rows at a time, with their number."""
    rest = iter(lines)
    while part := list(islice(rest, CHUNK_ROWS)):
        yield "".join(part).encode(), len(part)


def customers(data: Path) -> Iterator[str]:
    """Yield customers; TPC-H has no e-mail address."""
    for key, name, *_ in read(data, "customer"):
        yield f"{key}\t{name}\tcustomer-{key}@example.com\t1992-01-01\n"


@dataclass(slots=True)
class Catalogue:
    """Categories, products and inventory, from the tables part and partsupp."""

    categories: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    inventory: list[str] = field(default_factory=list)


def catalogue(data: Path) -> Catalogue:
    """Return the catalogue: a type such as PROMO BURNISHED COPPER becomes Everything > Copper > Burnished copper."""
    found = Catalogue()
    stock: dict[str, int] = {}
    shelves: dict[str, int] = {}
    for part, _, pieces, *_ in read(data, "partsupp"):
        shelves[part] = shelf = shelves.get(part, 0) + 1
        stock[part] = stock.get(part, 0) + int(pieces)
        found.inventory.append(f"{part}\t{shelf}\t{pieces}\n")

    keys: dict[str, int] = {}

    def category(name: str, parent: str | None) -> int:
        if name not in keys:
            keys[name] = len(keys) + 1
            found.categories.append(f"{keys[name]}\t{keys[parent] if parent else NULL}\t{name}\n")
        return keys[name]

    category("Everything", None)
    for part, name, _, brand, kind, _, container, price, comment, *_ in read(data, "part"):
        _, finish, material = kind.capitalize().split()
        category(material.capitalize(), "Everything")
        leaf = category(f"{finish} {material}".capitalize(), material.capitalize())
        number = int(part)
        active = "f" if number % 20 == 0 else "t"
        day = f"{1992 + number % 7}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        words = f"{kind.lower()} by {brand}, {container.lower()}; {comment}"
        found.products.append(
            f"{part}\tP-{number:06}\t{name}\t{words}\t{leaf}\t{price}\t{stock.get(part, 0)}\t{active}\t{day}\n"
        )
    return found


@dataclass(slots=True)
class Sales:
    """Orders, their lines and their payments, from the tables orders and lineitem."""

    orders: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    payments: list[str] = field(default_factory=list)


def sales(data: Path) -> Sales:
    """
    Return what was sold.

    A line's price has TPC-H's discount and tax in it, and an order's total is the sum of its lines, in whole cents.
    An order of which every line came back is cancelled and its payment refunded.
    """
    found = Sales()
    totals: dict[str, int] = {}
    kept: set[str] = set()
    for order, part, _, line, pieces, extended, discount, tax, returned, *_ in read(data, "lineitem"):
        quantity = int(pieces)
        factor = (100 - int(discount[2:])) * (100 + int(tax[2:]))
        price = (int(extended.replace(".", "")) * factor + quantity * 5000) // (quantity * 10000)
        totals[order] = totals.get(order, 0) + quantity * price
        if returned != "R":
            kept.add(order)
        found.items.append(f"{order}\t{line}\t{part}\t{quantity}\t{cents(price)}\n")

    for order, customer, state, _, day, *_ in read(data, "orders"):
        status = "cancelled" if order not in kept else order_status(int(order), state, day)
        total = cents(totals[order])
        second = int(order) * 7919 % 86400
        moment = f"{day} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}+00"
        reason = "every line came back" if status == "cancelled" else NULL
        found.orders.append(f"{order}\t{customer}\t{status}\t{total}\tUSD\t{moment}\ttpch-{order}\t{reason}\n")
        if status != "pending":
            paid = {"processing": "processing", "cancelled": "refunded"}.get(status, "captured")
            captured = NULL if paid == "processing" else moment
            found.payments.append(f"{order}\t{total}\t{paid}\ttpch-{order}-1\t{captured}\t{moment}\n")
    return found


def order_status(number: int, state: str, day: str) -> str:
    """Return our state for TPC-H's F (all shipped), P (some) and O (none)."""
    if state == "F":
        return "delivered"
    if state == "P":
        return "shipped"
    if day < OPEN_SINCE:
        return "paid"
    return "pending" if number % 2 else "processing"


def cents(amount: int) -> str:
    """Return an amount of cents as the server reads it: 1234 as 12.34."""
    return f"{amount // 100}.{amount % 100:02}"
