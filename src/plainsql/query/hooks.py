"""``@before`` and ``@after``: which hand-written functions run with a query, and what goes in and out of them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from plainsql.query.model import Kind
from plainsql.query.names import parameter_name_fault
from plainsql.query.source import Faults, closest, position_in

_CALL: Final = re.compile(r"(?P<hook>[^\s()]+)[ \t]*(?:(?P<open>\()(?P<inside>[^()]*)\)[ \t]*)?(?P<rest>.*)\Z")
_NAME: Final = re.compile(r"[A-Za-z]\w*\Z", re.ASCII)
_EXAMPLES: Final = {
    "before": "write @before hash_password(password -> password_hash)",
    "after": "write @after drop_sessions",
}
_NO_ROWS: Final[dict[Kind, str]] = {"exec": "!", "many_exec": "*!", "script": "#"}


if TYPE_CHECKING:
    from plainsql.query.comments import DirectiveLine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Word:
    """A name, and the character offset in its file at which it stands."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Before:
    """
    One ``@before`` line.

    Attributes:
        hook: Its function.
        inputs: What it is given, in order.
        outputs: The SQL parameters that take its result; None: the inputs, if it returns anything.
    """

    hook: Word
    inputs: tuple[Word, ...]
    outputs: tuple[Word, ...] | None

    def __str__(self) -> str:
        given = ", ".join(word.text for word in self.inputs)
        made = "" if self.outputs is None else f"{given and ' '}-> {', '.join(word.text for word in self.outputs)}"
        return f"{self.hook.text}({given}{made})"


class _Refusal(Exception):
    """A part of a directive that can't be meant: where it stands, what is wrong with it, what to write."""

    def __init__(self, start: int, text: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.start = start
        self.length = len(text) or 1
        self.hint = hint


def read_before(line: DirectiveLine, faults: Faults, query: str, name: str) -> Before | None:
    """
    Return what a ``@before`` line says, or None if it can't be read.

    Args:
        line: The directive.
        faults: Takes what is wrong with it.
        query: Dotted key, for messages.
        name: The query's own name, which no parameter may have in capitals.
    """
    return _read(line, faults, query, lambda start: _before(line.argument, start, name))


def read_after(line: DirectiveLine, faults: Faults, query: str) -> Word | None:
    """Return the hook that an ``@after`` line names, or None if it can't be read."""
    return _read(line, faults, query, lambda start: _after(line.argument, start))


def _read(line: DirectiveLine, faults: Faults, query: str, read: Callable[[int], T]) -> T | None:
    try:
        if not line.argument:
            text = faults.text[line.start : line.end]
            raise _Refusal(line.start, text, f"'@{line.name}' names no hook", _EXAMPLES[line.name])
        return read(faults.text.rindex(line.argument, line.start, line.end))
    except _Refusal as wrong:
        faults.add(wrong.start, str(wrong), hint=wrong.hint, length=wrong.length, query=query)
        return None


def _before(argument: str, start: int, query: str) -> Before:
    match = _CALL.match(argument)
    hook = match["hook"] if match else argument
    if match is None or not _is_name(hook):
        raise _Refusal(start, hook, f"'{hook}' is no name of a function", _name_hint(hook, "before"))
    if match["rest"].startswith("("):
        raise _Refusal(start, argument, "the parenthesis isn't closed, or is one too many", _EXAMPLES["before"])
    if match["rest"]:
        at = start + match.start("rest")
        raise _Refusal(at, match["rest"], f"'{match['rest']}' stands after the hook", "a reason goes to @why")
    if match["open"] is None:
        message = f"'{argument}' doesn't say what the hook is given"
        raise _Refusal(start, argument, message, f"write @before {hook}(email), for example")
    inside, at = match["inside"], start + match.start("inside")
    left, arrow, right = inside.partition("->")
    inputs = tuple(_names(left, at)) if left.strip() or not arrow else ()
    outputs = tuple(_names(right, at + len(left) + 2)) if arrow else None
    for word in inputs:
        if wrong := parameter_name_fault(word.text, query):
            raise _Refusal(word.start, word.text, wrong[0], f"rename it, for example to '{wrong[1]}'")
    return Before(Word(hook, start), inputs, outputs)


def _after(argument: str, start: int) -> Word:
    name, separator, rest = re.split(r"([\s(,]|\Z)", argument, maxsplit=1)
    if not _is_name(name):
        text = name or argument
        raise _Refusal(start, text, f"'{text}' is no name of a function", _name_hint(text, "after"))
    if rest := f"{separator}{rest}".strip():
        at = start + argument.rindex(rest)
        is_call = rest.startswith("(")
        hint = f"write @after {name}: it is given the transaction and the rows" if is_call else "one hook a line"
        raise _Refusal(at, rest, f"'{rest}' stands after the hook", hint)
    return Word(name, start)


def check_hooks(
    before: Sequence[Before], after: Sequence[Word], kind: Kind, names: Sequence[str], faults: Faults, query: str
) -> None:
    """
    Report hooks that can't be for this query, whatever their functions are.

    Args:
        before: In file order.
        after: In file order.
        kind: Of the query.
        names: The query's parameters.
        faults: Takes what is wrong.
        query: Dotted key, for messages.
    """
    if kind in ("many_exec", "script") and before:
        message = f"'@before' is for one set of parameters, and {_NO_ROWS[kind]} has {_has(kind)}"
        hint = "take arrays and unnest() them: a hook is then given the whole batch" if kind == "many_exec" else None
        _at(before[0].hook, message, hint or "take it out", faults, query)
    if kind in _NO_ROWS and after:
        message = f"'@after' gets the rows of the query, and {_NO_ROWS[kind]} returns none"
        hint = "take it out" if kind == "script" else "add RETURNING, and take the suffix off: then it returns a list"
        _at(after[0], message, hint, faults, query)
    seen: dict[str, Word] = {}
    for word in after:
        first = seen.setdefault(word.text, word)
        if first is not word:
            line = position_in(faults.text, first.start).line
            _at(word, f"'@after {word.text}' stands twice; the first is at line {line}", None, faults, query)
    unread: dict[str, Before] = {}
    for step in before:
        for word in step.inputs:
            unread.pop(word.text, None)
        for word in step.outputs or ():
            if word.text not in names:
                near = closest(word.text, names)
                hint = f"did you mean '{near}'?" if near else f"there are: {', '.join(names) or 'none'}"
                _at(word, f"'{word.text}' is no parameter of the SQL", hint, faults, query)
            elif earlier := unread.get(word.text):
                message = f"'{word.text}' is made by {earlier.hook.text} already, whose result nobody would read"
                hint = f"give it to this hook too: {step.hook.text}({word.text} -> {word.text})"
                _at(word, message, hint, faults, query)
            unread[word.text] = step


def _has(kind: Kind) -> str:
    return "many" if kind == "many_exec" else "none"


def _names(text: str, start: int) -> Iterator[Word]:
    """Yield the names of a list with commas between."""
    found: set[str] = set()
    for match in re.finditer(r"[^,]+|(?<=,)(?=,|\Z)|\A(?=,|\Z)", text):
        name = match[0].strip()
        at = start + match.start() + (len(match[0]) - len(match[0].lstrip()) if name else 0)
        if not name:
            raise _Refusal(at, "", "a name is missing here", _EXAMPLES["before"])
        if not _is_name(name):
            raise _Refusal(at, name, f"'{name}' is no name of a parameter", _name_hint(name, "before"))
        if name in found:
            raise _Refusal(at, name, f"'{name}' stands twice", "take one out")
        found.add(name)
        yield Word(name, at)


def _is_name(text: str) -> bool:
    return bool(_NAME.match(text)) and not keyword.iskeyword(text)


def _name_hint(text: str, directive: str) -> str:
    if re.search(r"=>|→|⇒|->", text):
        return f"write one ->: {_EXAMPLES['before'].removeprefix('write ')}"
    bare = re.sub(r"\A\W+|\W+\Z", "", text)
    if "." in bare:
        return f"import it in the hooks module, and write {bare.rpartition('.')[2]}"
    if bare == text and text.startswith("_"):
        return f"what begins with _ is the hooks module's own: call it {text.lstrip('_') or 'otherwise'}"
    return f"write it plainly: {bare}" if bare != text and _is_name(bare) else _EXAMPLES[directive]


def _at(word: Word, message: str, hint: str | None, faults: Faults, query: str) -> None:
    faults.add(word.start, message, hint=hint, length=len(word.text), query=query)
