"""What a generated module says of its queries, read back from its text without importing it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from plainsql.query import module_names as names


@dataclass(frozen=True, slots=True)
class Signature:
    """
    One query as a module has it.

    Attributes:
        returns: Annotation of the result.
        parameters: Annotation by name.
        columns: Annotation by name, of the row class or the single value.
        sql: The statement, None in an asynchronous module.
    """

    returns: str
    parameters: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    sql: str | None = None


def signatures(text: str) -> dict[str, Signature]:
    """Return the signature of every function of module *text*, by name; nothing if it is broken Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return {}
    classes = {node.name: _fields(node) for node in tree.body if isinstance(node, ast.ClassDef)}
    statements = dict(_statements(tree))
    found: dict[str, Signature] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            parameters = {
                arg.arg: ast.unparse(arg.annotation) for arg in node.args.kwonlyargs if arg.annotation is not None
            }
            parameters |= classes.get(names.params_class(node.name), {})
            found[node.name] = Signature(
                ast.unparse(node.returns),
                parameters,
                _with_nested(classes.get(names.row_class(node.name), {}), ast.unparse(node.returns), classes),
                statements.get(names.constant(node.name)),
            )
    return found


def _with_nested(columns: dict[str, str], returns: str, classes: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return *columns* with the fields of the classes that they are made of: ``GetOrderItem.id``."""
    found = dict(columns)
    pending = [returns, *columns.values()]
    seen = set(columns) | {name for name in classes if classes[name] == columns}
    while pending:
        words = set(re.findall(r"\w+", pending.pop()))
        for name in sorted(words & classes.keys() - seen):
            seen.add(name)
            found |= {f"{name}.{field}": annotation for field, annotation in classes[name].items()}
            pending += classes[name].values()
    return found


def _fields(node: ast.ClassDef) -> dict[str, str]:
    return {
        item.target.id: ast.unparse(item.annotation)
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    }


def _statements(tree: ast.Module) -> list[tuple[str, str]]:
    """Return the SQL of each statement by constant; a script's statements are joined."""
    found: list[tuple[str, str]] = []
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(node.value, ast.Call):
            texts = [
                literal.value
                for keyword in node.value.keywords
                if keyword.arg in ("sql", "statements")
                for literal in ast.walk(keyword.value)
                if isinstance(literal, ast.Constant) and isinstance(literal.value, str)
            ]
            found.append((node.target.id, "\n;\n".join(texts)))
    return found
