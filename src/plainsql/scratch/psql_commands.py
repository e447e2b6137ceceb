"""The backslash commands of psql: which change nothing that a schema shows, and what to do about the others."""

from __future__ import annotations

import re

_HARMLESS = re.compile(
    r"(?:restrict|unrestrict|echo|qecho|warn|timing|encoding|pset|unset|errverbose|conninfo|[aCfHoprtTx])\Z"
)
_SPECIAL_VARIABLE = re.compile(
    r"(?:AUTOCOMMIT|COMP_KEYWORD_CASE|ECHO|ECHO_HIDDEN|FETCH_COUNT|HIDE_TABLEAM|HIDE_TOAST_COMPRESSION|HISTCONTROL"
    r"|HISTFILE|HISTSIZE|IGNOREEOF|ON_ERROR_ROLLBACK|ON_ERROR_STOP|PROMPT[123]|QUIET|SHOW_ALL_RESULTS|SHOW_CONTEXT"
    r"|SINGLELINE|SINGLESTEP|VERBOSITY)\Z"
)
"""Those that psql itself reads; all others are there to be put into statements."""

_ADVICE = {
    "connect": (
        "a schema file is one database; dump it with pg_dump DBNAME, without --create and not with pg_dumpall, "
        "or delete this line and what belongs to other databases"
    ),
    "copy": "write COPY … FROM stdin; with its data below it, or leave the data out",
    "include": "give that file too, each with its own --schema, in order",
    "set": "write its value where the variable is used",
    "quit": "psql would stop here: delete what follows, and this line",
    "if": "only psql knows conditions: keep the branch that counts and delete the others",
    "gexec": "it runs what the query returns, which no other program does: write those statements down",
    ".": "it ends the data of COPY, and no COPY … FROM stdin; stands before it on a line of its own",
}
_SAME = {
    "c": "connect",
    "i": "include",
    "ir": "include",
    "include_relative": "include",
    "q": "quit",
    "elif": "if",
    "else": "if",
    "endif": "if",
    "prompt": "set",
    "getenv": "set",
    "gset": "set",
}


def refusal(command: str, rest: str) -> str | None:
    """
    Return why a line can't be passed over, or None when it can.

    Args:
        command: The word after the backslash.
        rest: What follows it.
    """
    if _HARMLESS.match(command):
        return None
    variable = rest.split(maxsplit=1)[0] if rest else ""
    if command == "set" and (not variable or _SPECIAL_VARIABLE.match(variable)):
        return None
    advice = _ADVICE.get(_SAME.get(command, command), "delete the line, or write in SQL what it does")
    return f"the psql command \\{command} is not supported: {advice}"
