"""Builds rules/fingerprints/texts.bin from folders with license texts; by hand, where texts are at hand.

    python scripts/build_fingerprints.py [--scancode FOLDER] FOLDER...

A file whose normalised words have a digest that stands in rules/licenses is a text of that license: its shingles and clauses are kept. Texts of
ScanCode's corpus (PyPI scancode-toolkit-mini, licensedcode/data/licenses, CC-BY-4.0) that the catalogue does not hold keep a sketch and a digest.
A text of the catalogue keeps also the digests that its words have when its lines are wrapped elsewhere, where those differ: a copyright line that
runs into the next one is no longer left out. No text is written.
"""

from __future__ import annotations

import argparse
import json
import re
import textwrap
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from auditor import resources
from auditor.catalog.catalog import Catalog
from auditor.catalog.fingerprints import FILE, FILTER_BITS, MAGIC, SKETCH
from auditor.reading.normalize import fingerprint, normalized_words
from auditor.reading.shingles import hash_words

MIN_WORDS = 60
MAX_BYTES = 400_000
WIDTHS = (*range(32, 133), 10_000)
"""Columns that texts are wrapped at; the last stands for one line for each paragraph."""
_WRAPPING_MATTERS = re.compile(r"copyright|\(c\)|©|\]\(|<", re.IGNORECASE)
"""What the normal form may read otherwise when it stands in another line."""
LABEL = re.compile(
    r"^[\s#*_>-]*(?:(?P<word>section|article|paragraph|clause|attachment|exhibit|appendix|schedule|preamble)\s+)?"
    r"(?P<label>\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Z]|\([a-zA-Z0-9]{1,4}\)|[a-z]|[ivx]{1,5})(?:[.):\s-]|$)",
    re.IGNORECASE,
)


def texts(folders: list[Path]) -> Iterator[str]:
    """Texts below the folders, gate prompts of saved Hub answers included."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.is_symlink() or path.stat().st_size > MAX_BYTES:
                continue
            content = path.read_text(encoding="utf-8", errors="replace")
            if path.suffix == ".json":
                yield from _prompts(content)
            else:
                yield content
                yield _without_front_matter(content)


def _prompts(content: str) -> Iterator[str]:
    try:
        card = json.loads(content).get("cardData")
    except (ValueError, AttributeError):
        return
    if isinstance(card, dict) and isinstance(card.get("extra_gated_prompt"), str):
        yield card["extra_gated_prompt"]


def _without_front_matter(content: str) -> str:
    parts = content.split("---\n", 2)
    return parts[2] if content.startswith("---\n") and len(parts) == 3 else content


def clauses(text: str) -> list[tuple[int, str]]:
    """(first word, label) of the numbered passages of a text: `1`, `1.b`, `1.b.iii`."""
    found: list[tuple[int, str]] = []
    path: list[str] = []
    seen = 0
    for line in text.split("\n"):
        match = LABEL.match(line)
        if match and (label := match["label"].strip("()")):
            depth = _depth(label, path) if not match["word"] else 0
            path = [*path[:depth], f"{match['word'].capitalize()} {label}" if match["word"] else label]
            found.append((seen, ".".join(path)))
        seen += len(normalized_words(line))
    return found


def _depth(label: str, path: list[str]) -> int:
    if label[0].isdigit():
        return 0
    if label.isupper():
        return 0 if not path or not path[0][0].isdigit() else 1
    roman = re.fullmatch(r"[ivx]+", label) is not None
    return 2 if (roman and len(path) >= 2 and label != "i") or (roman and len(path) >= 2) else 1


def rewrapped(text: str) -> set[str]:
    """Digests that the same text has when every paragraph is filled anew or has its lines apart, without its own."""
    if not _WRAPPING_MATTERS.search(text):
        return set()
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]
    found = {fingerprint(re.sub(r"\n+", "\n\n", text)).sha256}
    for width in WIDTHS:
        for hyphens in (False, True):
            filled = (textwrap.fill(part, width, break_long_words=False, break_on_hyphens=hyphens) for part in paragraphs)
            found.add(fingerprint("\n\n".join(filled)).sha256)
    return found - {fingerprint(text).sha256}


def build(folders: list[Path], scancode: Path | None, catalog: Catalog) -> bytes:
    """Content of the file."""
    known: dict[str, dict[str, Any]] = {}
    numbers = array("I")

    def put(values: Any) -> list[int]:
        start = len(numbers)
        numbers.extend(values)
        return [start, len(numbers) - start]

    for text in texts(folders + ([scancode] if scancode else [])):
        digest = fingerprint(text).sha256
        entry = catalog.texts.get(digest)
        if entry is None or digest in known:
            continue
        hashes = hash_words(normalized_words(text))
        known[digest] = {
            "license": entry.license, "text": entry.text, "form": entry.form, "words": fingerprint(text).words,
            "hashes": hashes, "clauses": clauses(text), "rewrapped": rewrapped(text),
        }  # fmt: skip
    ordered = sorted(known.values(), key=lambda e: (e["license"], e["text"]))
    sketches = [sketch(entry["hashes"]) for entry in ordered]
    others = _of_one_license([(digest, index, e["license"]) for index, e in enumerate(ordered) for digest in e.pop("rewrapped")], catalog)
    header: dict[str, Any] = {
        "texts": [{**e, "hashes": put(e["hashes"])} for e in ordered], "rewrapped": others, "scancode": [], "scancode_words": [], "scancode_digests": {},
    }  # fmt: skip
    for path in sorted(scancode.glob("*.LICENSE")) if scancode else []:
        text = _without_front_matter(path.read_text(encoding="utf-8", errors="replace"))
        found = fingerprint(text)
        if found.words >= MIN_WORDS and found.sha256 not in catalog.texts:
            header["scancode"].append(path.stem)
            header["scancode_words"].append(found.words)
            sketches.append(sketch(hash_words(normalized_words(text))))
            header["scancode_digests"][found.sha256] = path.stem
    header["sketches"] = [len(one) for one in sketches]
    header["index"] = _index(sketches, put)
    encoded = json.dumps(header, separators=(",", ":"), sort_keys=True, default=list).encode()
    encoded += b" " * (-(len(MAGIC) + 4 + len(encoded)) % 4)
    return MAGIC + len(encoded).to_bytes(4, "little") + encoded + numbers.tobytes()


def _of_one_license(digests: list[tuple[str, int, str]], catalog: Catalog) -> dict[str, int]:
    """Digest to text, for those that belong to the texts of one license only and are no text of the catalogue as it is."""
    holders: dict[str, set[str]] = {}
    for digest, _, license_ in digests:
        holders.setdefault(digest, set()).add(license_)
    return {digest: index for digest, index, _ in reversed(digests) if len(holders[digest]) == 1 and digest not in catalog.texts}


def sketch(hashes: Sequence[int]) -> list[int]:
    """The smallest hashes."""
    return sorted(set(hashes))[:SKETCH]


def _index(sketches: list[list[int]], put: Callable[[Sequence[int]], list[int]]) -> dict[str, list[int]]:
    """Every hash of the sketches in order, and for each where its texts begin and which they are."""
    holders: dict[int, list[int]] = {}
    for text, one in enumerate(sketches):
        for value in one:
            holders.setdefault(value, []).append(text)
    hashes = sorted(holders)
    starts = [0]
    for value in hashes:
        starts.append(starts[-1] + len(holders[value]))
    passed = bytearray(1 << FILTER_BITS)
    for value in hashes:
        passed[value & (len(passed) - 1)] = 1
    return {
        "filter": put(array("I", bytes(passed))),
        "hashes": put(hashes),
        "starts": put(starts),
        "texts": put([text for value in hashes for text in holders[value]]),
    }


def main() -> None:
    """Writes the file and says which texts of the catalogue were not among the folders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--scancode", type=Path)
    options = parser.parse_args()
    catalog = Catalog(resources.rules())
    content = build(options.folders, options.scancode, catalog)
    target = resources.rules() / FILE
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(content)
    header = json.loads(content[len(MAGIC) + 4 :][: int.from_bytes(content[len(MAGIC) : len(MAGIC) + 4], "little")])
    held = {(e["license"], e["text"]) for e in header["texts"]}
    missing = sorted({(t.license, t.text) for t in catalog.texts.values()} - held)
    print(f"{len(held)} texts, {len(header['rewrapped'])} other wrappings, {len(header['scancode'])} sketches, {len(content)} bytes")
    for license_, text in missing:
        print(f"no text at hand: {license_} {text}")


if __name__ == "__main__":
    main()
