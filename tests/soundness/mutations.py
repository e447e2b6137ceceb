"""
Deliberate breakages of the proofs, one a rule, and how soon random statements find each of them.

``python -m tests.soundness.mutations --server DSN``: the package is copied, one rule in the copy is broken, and the
random statements run against it. A breakage that nothing finds tells of a construct that the generator lacks.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import plainsql

STATEMENTS = 12_000
FIRST_SEED = 200_000
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Mutation:
    """
    A rule and how to break it.

    Attributes:
        edits: File below nullability/ (or describe/), the text there, and what to put in its place.
        since: Major version of the server from which on statements can tell.
    """

    name: str
    edits: tuple[tuple[str, str, str], ...]
    since: int = 15


_TRUST_NO_MARKS = (  # the servers from 16 on mark columns too: the second lock on the same door
    "prover.py",
    "if not {join for join, _ in sides}.issuperset(self._joins_of(var, home)):",
    "if False:",
)

MUTATIONS = [
    Mutation(
        "LEFT JOIN fills nothing with NULLs",
        (("joins.py", "kind not in (INNER, RIGHT)", "kind not in (INNER, LEFT, RIGHT)"), _TRUST_NO_MARKS),
    ),
    Mutation(
        "FULL JOIN fills one side alone",
        (("joins.py", "kind not in (INNER, LEFT), ", "kind not in (INNER, LEFT, FULL), "), _TRUST_NO_MARKS),
    ),
    Mutation(
        "RIGHT JOIN fills nothing",
        (("joins.py", "kind not in (INNER, LEFT), ", "kind not in (INNER, LEFT, RIGHT), "), _TRUST_NO_MARKS),
    ),
    Mutation(
        "ON of an outer join holds for every row",
        (("joins.py", "            if guards <= known.matched:", "            if True:"),),
    ),
    Mutation(
        "one matched side means that all are",
        (("prover.py", "if sides <= known.matched:", "if sides <= known.matched or known.matched:"),),
    ),
    Mutation(
        "an aggregate of no rows isn't NULL",
        (("aggregation.py", 'if not has_rows or aggregate.node("aggfilter") is not None:', "if False:"),),
    ),
    Mutation(
        "FILTER of an aggregate drops no row",
        (
            (
                "aggregation.py",
                'if not has_rows or aggregate.node("aggfilter") is not None:',
                "if not has_rows:",
            ),
        ),
    ),
    Mutation(
        "an aggregate of NULLs isn't NULL",
        (("aggregation.py", "return _are_not_null(args, promise.positions, home, prover)", "return True"),),
    ),
    Mutation(
        "a strict function of values isn't NULL",
        (("calls.py", "if function not in TOTAL or ", "if not prover.facts.is_strict(function) or "),),
    ),
    Mutation(
        "any function narrows as a strict one does",
        (("narrowing.py", "is_strict = prover.facts.is_strict(function) and", "is_strict = True and"),),
    ),
    Mutation(
        "OR narrows by either arm",
        (
            (
                "narrowing.py",
                "        return NOTHING.union(*claims)\n    return _common(claims)",
                "        return NOTHING.union(*claims)\n    return NOTHING.union(*claims)",
            ),
        ),
    ),
    Mutation(
        "NOT narrows as if it weren't there",
        (("narrowing.py", "implied(args[0], _OPPOSITE[value], context", "implied(args[0], value, context"),),
    ),
    Mutation(
        "IS NULL narrows as IS NOT NULL",
        (("narrowing.py", 'says_not_null = (condition.number("nulltesttype") != _IS_NULL)', "says_not_null = (True)"),),
    ),
    Mutation(
        "IS DISTINCT FROM narrows as <>",
        (("narrowing.py", "return NOTHING if value in _HOLDS else _of_equal(", "return _of_equal("),),
    ),
    Mutation(
        "IS NOT FALSE narrows as IS TRUE",
        (("narrowing.py", "return implied(arg, Is.NOT_FALSE, context", "return implied(arg, Is.TRUE, context"),),
    ),
    Mutation(
        "a comparison of rows narrows by every pair",
        (
            (
                "narrowing.py",
                'pairs = [*expr.nodes("largs")[:1], *expr.nodes("rargs")[:1]]',
                'pairs = [*expr.nodes("largs"), *expr.nodes("rargs")]',
            ),
        ),
    ),
    Mutation(
        "ALL of an empty array narrows",
        (
            (
                "narrowing.py",
                "def _has_elements(array: Node) -> bool:\n",
                "def _has_elements(array: Node) -> bool:\n    return True\n",
            ),
        ),
    ),
    Mutation(
        "WHERE holds in a group of no rows",
        (
            (
                "prover.py",
                'if context.is_grouped and (query.items("groupingSets") or not groups_have_rows(query)):',
                "if False:",
            ),
        ),
    ),
    Mutation(
        "a view's columns are never NULL",
        (("stored.py", "return query is not None and prover.output_is_not_null(query, column, None)", "return True"),),
    ),
    Mutation(
        "a recursive query is what its first round is",
        (("ctes.py", "        columns = proved\n    if not", "        columns = proved\n        break\n    if not"),),
    ),
    Mutation(
        "NOT NULL that is not valid counts for stored rows",
        (("../describe/relations.py", "proved=row.proved is True,", "proved=row.not_null,"),),
        since=18,
    ),
    Mutation(
        "CHECK that is not valid counts for stored rows",
        (("../describe/relations.py", "+= found if check.validated else []", "+= found"),),
    ),
    Mutation(
        "NOT NULL of a domain counts for stored rows",
        (
            (
                "../describe/relations.py",
                "proved=row.proved is True,",
                "proved=row.proved is True or domain_refuses_null,",
            ),
        ),
    ),
    Mutation(
        "NOT NULL of a foreign table counts",
        (("facts.py", 'TABLES = frozenset({"r", "p"})', 'TABLES = frozenset({"r", "p", "f"})'),),
    ),
    Mutation(
        "a parent's rows are its own",
        (("stored.py", "    if not with_children:\n", "    if True:\n"),),
    ),
    Mutation(
        "lag and lead find a row",
        (
            (
                "window_functions.py",
                "    **dict.fromkeys(oids(SHIFTED)",
                "    **dict.fromkeys((3106, 3107, 3109, 3110), WindowFunction(frozenset({0}))),\n"
                "    **dict.fromkeys(oids(SHIFTED)",
            ),
        ),
    ),
    Mutation(
        "every frame holds the current row",
        (
            (
                "aggregation.py",
                '    for window in context.scope.query.nodes("windowClause"):\n',
                '    return True\n    for window in context.scope.query.nodes("windowClause"):\n',
            ),
        ),
    ),
    Mutation(
        "EXCLUDE leaves the current row",
        (("aggregation.py", "and not options & _EXCLUDES_CURRENT_ROW", ""),),
    ),
    Mutation(
        "grouping sets leave no key NULL",
        (
            ("from_items.py", "if not is_kept and reference not in lasting_keys(query):", "if False:"),
            (
                "expressions.py",
                "return lasts and _by_itself(expr, context.below(), prover)",
                "return _by_itself(expr, context.below(), prover)",
            ),
        ),
    ),
    Mutation(
        "ROLLUP makes no group of no rows",
        (("grouping.py", "    return kind != SIMPLE\n", "    return kind == EMPTY\n"),),
    ),
    Mutation(
        "HAVING speaks of constants",
        (
            ("joins.py", "known.having = frozenset(filter(_is_sure, known.having))", "pass"),
            (
                "narrowing.py",
                "def _is_constant(expr: Node, context: Context) -> bool:\n",
                "def _is_constant(expr: Node, context: Context) -> bool:\n    return False\n",
            ),
        ),
    ),
    Mutation(
        "CASE without ELSE isn't NULL",
        (
            (
                "conditionals.py",
                '    yield case.node("defresult"), rest\n',
                '    otherwise = case.node("defresult")\n'
                '    if otherwise is None or not otherwise.flag("constisnull"):\n        yield otherwise, rest\n',
            ),
        ),
    ),
    Mutation(
        "what an arm of CASE says holds in the arms after it",
        (
            (
                "conditionals.py",
                "implied(condition, Is.NOT_TRUE, rest, prover)",
                "implied(condition, Is.TRUE, rest, prover)",
            ),
        ),
    ),
    Mutation(
        "COALESCE always finds a value",
        (
            (
                "conditionals.py",
                "    scope = context.scope\n    for join in",
                "    return True\n    scope = context.scope\n    for join in",
            ),
        ),
    ),
    Mutation(
        "NULLIF is its first argument",
        (
            (
                "expressions.py",
                '        case "CURRENTOFEXPR":\n',
                '        case "NULLIFEXPR":\n            return is_not_null(expr.nodes("args")[0], context, prover)\n'
                '        case "CURRENTOFEXPR":\n',
            ),
        ),
    ),
    Mutation(
        "an array has the element",
        (
            (
                "expressions.py",
                '    if not expr.items("reflowerindexpr"):\n'
                "        return _written_element_is_not_null(expr, context, prover)\n"
                '    if not expr.number("refelemtype"):\n        return False\n',
                "",
            ),
        ),
    ),
    Mutation(
        "a parameter is never None",
        (
            (
                "expressions.py",
                'return expr.number("paramtype") in prover.facts.not_null_domains',
                "return True",
            ),
        ),
    ),
    Mutation(
        "a scalar sub-select finds a row",
        (
            (
                "sublinks.py",
                "return has_a_row and prover.sublink_column_is_not_null(sublink, 1,",
                "return prover.sublink_column_is_not_null(sublink, 1,",
            ),
        ),
    ),
    Mutation(
        "IN knows whether it found nothing",
        (
            (
                "sublinks.py",
                'return expressions.is_not_null(sublink.node("testexpr"), context.claiming(claims), prover)',
                "return True",
            ),
        ),
    ),
    Mutation(
        "elements of arrays aren't NULL",
        (("calls.py", "        and elements_are_not_null(args[1], context, prover)\n", ""),),
    ),
    Mutation(
        "ROWS FROM fills nothing up",
        (
            (
                "from_items.py",
                '    call = functions[0].node("funcexpr") if len(functions) == 1 else None\n',
                '    if len(functions) > 1 and column <= functions[0].number("funccolcount"):\n'
                '        alone = Node("RANGETBLENTRY")\n'
                '        alone.fields = {"functions": functions[:1]}\n'
                "        return function_column_is_not_null(alone, var, context, prover)\n"
                '    call = functions[0].node("funcexpr") if len(functions) == 1 else None\n',
            ),
        ),
    ),
    Mutation(
        "sets in a select list fill nothing up",
        (("calls.py", "    if len(sets) != 1 or sets[0] is not call:\n", "    if False:\n"),),
    ),
    Mutation(
        "UNION has the rows of its left side alone",
        (("statements.py", "            return left and right\n", "            return left\n"),),
    ),
    Mutation(
        "EXCEPT has rows of both sides",
        (
            (
                "statements.py",
                "        case 3:\n            return left\n",
                "        case 3:\n            return left or right\n",
            ),
        ),
    ),
    Mutation(
        "rows have both an old and a new version",
        (
            (
                "returning.py",
                "def _has_row(query: Node, version: str) -> bool:\n",
                "def _has_row(query: Node, version: str) -> bool:\n    return True\n",
            ),
        ),
        since=18,
    ),
    Mutation(
        "the source of MERGE has a row for each target",
        (
            (
                "returning.py",
                'return any(_match_kind(action) == _BY_SOURCE for action in query.nodes("mergeActionList"))',
                "return False",
            ),
        ),
        since=17,
    ),
    Mutation(
        "no trigger changes a row",
        (("returning.py", "member is None or member.has_triggers(*events) or", "member is None or"),),
    ),
    Mutation(
        "no rule changes what a write returns",
        (
            (
                "returning.py",
                "if rte is None or relation is None or relation.has_rules:",
                "if rte is None or relation is None:",
            ),
            ("returning.py", "return relation.has_rules or any(", "return any("),
        ),
    ),
    Mutation(
        "ON CONFLICT DO UPDATE returns what was to be inserted",
        (("returning.py", 'if conflict is None or conflict.number("action") != _DO_UPDATE:', "if True:"),),
    ),
    Mutation(
        "UPDATE of one column says what is in another",
        (
            (
                "returning.py",
                "        return kept in prover.known(home.scope).claims\n    if not all(",
                "        return True\n    if not all(",
            ),
        ),
    ),
    Mutation(
        "FILTER lets in what it keeps out",
        (
            (
                "json_shapes.py",
                'implied(call.node("aggfilter"), Is.TRUE, place',
                'implied(call.node("aggfilter"), Is.NOT_TRUE, place',
            ),
        ),
    ),
    Mutation(
        "collected values aren't NULL",
        (
            (
                "json_shapes.py",
                "        element = shapes.of(args[0], place)\n",
                "        element = replace(shapes.of(args[0], place), nullable=False)\n",
            ),
        ),
    ),
    Mutation(
        "values of an object that was collected aren't NULL",
        (("json_shapes.py", "is_full = function in ENTRIES_WITHOUT_NULLS", "is_full = True"),),
    ),
    Mutation(
        "the row of a join holds no NULL",
        (
            (
                "row_shapes.py",
                "if not is_not_null and is_whole:",
                "is_not_null = is_not_null or is_join\n        if not is_not_null and is_whole:",
            ),
        ),
    ),
    Mutation(
        "the row of an absent source of MERGE is no row",
        (("row_shapes.py", "or is_absent or", "or"),),
        since=18,
    ),
    Mutation(
        "a written row is what its table holds",
        (("row_shapes.py", " or _is_written(var, home))", ")"),),
    ),
    Mutation(
        "members that are null stay in an object",
        (("json_shapes.py", "return found and replace(found, may_lack_nulls=True)", "return found"),),
    ),
    Mutation(
        "JSON_OBJECT has all of its members",
        (("json_shapes.py", "may_lack_nulls=leaves_out", "may_lack_nulls=False"),),
        since=16,
    ),
    Mutation(
        "JSON_ARRAY has all of its items",
        (("json_shapes.py", "if leaves_out and any(item.nullable for item in found):", "if False:"),),
        since=16,
    ),
    Mutation(
        "UNION has objects of its left side alone",
        (("shaping.py", '        if arm.number("op") == _UNION:\n', "        if False:\n"),),
    ),
    Mutation(
        "the left one wins when objects are joined",
        (
            (
                "shapes.py",
                "dict(zip(names, shapes, strict=True)) | dict(zip(others, other_shapes, strict=True))",
                "dict(zip(others, other_shapes, strict=True)) | dict(zip(names, shapes, strict=True))",
            ),
        ),
    ),
    Mutation(
        "nothing is taken out of an object",
        (("shapes.py", "if pair[0] != key]", "]"),),
    ),
    Mutation(
        "one arm of a CHECK with OR is enough for arrays",
        (
            (
                "full_arrays.py",
                "return all(_says_full(arg, column) or",
                "return any(_says_full(arg, column) or",
            ),
        ),
    ),
    Mutation(
        "the CHECK of a parent's arrays is enough",
        (("full_arrays.py", "    if not with_children:\n", "    if True:\n"),),
    ),
    Mutation(
        "an array that is given holds no NULL",
        (("shaping.py", 'is_full = param.number("paramkind", -1) == EXTERNAL and ', "is_full = True or "),),
    ),
    Mutation(
        "a recursive query is made of what its first round is",
        (
            (
                "shaping.py",
                "            if found == assumed:\n",
                "            if True:\n                assumed = found\n",
            ),
        ),
    ),
    Mutation(
        "a cast of an array leaves no NULL",
        (("array_shapes.py", "element.nullable or not is_kept", "not is_kept"),),
    ),
    Mutation(
        "a cast reads the elements of an array of arrays as elements",
        (("array_shapes.py", 'if element.type in (type_of(cast.node("arg")), UNKNOWN):', "if False:"),),
    ),
    Mutation(
        "ARRAY(SELECT) leaves NULL out",
        (
            (
                "shaping.py",
                "nullable = not self.prover.sublink_column_is_not_null(sublink, 1, context)",
                "nullable = False",
            ),
        ),
    ),
    Mutation(
        "an array is what was appended to it",
        (
            (
                "array_shapes.py",
                "        return _joined(shapes.of_value(array, context), one)\n",
                "        return one\n",
            ),
        ),
    ),
    Mutation(
        "whatever is removed, it is NULL",
        (("array_shapes.py", "_without_null(found) if _is_null(args[1]) else found", "_without_null(found)"),),
    ),
    Mutation(
        "array_replace writes what is there",
        (
            (
                "array_shapes.py",
                "return found and _joined(found, replace(found, inside=",
                "return found or (found and replace(found, inside=",
            ),
        ),
    ),
    Mutation(
        "array constants hold no NULL",
        (("array_shapes.py", "Shape(OF_TYPE, nullable=has_nulls)", "Shape(OF_TYPE)"),),
    ),
    Mutation(
        "COALESCE is what its first argument is",
        (
            (
                "shaping.py",
                'return of_all(self.of_value(arg, context) for arg in expr.nodes("args"))',
                'return self.of_value(expr.nodes("args")[0], context)',
            ),
        ),
    ),
    Mutation(
        "CASE is what its first arm is",
        (
            (
                "shaping.py",
                "return of_all(self.of_value(result, place) for result, place in arms(expr, context, self.prover))",
                "return self.of_value(*next(iter(arms(expr, context, self.prover))))",
            ),
        ),
    ),
    Mutation(
        "VALUES is made of what its first row is",
        (
            (
                "row_shapes.py",
                "for found in members if isinstance(found, Node))",
                "for found in members[:1] if isinstance(found, Node))",
            ),
        ),
    ),
]


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a mutation was found, after how many statements and seconds, and by which statement."""

    mutation: Mutation
    seed: int | None
    statements: int
    seconds: float
    output: str


def sources() -> Path:
    """Return the folder that holds the package under test."""
    return Path(plainsql.__file__).parents[1]


def broken_copy(mutation: Mutation, folder: Path) -> Path:
    """Copy the package into *folder* and break one rule of it; return what to put on PYTHONPATH."""
    target = folder / "src"
    shutil.copytree(sources() / "plainsql", target / "plainsql", ignore=shutil.ignore_patterns("__pycache__"))
    for file, before, after in mutation.edits:
        path = target / "plainsql" / "nullability" / file
        text = path.read_text(encoding="utf-8")
        if text.count(before) != 1:
            raise LookupError(f"{mutation.name!r}: {file} has {text.count(before)} times: {before}")
        path.write_text(text.replace(before, after), encoding="utf-8")
    return target


def run(mutation: Mutation, server: str, statements: int, ignored: Sequence[int] = ()) -> Found:
    """Run random statements against a broken copy until one is refuted; *ignored* seeds are so without it."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="plainsql-mutation-") as folder:
        path = broken_copy(mutation, Path(folder))
        output, seeds = _soundness(path, server, statements, "--first", "--ignore", *map(str, ignored))
    ran = min(seeds) - FIRST_SEED + 1 if seeds else statements
    return Found(mutation, min(seeds, default=None), ran, time.perf_counter() - started, output)


def _soundness(path: Path, server: str, statements: int, *more: str) -> tuple[str, list[int]]:
    """Run random statements against the package in *path*; return the output and the seeds of what is wrong."""
    command = [sys.executable, "-m", "tests.soundness", "--failures", "0", "--server", server]
    command += ["--statements", str(statements), "--seed", str(FIRST_SEED), *more]
    environment = {**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{_ROOT}"}
    done = subprocess.run(command, cwd=path, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or "statements, " not in done.stdout:
        raise RuntimeError(f"{done.stdout}{done.stderr}")
    lines = [line for line in done.stdout.splitlines() if line.startswith("-- seed ")]
    return done.stdout, [int(line.split(",")[0].removeprefix("-- seed ")) for line in lines]


def run_all(server: str, major: int, statements: int, names: Sequence[str] = ()) -> Iterator[Found]:
    """Yield what became of each mutation that a server of version *major* can tell."""
    with tempfile.TemporaryDirectory(prefix="plainsql-mutation-") as folder:
        for number, mutation in enumerate(MUTATIONS):
            broken_copy(mutation, Path(folder) / str(number))  # all still apply
    _, ignored = _soundness(sources(), server, statements)
    for mutation in MUTATIONS:
        if mutation.since <= major and (not names or mutation.name in names):
            yield run(mutation, server, statements, ignored)


def main() -> int:
    """Print a line for each mutation; return 1 when one wasn't found."""
    parser = argparse.ArgumentParser(prog="python -m tests.soundness.mutations", description=__doc__)
    parser.add_argument("--server", required=True)
    parser.add_argument("--major", type=int, default=18)
    parser.add_argument("--statements", type=int, default=STATEMENTS)
    parser.add_argument("--show", action="store_true", help="print the statement that found each")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    missed = 0
    for found in run_all(options.server, options.major, options.statements, options.names):
        missed += found.seed is None
        outcome = f"after {found.statements}" if found.seed is not None else f"NOT in {found.statements}"
        print(f"{outcome:>14} statements, {found.seconds:5.1f} s: {found.mutation.name}", flush=True)
        if options.show and found.seed is not None:
            print(found.output)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
