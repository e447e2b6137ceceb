"""Random views: simple ones that can be written, views on views, materialised ones, with triggers instead of writes."""

from __future__ import annotations

from dataclasses import replace

from tests.soundness import conditions, queries
from tests.soundness.draw import Draw
from tests.soundness.schema import Column, Relation
from tests.soundness.scope import Ref, Scope
from tests.soundness.types import constant


def simple_view(draw: Draw, name: str) -> tuple[str, Relation]:
    """Return DDL of a view over one table, which the server lets us write."""
    table = draw.pick([relation for relation in draw.schema.relations if relation.kind in ("table", "partitioned")])
    below = [relation for relation in draw.schema.relations if relation.kind == "view" and relation.writes]
    if below and draw.chance(40):
        draw.use("view on a view that is written through")
        table = draw.pick(below)
    columns = [column for column in table.columns if column.required or draw.chance(70)] or table.columns
    scope = Scope([Ref(column.name, column.type, column.name) for column in columns])
    where = conditions.where(draw, scope, 0, 30)
    check = " WITH CHECK OPTION" if where.parts and draw.chance(40) else ""
    option = draw.pick(("", "", " WITH (security_barrier)", " WITH (security_invoker)"))
    names = ", ".join(column.name for column in columns)
    view = Relation(
        name, "view", [replace(column) for column in columns], (), writes=table.writes - {"CONFLICT", "MERGE"}
    )
    if table.name == "ruled":
        view.writes = frozenset()
    elif draw.version >= 170000:
        view.writes |= {"MERGE"}
    return f"CREATE VIEW {name}{option} AS SELECT {names} FROM {table.name}{where}{check}", view


def query_view(draw: Draw, name: str, *, materialised: bool = False) -> tuple[str, Relation] | None:
    """Return DDL of a view over a random query, or None where its columns can't be named."""
    draw.budget = draw.pick((10, 25, 40))
    query = queries.make(draw, Scope(), draw.pick((1, 2, 3)), None, top=True)
    columns = [Column(f"v{number}", type) for number, (_, type) in enumerate(query.columns, 1)]
    names = ", ".join(column.name for column in columns)
    kind = "MATERIALIZED VIEW" if materialised else "VIEW"
    relation = Relation(name, "matview" if materialised else "view", columns)
    return f"CREATE {kind} {name} ({names}) AS {query.piece}", relation


def default_of(draw: Draw, view: Relation) -> str:
    """Return DDL of a default that a view has, whatever its table's is."""
    column = draw.pick(view.columns)
    value = constant(column.type, draw.value(column.type)) if draw.chance(60) else "NULL"
    return f"ALTER VIEW {view.name} ALTER {column.name} SET DEFAULT {value}"


def instead_of(draw: Draw, view: Relation) -> list[str]:
    """Return DDL of triggers that do nothing but forget a column of what was written."""
    forgotten = draw.pick(view.columns).name
    view.writes = frozenset({"INSERT", "UPDATE", "DELETE"})
    name = f"{view.name}_instead"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN OLD.{forgotten} := NULL; RETURN OLD; END IF; "
        f"NEW.{forgotten} := NULL; RETURN NEW; END $$",
        f"CREATE TRIGGER {name} INSTEAD OF INSERT OR UPDATE OR DELETE ON {view.name} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
