"""Names of modules against the lists of a checkpoint: exact names, globs, and the plain part of regular expressions. Linear in time: the lists are foreign."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record

_PREFIX = lazy_pattern(r"^(?:[A-Za-z_]+\.)*?(?=layers\.|lm_head|embed_tokens|mtp)")
_FUSED = {"qkv_proj": ("q_proj", "k_proj", "v_proj"), "gate_up_proj": ("gate_proj", "up_proj")}
MOST = 64
"""Forms that one expression with alternatives may take."""

Token = tuple[str, str]
"""(`one`, character), (`any`, ""), (`star`, "") or (`digits`, "")."""


class NotPlain(Exception):
    """A regular expression beyond the plain part."""


def tail(name: str) -> str:
    """A module's name from `layers.` on, whatever the checkpoint puts before it."""
    return _PREFIX.sub("", name, count=1)


@record
class Names:
    """A set of modules. `unread` counts entries that could not be read."""

    exact: frozenset[str]
    prefixes: tuple[str, ...]
    """Of globs that end in their only star."""
    globs: tuple[tuple[Token, ...], ...]
    unread: int

    def __contains__(self, name: str) -> bool:
        """Whether the module, one that holds it, or a segment of its name is in the list. Regular expressions match the whole name."""
        segments = name.replace("*", "0").split(".")
        for start in range(len(segments)):
            for end in range(start + 1, len(segments) + 1):
                if ".".join(segments[start:end]) in self.exact:
                    return True
        if self.prefixes and ".".join(segments).startswith(self.prefixes):
            return True
        return any(_matches(tokens, candidate) for tokens in self.globs for candidate in (".".join(segments), ".".join(segments[:-1])) if candidate)


def names(entries: object) -> Names:
    """Reads a list; what is no list is an empty one with a fault."""
    if entries is None:
        return Names(frozenset(), (), (), 0)
    if not isinstance(entries, (list, tuple)):
        return Names(frozenset(), (), (), 1)
    exact: set[str] = set()
    globs: list[tuple[Token, ...]] = []
    prefixes: list[str] = []
    unread = 0
    for entry in entries:
        if not isinstance(entry, str) or len(entry) > 400:
            unread += 1
            continue
        try:
            for form in _unfused(entry):
                if form.startswith("re:"):
                    globs += [tuple(tokens) for tokens in _expression(form[3:])]
                elif form.endswith("*") and not set(form[:-1]) & set("*?"):
                    prefixes.append(tail(form[:-1]))
                elif "*" in form or "?" in form:
                    globs.append(_glob(tail(form)))
                else:
                    exact.add(tail(form))
        except NotPlain:
            unread += 1
    return Names(frozenset(exact), tuple(prefixes), tuple(dict.fromkeys(globs)), unread)


def _unfused(entry: str) -> Iterable[str]:
    for fused, parts in _FUSED.items():
        if fused in entry and not entry.startswith("re:"):
            return [entry.replace(fused, part) for part in parts]
    return [entry]


def _glob(text: str) -> tuple[Token, ...]:
    tokens: list[Token] = []
    for character in text:
        tokens.append(("star", "") if character == "*" else ("any", "") if character == "?" else ("one", character))
    return tuple(tokens)


def _expression(text: str) -> list[list[Token]]:
    """Literals, `.`, `.*`, `\\d+`, escapes, `^`, `$` and groups of alternatives without nesting."""
    done: list[list[Token]] = [[]]
    i, anchored, body = 0, text.startswith("^"), text.removeprefix("^").removesuffix("$")
    while i < len(body):
        if body[i] == "(":
            end = body.find(")", i)
            options = body[i + 1 : end].removeprefix("?:").split("|") if end > 0 else []
            if not options or any("(" in option for option in options) or (body[end + 1 : end + 2] in tuple("*+?{") and body[end + 1 :]):
                raise NotPlain
            read = [_expression_flat(option) for option in options]
            done = [[*before, *option] for before in done for option in read]
            i = end + 1
        else:
            token, i = _token(body, i)
            done = [[*before, token] for before in done]
        if len(done) > MOST:
            raise NotPlain
    if not anchored and not text.startswith(".*"):
        done = [*done, *([("star", ""), ("one", "."), *tokens] for tokens in done)]
    return done


def _expression_flat(text: str) -> list[Token]:
    tokens, i = [], 0
    while i < len(text):
        token, i = _token(text, i)
        tokens.append(token)
    return tokens


def _token(text: str, i: int) -> tuple[Token, int]:
    rest = text[i:]
    for written, token in ((".*", ("star", "")), (".+", ("star", "")), (r"\d+", ("digits", "")), ("[0-9]+", ("digits", ""))):
        if rest.startswith(written):
            return token, i + len(written)
    if rest[0] == "." and rest[1:2] not in ("?", "{"):
        return ("any", ""), i + 1
    if rest[0] == "\\" and len(rest) > 1 and not rest[1].isalnum():
        return ("one", rest[1]), i + 2
    if (rest[0].isalnum() or rest[0] in "_-:") and rest[1:2] not in ("*", "+", "?", "{"):
        return ("one", rest[0]), i + 1
    raise NotPlain


def _matches(tokens: tuple[Token, ...], name: str) -> bool:
    """The whole name, by following every state at once."""
    states = _closed(tokens, {0})
    for character in name:
        following: set[int] = set()
        for state in states:
            if state == len(tokens):
                continue
            kind, wanted = tokens[state]
            if kind == "star":
                following.add(state)
            elif kind == "digits" and character.isdigit():
                following |= {state, state + 1}
            elif kind == "any" or (kind == "one" and character == wanted):
                following.add(state + 1)
        states = _closed(tokens, following)
        if not states:
            return False
    return len(tokens) in states


def _closed(tokens: tuple[Token, ...], states: set[int]) -> set[int]:
    reached = set(states)
    for state in sorted(states):
        at = state
        while at < len(tokens) and tokens[at][0] == "star":
            at += 1
            reached.add(at)
    return reached
