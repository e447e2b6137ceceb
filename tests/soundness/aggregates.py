"""Random aggregates and window functions."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tests.soundness import conditions, expressions
from tests.soundness.draw import Draw
from tests.soundness.piece import Piece, expression, listed, optional
from tests.soundness.scope import Scope
from tests.soundness.signatures import Signature, read_signatures
from tests.soundness.types import NO_EQUALITY, TYPES

_FRAME_ENDS = (
    ("UNBOUNDED PRECEDING", 0),
    ("2 PRECEDING", 1),
    ("1 PRECEDING", 1),
    ("CURRENT ROW", 2),
    ("1 FOLLOWING", 3),
    ("2 FOLLOWING", 3),
    ("UNBOUNDED FOLLOWING", 4),
)
_EXCLUDE = ("CURRENT ROW", "GROUP", "TIES", "NO OTHERS")
_RANGE_OFFSETS = frozenset({"integer", "bigint", "numeric", "date", "timestamp", "timestamptz"})
_INTERVALS = ("1 day", "1 hour", "1 month", "1 month -30 days", "0")


@cache
def _signatures(file: str, major: int) -> dict[str, list[Signature]]:
    found = read_signatures(file, major)
    for type, known in TYPES.items():
        if file == "aggregates.txt" and type in (
            "integer",
            "text",
            "date",
            "numeric",
            "interval",
            "integer[]",
            "float8",
        ):
            found.setdefault(type, []).extend(
                Signature((f"{name}(", [type], ")"), type, 0, name) for name in ("min", "max")
            )
        if file == "windows.txt" and known.name not in ("filled", "posint"):
            lag = [
                Signature((f"{name}(", [type], arguments), type, 0, f"{name}{arguments}")
                for name in ("lag", "lead")
                for arguments in (")", ", 1)", ", 2)", ", 0)", ", NULL)")
            ]
            lag += [
                Signature((f"{name}(", [type], ", 1, ", [type], ")"), type, 0, f"{name} default")
                for name in ("lag", "lead")
            ]
            rest = [Signature((f"{name}(", [type], ")"), type, 0, name) for name in ("first_value", "last_value")]
            rest += [Signature(("nth_value(", [type], ", 2)"), type, 0, "nth_value")]
            found.setdefault(type, []).extend(lag + rest * 2)
    return found


def call(draw: Draw, type: str, scope: Scope, depth: int) -> Piece | None:
    """Return an aggregate of *type*; its arguments are ungrouped."""
    assert scope.ungrouped is not None
    known = _signatures("aggregates.txt", draw.version // 10000)
    if type == "integer" and draw.chance(30):
        inner = _aggregate(draw, draw.pick(known["bigint"]), scope.ungrouped, depth)
        return expression(type, inner.label + " cast", "({})::integer", inner)
    if type not in known:
        return None
    return _aggregate(draw, draw.pick(known[type]), scope.ungrouped, depth)


def _aggregate(draw: Draw, signature: Signature, scope: Scope, depth: int, *, window: bool = False) -> Piece:
    draw.use(f"aggregate: {signature.line}")
    arguments = scope if window else scope.without_aggregates()
    filtered = scope.without_aggregates()
    filtered.refs = [ref for ref in filtered.refs if not ref.text.startswith("grouping(")]
    label = f"aggregate: {signature.line}"
    plain = window or "WITHIN" in signature.line or "JSON" in signature.line  # no DISTINCT there, no ORDER BY
    made = expressions.apply(draw, signature if plain else _with_modifiers(draw, signature), arguments, depth)
    parts: list[str | Piece] = [_unwrapped(made)]
    if draw.chance(15):
        draw.use("FILTER")
        label += " FILTER"
        parts.append(optional(" FILTER (WHERE ", conditions.make(draw, filtered, depth - 1), ")"))
    return Piece(("(", *parts, ")"), "expression", signature.result, label)


def _with_modifiers(draw: Draw, signature: Signature) -> Signature:
    """Return *signature* with DISTINCT or ORDER BY, now and then."""
    types = [part[0] for part in signature.parts if isinstance(part, list)]
    if len(types) == 1 and types[0] in NO_EQUALITY:
        return signature
    head = signature.parts[0]
    if len(types) == 1 and draw.chance(15) and isinstance(head, str) and head.endswith("("):
        draw.use("aggregate DISTINCT")
        return replace(signature, parts=(head + "DISTINCT ", *signature.parts[1:]))
    if types and draw.chance(15):
        draw.use("aggregate ORDER BY")
        last = signature.parts[-1]
        assert isinstance(last, str)
        return replace(signature, parts=(*signature.parts[:-1], last[:-1] + " ORDER BY 1)"))
    return signature


def _unwrapped(piece: Piece) -> Piece:
    """Return *piece* without the parentheses that every expression has around it: FILTER and OVER follow a call."""
    parts = list(piece.parts)
    if isinstance(parts[0], str) and parts[0].startswith("("):
        parts[0] = parts[0][1:]
        last = parts[-1]
        assert isinstance(last, str)
        parts[-1] = last[:-1]
    return Piece(tuple(parts))


def window_call(draw: Draw, type: str, scope: Scope, depth: int) -> Piece | None:
    """Return a window function of *type*, or an aggregate used as one."""
    assert scope.windows is not None
    arguments = replace(scope, windows=None)
    major = draw.version // 10000
    known = _signatures("windows.txt", major).get(type, [])
    aggregates = _signatures("aggregates.txt", major).get(type, []) if draw.chance(50) else []
    aggregates = [signature for signature in aggregates if "WITHIN" not in signature.line]
    if not known and not aggregates:
        return None
    if aggregates:
        signature = draw.pick(aggregates)
        call = _unwrapped(_aggregate(draw, signature, arguments, depth, window=True))
    else:
        signature = draw.pick(known)
        call = _unwrapped(expressions.apply(draw, signature, arguments, depth))
    draw.use(f"window: {signature.line}")
    window = over(draw, arguments, scope.windows)
    return Piece(("(", call, " OVER ", window, ")"), "expression", type, f"window: {signature.line}")


def over(draw: Draw, scope: Scope, named: list[str]) -> Piece:
    """Return what stands after OVER."""
    if named and draw.chance(45):
        draw.use("named window")
        name = draw.pick(named)
        return Piece((name if draw.chance(60) else f"({name} {_frame(draw, None)})",))
    return Piece(("(", specification(draw, scope), ")"))


def specification(draw: Draw, scope: Scope, *, framed: bool = True) -> Piece:
    """Return PARTITION BY, ORDER BY and a frame, each now and then."""
    parts: list[str | Piece] = []
    sortable = [ref for ref in scope.refs if ref.type in TYPES and TYPES[ref.type].ordered and ref.type != "point"]
    if sortable and draw.chance(40):
        draw.use("PARTITION BY")
        parts.append(optional("PARTITION BY ", draw.pick(sortable).text))
    ordered: str | None = None
    if sortable and draw.chance(60):
        draw.use("window ORDER BY")
        ref = draw.pick(sortable)
        ordered = ref.type
        parts.append(optional(f" ORDER BY {ref.text}{draw.pick(('', ' DESC', ' NULLS FIRST'))}"))
    if framed and draw.chance(55):
        parts.append(optional(" ", _frame(draw, ordered)))
    return Piece(tuple(parts))


def _frame(draw: Draw, ordered: str | None) -> str:
    mode = "ROWS"
    ends = list(_FRAME_ENDS)
    if ordered is not None and draw.chance(50):
        mode = draw.pick(("RANGE", "GROUPS"))
    if mode == "RANGE" and ordered not in _RANGE_OFFSETS:
        ends = [end for end in ends if end[0][0] not in "12"]
    if mode == "RANGE" and ordered in ("date", "timestamp", "timestamptz"):
        ends = [(end.replace(end[0], f"'{draw.pick(_INTERVALS)}'::interval", end[0] in "12"), at) for end, at in ends]
    draw.use(f"frame {mode}")
    first = draw.pick([end for end in ends if end[1] < 4])
    if first[1] <= 2 and draw.chance(25):
        frame = f"{mode} {first[0]}"
    else:
        last = draw.pick([end for end in ends if end[1] >= max(first[1], 1)])
        frame = f"{mode} BETWEEN {first[0]} AND {last[0]}"
    if draw.chance(30):
        exclude = draw.pick(_EXCLUDE)
        draw.use(f"EXCLUDE {exclude}")
        frame += f" EXCLUDE {exclude}"
    return frame


def named_windows(draw: Draw, scope: Scope) -> tuple[Piece, list[str]]:
    """Return a WINDOW clause and its names; the list is empty where there is none."""
    if not draw.chance(35):
        return Piece(()), []
    draw.use("WINDOW")
    names: list[str] = []
    definitions: list[Piece] = []
    for number in range(draw.pick((1, 2))):
        name = draw.name("w")
        before = f"{names[0]} " if number and draw.chance(40) else ""
        body = Piece(()) if before else specification(draw, scope, framed=False)
        names.append(name)
        definitions.append(Piece((f"{name} AS ({before}", body, ")")))
    return Piece((" WINDOW ", listed(definitions)), "optional"), names
