"""Tables whose rows stand elsewhere or are written elsewhere: parents, partitioned tables, tables with rules."""

from __future__ import annotations

from tests.soundness.draw import Draw
from tests.soundness.schema import Column, Relation, Schema
from tests.soundness.tables import ALL_WRITES, add_trigger, definition, fill_arrays, random_columns


def add_families(draw: Draw, *, foreign: bool) -> None:
    """Add a parent with children, partitions, a table with rules, *foreign* tables, each in some schemas."""
    if draw.chance(70):
        _add_family(draw)
    if draw.chance(70):
        _add_partitions(draw)
    if draw.chance(40):
        _add_ruled(draw.schema)
    if draw.chance(20) and foreign:
        _add_foreign(draw.schema)


def _add_family(draw: Draw) -> None:
    """Add a parent and children that are stricter, or looser where the server allows that."""
    schema = draw.schema
    columns = [Column("id", "integer", True), *random_columns(draw, {"id"}, 4)]
    schema.ddl.append(
        "CREATE TABLE parent (\n    id integer NOT NULL,\n    "
        + ",\n    ".join(definition(draw, column) for column in columns[1:])
        + "\n)"
    )
    parent = Relation("parent", "table", columns, writes=ALL_WRITES - {"CONFLICT"})
    schema.relations.append(parent)
    at_once = draw.chance(50)  # its children take over what is not valid as valid, which nothing may undo later
    for column in columns if at_once else ():
        fill_arrays(draw, parent, column, late=False)
    for number in range(1, draw.pick((1, 2)) + 1):
        name = f"child{number}"
        own = [Column(column.name, column.type, column.required, column.default) for column in columns]
        extra = Column("own", "integer", draw.chance(50))
        schema.ddl.append(f"CREATE TABLE {name} (own integer{' NOT NULL' if extra.required else ''}) INHERITS (parent)")
        for column in own[1:]:
            if column.type == "filled":
                continue
            if column.required and draw.version < 180000 and draw.chance(40):
                schema.ddl.append(f"ALTER TABLE {name} ALTER {column.name} DROP NOT NULL")
                column.required = False
            elif not column.required and draw.chance(30):
                schema.ddl.append(f"ALTER TABLE {name} ALTER {column.name} SET NOT NULL")
                column.required = True
        for column in own:
            if column.type in ("integer[]", "text[]") and draw.chance(40):  # the child alone refuses NULL in arrays
                schema.ddl.append(f"ALTER TABLE {name} ADD CHECK (array_position({column.name}, NULL) IS NULL)")
        schema.relations.append(Relation(name, "table", [*own, extra], writes=ALL_WRITES - {"CONFLICT"}))
        if draw.chance(20):
            add_trigger(draw, schema.relations[-1])
        parent.children.append(name)
    for column in columns if not at_once else ():
        fill_arrays(draw, parent, column, late=True)
    nullable = [column for column in columns if not column.required and column.type != "filled"]
    if draw.version >= 180000 and nullable and draw.chance(40):
        column = draw.pick(nullable)
        schema.ddl.append(f"ALTER TABLE parent ADD CONSTRAINT parent_own NOT NULL {column.name} NO INHERIT")
        column.required = True


def _add_partitions(draw: Draw) -> None:
    """Add a partitioned table; a partition may have its columns in another order and refuse more."""
    schema = draw.schema
    columns = [Column("k", "integer", draw.chance(60)), *random_columns(draw, {"k"}, 3)]
    lines = [definition(draw, column) for column in columns]
    by_range = draw.chance(40) and columns[0].required
    schema.ddl.append(
        "CREATE TABLE part (\n    " + ",\n    ".join(lines) + f"\n) PARTITION BY {'RANGE' if by_range else 'LIST'} (k)"
    )
    schema.relations.append(Relation("part", "partitioned", columns, writes=ALL_WRITES - {"CONFLICT"}))
    own = [Column(column.name, column.type, column.required, column.default) for column in columns]
    schema.ddl.append(
        f"CREATE TABLE part_1 PARTITION OF part FOR VALUES {'FROM (1) TO (3)' if by_range else 'IN (1, 2)'}"
    )
    for column in own[1:]:
        if not column.required and draw.chance(35) and column.type != "filled":
            schema.ddl.append(f"ALTER TABLE part_1 ALTER {column.name} SET NOT NULL")
            column.required = True
    if not own[0].required and not by_range:
        own[0].required = True  # NULL goes to the default partition
    schema.relations.append(Relation("part_1", "table", own, writes=ALL_WRITES - {"CONFLICT"}))
    if draw.chance(20):
        add_trigger(draw, schema.relations[-1])
    turned = ", ".join(
        f"{column.name} {column.type}{' NOT NULL' if column.required else ''}" for column in reversed(columns)
    )
    schema.ddl += [
        f"CREATE TABLE part_rest (gone integer, {turned})",
        "ALTER TABLE part_rest DROP COLUMN gone",
        "ALTER TABLE part ATTACH PARTITION part_rest DEFAULT",
    ]
    schema.relation("part").children = ["part_1", "part_rest"]


def _add_ruled(schema: Schema) -> None:
    """Add a table whose writes a rule replaces by something that returns NULL."""
    columns = [Column("id", "integer", True), Column("s", "text", True)]
    schema.ddl += [
        "CREATE TABLE ruled (id integer NOT NULL, s text NOT NULL)",
        "CREATE TABLE ruled_log (id integer, s text)",
        "CREATE RULE ruled_insert AS ON INSERT TO ruled DO INSTEAD "
        "INSERT INTO ruled_log VALUES (NEW.id, NEW.s) RETURNING NULL::integer, s",
        "CREATE RULE ruled_update AS ON UPDATE TO ruled DO ALSO INSERT INTO ruled_log VALUES (OLD.id, NULL)",
        "CREATE RULE ruled_delete AS ON DELETE TO ruled DO INSTEAD UPDATE ruled_log SET s = NULL RETURNING id, s",
    ]
    schema.around_data.append(
        ("ALTER TABLE ruled DISABLE RULE ruled_insert", "ALTER TABLE ruled ENABLE RULE ruled_insert")
    )
    schema.relations.append(Relation("ruled", "table", columns, writes=frozenset({"INSERT", "UPDATE", "DELETE"})))


def _add_foreign(schema: Schema) -> None:
    """Add a file that doesn't keep what its NOT NULL promises, by itself and as a partition."""
    lines = r"OPTIONS (program $$printf '1,a\n,\n1,\n'$$, format 'csv')"
    schema.ddl += [
        "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
        f"CREATE FOREIGN TABLE far (id integer NOT NULL, s text NOT NULL) SERVER files {lines}",
        "CREATE TABLE half_far (id integer NOT NULL, s text NOT NULL) PARTITION BY LIST (id)",
        f"CREATE FOREIGN TABLE half_far_1 PARTITION OF half_far FOR VALUES IN (1) SERVER files {lines}",
    ]
    for name in ("far", "half_far"):
        schema.relations.append(Relation(name, "foreign", [Column("id", "integer", True), Column("s", "text", True)]))
