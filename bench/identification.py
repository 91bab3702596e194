"""Identification of license texts under changes, and of texts whose own fingerprint is taken away; by hand, where texts are at hand.

    python bench/identification.py [--seed N] [--scancode FOLDER] FOLDER...

Every text of the folders that the catalogue holds is changed in many ways. Printed: how many give the right key, how many say that they were
changed, and every wrong or missing answer by name. Then each text is identified without its own fingerprints (and those of its license's other
texts): it must never be called the text of another license. ScanCode's texts that the catalogue does not hold must be nobody's. At the end the
time of one text and of the index.
"""

from __future__ import annotations

import argparse
import html
import random
import re
import statistics
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from auditor import resources
from auditor.catalog.catalog import Catalog
from auditor.catalog.fingerprints import Fingerprints, KnownSequence
from auditor.domain.identification import TextIdentity
from auditor.licensing.matcher import Matcher
from auditor.reading.normalize import fingerprint
from auditor.reading.shingles import shingles

CLAUSE = "The recipient shall not use the material for the cartography of maritime borders without a written permit of the Zephyrine Council."
FILLER = ("this model was trained on a large corpus and it answers questions", "in several languages with good accuracy on public benchmarks")
RIDER = '"Commons Clause": the license does not grant the right to sell the software.'
SAME_WORDS = ("as it is", "header", "re-wrapped", "re-wrapped, 40 columns", "HTML", "comment", "emphasis", "characters")
CHANGED = ("clause inserted", "clause removed", "rider added", "not added", "not removed", "number changed", "non-commercial")
SURROUNDED = "in 300 words"


def header(text: str, _: random.Random) -> str:
    """Another copyright line on top."""
    return f"Copyright (c) 2026 Example Authors\n\n{text}"


def wrapped(text: str, _: random.Random) -> str:
    """Every paragraph filled to 64 columns."""
    return "\n\n".join(textwrap.fill(part, 64, break_long_words=False, break_on_hyphens=False) for part in paragraphs(text))


def narrow(text: str, _: random.Random) -> str:
    """Every paragraph filled to 40 columns: copyright lines break."""
    return "\n\n".join(textwrap.fill(part, 40, break_long_words=False, break_on_hyphens=False) for part in paragraphs(text))


def as_html(text: str, _: random.Random) -> str:
    """A page with entities and a line break for each line."""
    return "<html><body>" + "\n".join(f"<p>{html.escape(part)}</p>".replace("\n", "<br/>\n") for part in paragraphs(text)) + "</body></html>"


def as_comment(text: str, chance: random.Random) -> str:
    """Before each line what a programming language asks for."""
    prefix = chance.choice(("# ", "// ", " * ", ";; ", "-- ", "> "))
    return "\n".join(prefix + line for line in text.split("\n"))


def emphasized(text: str, chance: random.Random) -> str:
    """One word of twenty in bold or italics."""
    return re.sub(r"(?<![\w@/.])[A-Za-z]{4,}(?![\w@/])", lambda found: f"**{found[0]}**" if chance.random() < 0.05 else found[0], text)


def typographic(text: str, chance: random.Random) -> str:
    """A byte order mark, carriage returns, no-break spaces, curly quotes, a ligature, soft hyphens."""
    text = re.sub(" ", lambda _: "\u00a0" if chance.random() < 0.1 else " ", text.replace("'", "\u2019").replace("fi", "\ufb01"))
    text = re.sub("([a-z]{4})([a-z]{4})", lambda found: f"{found[1]}\u00ad{found[2]}" if chance.random() < 0.1 else found[0], text)
    return "\ufeff" + text.replace("\n", "\r\n")


def surrounded(text: str, chance: random.Random) -> str:
    """150 words before and after."""
    words = [" ".join(chance.choice(" ".join(FILLER).split()) for _ in range(150)) for _ in range(2)]
    return f"# Model\n\n{words[0]}.\n\n{text}\n\n{words[1]}.\n"


def edited(text: str, chance: random.Random) -> str:
    """Two words of a hundred replaced, at least one."""
    text = re.sub(r"[A-Za-z]{3,}", "zephyr", text, count=1)
    return re.sub(r"[A-Za-z]{3,}", lambda found: "zephyr" if chance.random() < 0.02 else found[0], text)


def cut(text: str, _: random.Random) -> str:
    """Without its last fifth."""
    words = text.split(" ")
    return " ".join(words[: len(words) * 4 // 5])


def with_clause(text: str, chance: random.Random) -> str:
    """One more paragraph."""
    parts = paragraphs(text)
    parts.insert(chance.randrange(len(parts) + 1), CLAUSE)
    return "\n\n".join(parts)


def without_clause(text: str, chance: random.Random) -> str:
    """Less one paragraph of twenty words or more; less a sentence where there is none."""
    parts = paragraphs(text)
    long = [index for index, part in enumerate(parts) if len(part.split()) >= 20]
    if len(long) > 1:
        parts.pop(chance.choice(long))
        return "\n\n".join(parts)
    sentences = re.split(r"(?<=[.;])\s+", text)
    sentences.pop(max(range(len(sentences)), key=lambda index: len(sentences[index])))
    return " ".join(sentences)


def with_rider(text: str, _: random.Random) -> str:
    """One sentence at the end."""
    return f"{text.rstrip()}\n\n{RIDER}\n"


def _at_one(pattern: str, put: Callable[[re.Match[str]], str]) -> Callable[[str, random.Random], str]:
    """One of the places where the pattern is found, replaced; the text as it is where there is none."""

    def change(text: str, chance: random.Random) -> str:
        found = list(re.finditer(pattern, text))
        if not found:
            return text
        one = chance.choice(found)
        return text[: one.start()] + put(one) + text[one.end() :]

    return change


def half(text: str, _: random.Random) -> str:
    """Without its second half."""
    words = text.split(" ")
    return " ".join(words[: len(words) // 2])


def misread(text: str, chance: random.Random) -> str:
    """One letter of a hundred is another one, the first in any case."""
    text = re.sub("[a-z]", "q", text, count=1)
    return re.sub("[a-z]", lambda found: chance.choice("abcdefghijklmnopqrstuvwxyz") if chance.random() < 0.01 else found[0], text)


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "as it is": lambda text, _: text,
    "header": header,
    "re-wrapped": wrapped,
    "re-wrapped, 40 columns": narrow,
    "HTML": as_html,
    "comment": as_comment,
    "emphasis": emphasized,
    "characters": typographic,
    SURROUNDED: surrounded,
    "2 % edited": edited,
    "1 % misread": misread,
    "tail cut": cut,
    "half cut": half,
    "clause inserted": with_clause,
    "clause removed": without_clause,
    "rider added": with_rider,
    "not added": _at_one(r"\b(?:may|shall|must|will|is|are)\b(?! not)", lambda one: f"{one[0]} not"),
    "not removed": _at_one(r"\bnot ", lambda _: ""),
    "number changed": _at_one(r"(?<![\w.])(?!(?:19|20)\d\d\b)\d[\d,]*(?![\w]|\.\d)", lambda one: f"{one[0]}7"),
    "non-commercial": _at_one(r"\b(?<!non-)[Cc]ommercial", lambda one: f"non-{one[0]}"),
}


def paragraphs(text: str) -> list[str]:
    """Parts between blank lines."""
    return [part for part in re.split(r"\n\s*\n", text) if part.strip()]


def texts(folders: list[Path], catalog: Catalog) -> Iterator[tuple[str, str, str]]:
    """(name, key, text) of every file that the catalogue holds, each text once."""
    seen = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.stat().st_size > 400_000:
                continue
            text = _body(path)
            digest = fingerprint(text).sha256
            if (known := catalog.texts.get(digest)) and digest not in seen:
                seen.add(digest)
                yield path.name, known.license, text


def _body(path: Path) -> str:
    content = path.read_text(encoding="utf-8", errors="replace")
    parts = content.split("---\n", 2)
    return parts[2] if content.startswith("---\n") and len(parts) == 3 else content


def identified(matcher: Matcher, text: str, inside: bool = False) -> tuple[TextIdentity, ...]:
    """What `auditor identify` and `check` are told."""
    return matcher.identify_all(fingerprint(text).sha256, lambda: shingles(text), inside)


def _judge(change: str, key: str, found: tuple[TextIdentity, ...]) -> str:
    """`right`, or what is wrong."""
    best = max(found, key=lambda identity: identity.score, default=None)
    if best is None or best.key is None:
        return "not identified"
    if any(identity.key != key and identity.method in ("text_exact", "text_equivalent") for identity in found):
        return f"called {best.key}"
    if best.key != key:
        return f"taken for {best.key} ({best.method})"
    same = best.method in ("text_exact", "text_equivalent")
    if change in SAME_WORDS:
        return "right" if same else f"right key, but {best.method}"
    if change in CHANGED:
        return "called the same text" if same else "right" if best.changes else "right key, no passage shown"
    return "called the same text" if same and change != SURROUNDED else "right"


class Without:
    """The fingerprints less those of one license."""

    def __init__(self, whole: Fingerprints, key: str) -> None:
        self.whole, self.key, self.digests, self.stranger_words = whole, key, whole.digests, whole.stranger_words

    def near(self, hashes: Iterable[int]) -> list[tuple[float, str, str]]:
        """As in the whole."""
        return [one for one in self.whole.near(hashes) if one[1] != "text" or self.whole.sequence(int(one[2])).license != self.key]

    def sequence(self, index: int) -> KnownSequence:
        """As in the whole."""
        return self.whole.sequence(index)

    def rewrapped(self, sha256: str) -> KnownSequence | None:
        """As in the whole."""
        found = self.whole.rewrapped(sha256)
        return None if found is None or found.license == self.key else found


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--scancode", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    catalog = Catalog(resources.rules())
    matcher = Matcher(catalog)
    found = list(texts(options.folders + ([options.scancode] if options.scancode else []), catalog))
    print(f"{len(found)} texts of {len({key for _, key, _ in found})} licenses, seed {options.seed}")
    for change, make in CHANGES.items():
        for inside in (False, True) if change == SURROUNDED else (False,):
            told = _told(change, make, found, matcher, inside, options.seed)
            count = Counter(told.values())
            print(f"{change + (' (as a card)' if inside else ''):26} right {count['right']} of {len(told)} ({count['right'] / len(told):.1%})")
            for name, said in told.items():
                if said != "right":
                    print(f"    {name}: {said}")
    _leave_one_out(found, catalog, matcher)
    if options.scancode:
        _strangers(options.scancode, catalog, matcher)
    _speed(found)


def _told(
    change: str, make: Callable[[str, random.Random], str], found: list[tuple[str, str, str]], matcher: Matcher, inside: bool, seed: int
) -> dict[str, str]:
    """What is said of every text that the change changes, by name."""
    told = {}
    for name, key, text in found:
        made = make(text, random.Random(f"{seed}{name}"))
        if made != text or change == "as it is":
            told[name] = _judge(change, key, identified(matcher, made, inside))
    return told


def _leave_one_out(found: list[tuple[str, str, str]], catalog: Catalog, matcher: Matcher) -> None:
    told: Counter[str] = Counter()
    for name, key, text in found:
        alone = Matcher(catalog)
        alone.__dict__["fingerprints"] = Without(matcher.fingerprints, key)
        for identity in alone.identify_all("0" * 64, lambda text=text: shingles(text)):  # type: ignore[misc]
            told[identity.method] += 1
            if identity.method in ("text_exact", "text_equivalent"):
                print(f"    without its own fingerprints {name} ({key}) is called {identity.key}, lines {identity.span}")
    print(f"leave one out: {dict(sorted(told.items()))}")


def _strangers(folder: Path, catalog: Catalog, matcher: Matcher) -> None:
    told: Counter[str] = Counter()
    for path in sorted(folder.glob("*.LICENSE")):
        text = _body(path)
        if fingerprint(text).sha256 in catalog.texts:
            continue
        for identity in identified(matcher, text):
            told[identity.method] += 1
            if identity.method in ("text_exact", "text_equivalent"):
                print(f"    {path.name} is called {identity.key}, lines {identity.span}")
    print(f"texts that only ScanCode knows: {dict(sorted(told.items()))}")


def _speed(found: list[tuple[str, str, str]]) -> None:
    fresh = Matcher(Catalog(resources.rules()))
    start = time.process_time()
    fresh.fingerprints.near([0])
    print(f"index, loaded and asked once: {(time.process_time() - start) * 1000:.1f} ms of CPU")
    times = []
    for _, _, text in found:
        start = time.process_time()
        identified(fresh, text + "\nOne more sentence.")
        times.append(time.process_time() - start)
    times.sort()
    named = {"median": statistics.median(times), "p95": times[int(len(times) * 0.95)], "longest": times[-1]}
    print("one changed text, ms of CPU: " + ", ".join(f"{name} {seconds * 1000:.1f}" for name, seconds in named.items()))


if __name__ == "__main__":
    main()
