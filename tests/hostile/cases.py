"""Hostile repositories: what they do, and the verdict that must come of it. docs/hostile.md is made from this table."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from auditor.domain.verdict import Verdict
from tests.crawler.fake_hub import SHA, Reply
from tests.faults.stand import APACHE, CARD, CONFIG, GONE, Change, listed

COMMAND = "::error title=pwned::pwned"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>[x](javascript:alert(1))"
ESCAPES = "\x1b[31mred\x1b]8;;https://evil.example\x07link\x1b]8;;\x07\x9b2J\x07"
BIDI = "\u202egnp.exe\u2066\u200b\u2069\ufeff"
MIB = 2**20


@dataclass(frozen=True)
class Hostile:
    """One repository. `untouched`: its license statements are sound, so that a pass is justified."""

    name: str
    does: str
    make: Callable[[], Change]
    verdict: Verdict
    untouched: bool
    says: str = ""
    """Stands in the JSON result."""


def _front(text: str, *, data: Any = GONE, tags: Any = (), files: dict[str, Any] | None = None) -> Change:
    """A README.md and no other license statement, unless given."""
    content = {"LICENSE": GONE, "README.md": text.encode() if isinstance(text, str) else text, **(files or {})}
    return Change({"cardData": data, "tags": list(tags)}, content)


def _beside(**info: Any) -> Change:
    """Hostile keys beside sound license statements."""
    return Change(info=info)


def _files(**files: Any) -> Change:
    return Change(files={name.replace("_", "."): content for name, content in files.items()})


def _everywhere(attack: str) -> Change:
    """`attack` in every text that a repository may state."""
    card = {
        "license": f"other {attack}",
        "license_name": attack,
        "license_link": f"https://x.example/{attack}",
        "base_model": [f"evil/{attack}", attack],
        "tags": [attack],
        "datasets": [attack],
        "library_name": attack,
        "pipeline_tag": attack,
        "base_model_relation": attack,
        "extra_gated_prompt": f"{attack}\n{attack}",
    }
    info = {
        "cardData": card,
        "tags": [attack, f"license:{attack}", f"base_model:finetune:evil/{attack}"],
        "pipeline_tag": attack,
        "library_name": attack,
        "gated": "auto",
        "config": {"architectures": [attack], "model_type": attack, "quantization_config": {"quant_method": attack}},
        "safetensors": {"parameters": {attack: 10}, "total": 10},
        "lastModified": attack,
        "siblings": [
            {"rfilename": "README.md"},
            {"rfilename": "LICENSE"},
            {"rfilename": "config.json"},
            {"rfilename": f"LICENSE {attack}"},
            {"rfilename": f"{attack}.safetensors", "size": 9},
        ],
        "securityRepoStatus": {"scansDone": True, "filesWithIssues": [{"path": attack, "level": attack}]},
    }
    prose = f"# {attack}\n{attack}\n\n## License\n{attack}\nThis model is for research use only {attack} | pipe |\n"
    readme = f"---\n{json.dumps(card)}\n---\n{prose}".encode(errors="replace")
    config = {**CONFIG, "model_type": attack, "architectures": [attack], "torch_dtype": attack, attack: attack}
    return Change(info, {"README.md": readme, "LICENSE": (f"{attack}\n" * 50).encode(errors="replace"), "config.json": json.dumps(config).encode()})


def _config(**changes: Any) -> Change:
    return Change(files={"config.json": json.dumps({**CONFIG, **changes}).encode()})


def _announced(path: str) -> Change:
    return Change(replies={path: [Reply(body=b"x" * 1000, announced=2_147_483_648)]})


def _bomb(path: str) -> Change:
    """1 GB of zeros: a block of 16 MB that refers to nothing before it, 64 times over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first, block = (packer.compress(bytes(16 * MIB)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return Change(replies={path: [Reply(body=first + block * 63, headers={"Content-Encoding": "gzip"})]})


def _raw_info(body: bytes) -> Change:
    return Change(replies={"": [Reply(body=body)]})


ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
LONG = "license: apache-2.0\nlanguage:\n" + "- en\n" * 5_000
ODD_NAMES = (
    "../LICENSE",
    "/etc/LICENSE",
    "C:/LICENSE",
    "..\\LICENSE",
    "NUL",
    "con/LICENSE",
    "LICENSE\u202e.txt",
    "LICENSE\x1b[2J",
    "LICENSE\n::error::pwned",
    "./LICENSE.md",
    "a//COPYING",
)
INSIDE = "{elsewhere}/latest/meta-data"
"""Replaced by the address of a server that must not be asked."""

CARDS = (
    Hostile("long front matter", "front matter of 5,000 lines", lambda: _front(f"---\n{LONG}---\n", data={"license": "apache-2.0"}, tags=["license:apache-2.0"]), "approved", True),
    Hostile("alias bomb", "YAML aliases that would unfold to 9^9 values", lambda: _front(f"---\n{ALIASES}license: mit\n---\n"), "review", False, "YAML anchor or alias"),
    Hostile("a key twice", "`license` stated twice in the front matter", lambda: _front("---\nlicense: mit\nlicense: cc-by-nc-4.0\n---\n", data={"license": "mit"}, tags=["license:mit"]), "review", False, "twice"),
    Hostile("deep front matter", "front matter nested 10,000 deep", lambda: _front("---\nx: " + "[" * 10_000 + "]" * 10_000 + "\n---\n"), "review", False, "nested deeper than 32"),
    Hostile("front matter beyond its bound", "front matter of 3 MB", lambda: _front("---\nlicense: mit\nx:\n" + "- some words\n" * 250_000 + "---\n"), "review", False, "larger than 2 MiB"),
    Hostile("60,000 tags", "60,000 tags in front matter and answer", lambda: _front("---\nlicense: apache-2.0\ntags:\n" + "".join(f"- tag-{n}\n" for n in range(60_000)) + "---\n",
            data={"license": "apache-2.0", "tags": [f"tag-{n}" for n in range(60_000)]}, tags=["license:apache-2.0", *(f"tag-{n}" for n in range(60_000))]), "review", False, "only the first 5000 were read"),
    Hostile("large README", "README.md of 5 MB", lambda: Change(files={"README.md": CARD + b"lorem ipsum dolor sit amet\n" * 190_000}), "approved", True),
    Hostile("README beyond its bound", "README.md of 9 MB", lambda: Change(files={"README.md": CARD + b"x" * 9 * MIB}), "approved", True, "larger than the 8,388,608 bytes"),
    Hostile("one line", "README.md of one line of 5 MB", lambda: Change(files={"README.md": CARD + b"x" * 5 * MIB}), "approved", True),
    Hostile("markup that backtracks", "2 MB of brackets, stars, hashes, comment openings and spaces", lambda: Change(files={"README.md": CARD + b"".join(c * (400_000 // len(c)) for c in (b"[(", b"*_", b"#", b"<!--", b" \t"))}), "approved", True),
    Hostile("a base model of 10,000", "10,000 base models", lambda: Change({"cardData": {"license": "apache-2.0", "base_model": [f"evil/m{n}" for n in range(10_000)]}, "tags": ["license:apache-2.0"]}), "incomplete", True, "only the first 200 were read"),
    Hostile("10,000 licenses", "10,000 licenses in a list", lambda: Change({"cardData": {"license": [f"l{n}" for n in range(10_000)]}, "tags": [f"license:l{n}" for n in range(10_000)]}, {"LICENSE": GONE}), "review", False),
    Hostile("long strings", "tags, license, license_name and base_model of 1 MB each", lambda: Change({"cardData": {"license": "x" * MIB, "license_name": "y" * MIB, "base_model": "z" * MIB}, "tags": ["t" * MIB, "license:" + "x" * MIB]}, {"LICENSE": GONE, "README.md": b"x"}), "review", False),
    Hostile("long gate prompt", "a gate prompt of 5 MB", lambda: Change({"gated": "auto", "cardData": {"license": "apache-2.0", "extra_gated_prompt": "you must not share this " * 210_000}}), "review", False, "none that the catalogue knows"),
    Hostile("links to the inside", "license_link and base_model at internal addresses", lambda: Change({"cardData": {"license": "other", "license_name": "free", "license_link": INSIDE, "base_model": [INSIDE, "http://169.254.169.254/a/b"]}, "tags": []}, {"LICENSE": GONE, "README.md": b"x"}), "review", False, "recorded, not followed"),
)  # fmt: skip

TEXTS = (
    Hostile("NUL", "NUL in card, tags and name", lambda: _everywhere("a\x00b"), "review", False),
    Hostile("terminal escapes", "ANSI colors, an OSC 8 link, a C1 code and a bell in every text", lambda: _everywhere(ESCAPES), "review", False, "U+001B"),
    Hostile("bidi", "right-to-left overrides and invisible characters in every text", lambda: _everywhere(BIDI), "review", False, "U+202E"),
    Hostile("surrogates", "half characters in every text of the answer", lambda: Change(_everywhere("half \ud800 character").info), "incomplete", False),
    Hostile("commands", "`::error` and other workflow commands in every text, line breaks before them", lambda: _everywhere(f"x\n{COMMAND}\r\n##[error]pwned\n##vso[task.complete]pwned"), "review", False, "pwned"),
    Hostile("markup", "scripts, images, styles and links in every text", lambda: _everywhere(SCRIPT), "review", False, "alert(1)"),
    Hostile("templates", "Jinja, percent and shell syntax in every text", lambda: _everywhere("{{ 7*7 }}{% raw %} $(id) `id` %s %(x)s {0} \\"), "review", False),
    Hostile("license text with a clause", "Apache-2.0 with one sentence more", lambda: Change(files={"LICENSE": APACHE + b"\nThe Work may be used for research purposes only.\n"}), "review", False),
    Hostile("license text with escapes", "Apache-2.0 with a terminal escape in it", lambda: Change(files={"LICENSE": APACHE.replace(b"perpetual", b"\x1b[8mnot \x1b[0mperpetual", 1)}), "review", False),
    Hostile("license of noise", "LICENSE of 1 MB of distinct words", lambda: Change(files={"LICENSE": " ".join(f"w{n}" for n in range(150_000)).encode()[:MIB]}), "review", False),
    Hostile("sixty licenses of noise", "60 license files of 900 KB each, of which 4 MiB are read", lambda: Change(files={f"LICENSE-{n:02}": (f"{n} " + "the license shall not be used for any purpose and the like " * 15_000).encode() for n in range(60)}), "incomplete", False, "license-like files of more than 4,194,304 bytes are listed"),
    Hostile("repeated license", "LICENSE: Apache-2.0 ninety times over", lambda: Change(files={"LICENSE": APACHE * 90}), "review", False),
)  # fmt: skip

ANSWERS = (
    Hostile("10,000 files", "10,000 files listed", lambda: _beside(siblings=[{"rfilename": f"f{n}.txt", "size": n} for n in range(10_000)] + listed({"LICENSE": APACHE})), "approved", True),
    Hostile("110,000 files", "110,000 files listed", lambda: _beside(siblings=[*listed({"LICENSE": APACHE}), *({"rfilename": f"f{n}.safetensors", "size": n, "lfs": {"size": n}} for n in range(110_000))]), "incomplete", True, "only the first 100000 were read"),
    Hostile("20,000,000 files", "an answer of 64 MB with millions of tiny parts", lambda: _raw_info(b'{"id":"org/name","sha":"' + SHA.encode() + b'","siblings":[' + b"{}," * 20_000_000 + b"{}]}"), "incomplete", True, "the answer has more than 2,500,000 parts"),
    Hostile("a string of 60 MB", "an answer with a string of 60 MB", lambda: Change({"futureField": "x" * 60_000_000}), "approved", True),
    Hostile("odd names", "license files named ../LICENSE, /etc/LICENSE, C:/LICENSE, NUL, with control characters", lambda: _beside(siblings=[{"rfilename": name} for name in ODD_NAMES]), "incomplete", True, "no plain relative path"),
    Hostile("1,000 license files", "1,000 files named like licenses", lambda: Change({"siblings": [{"rfilename": f"LICENSE-{n}"} for n in range(1_000)]}, {}, {}), "incomplete", True, "only the first 40 were fetched"),
    Hostile("a file of 2 GB", "LICENSE announced with 2 GB", lambda: _announced("LICENSE"), "incomplete", False, "larger than the 1,048,576 bytes"),
    Hostile("an answer of 2 GB", "the metadata announced with 2 GB", lambda: _announced(""), "incomplete", True, "larger than the 67,108,864 bytes"),
    Hostile("gzip bomb", "LICENSE of 1 MB that unpacks to 1 GB", lambda: _bomb("LICENSE"), "incomplete", False, "larger than the 1,048,576 bytes"),
    Hostile("gzip bomb of an answer", "metadata of 1 MB that unpacks to 1 GB", lambda: _bomb(""), "incomplete", True, "larger than the 67,108,864 bytes"),
    Hostile("deep configuration", "config.json nested 100,000 deep", lambda: Change(files={"config.json": b"[" * 100_000}), "approved", True, "config.json is not valid JSON"),
    Hostile("deep configuration, closed", "config.json nested 100,000 deep and closed again", lambda: Change(files={"config.json": b'{"a":' * 100_000 + b"1" + b"}" * 100_000}), "approved", True),
    Hostile("deep answer", "metadata nested 1,000,000 deep", lambda: _raw_info(b'{"id":' + b"[" * 1_000_000), "incomplete", True, "the answer is not JSON"),
    Hostile("numbers of the configuration", "negative, huge, fractional and infinite numbers in config.json", lambda: _config(hidden_size=-4096, num_hidden_layers=10**400, num_attention_heads=1e308, num_key_value_heads=float("inf"), vocab_size="many", head_dim=0.5, intermediate_size=float("nan"), max_position_embeddings=True), "approved", True),
    Hostile("numbers of 5,000 digits", "integers of 5,000 digits in config.json and answer", lambda: Change({}, {"config.json": b'{"hidden_size": ' + b"9" * 5_000 + b"}"}), "approved", True),
    Hostile("an integer of 5,000 digits", "integers of 5,000 digits in the answer", lambda: _raw_info(b'{"id":"org/name","sha":"' + SHA.encode() + b'","likes":' + b"9" * 5_000 + b"}"), "incomplete", True, "the answer is not JSON"),
    Hostile("numbers of the answer", "negative, huge and fractional sizes and counts", lambda: _beside(siblings=[*listed({"LICENSE": APACHE}), {"rfilename": "a.safetensors", "size": -1}, {"rfilename": "b.safetensors", "size": 10**300}, {"rfilename": "c.safetensors", "size": 1.5}], safetensors={"parameters": {"BF16": 2**62, "F32": 2**62}, "total": -1}), "approved", True),
    Hostile("100,000 dtypes", "a parameter count with 100,000 dtypes", lambda: _beside(safetensors={"parameters": {f"T{n}": n for n in range(100_000)}, "total": 1}), "approved", True),
    Hostile("100,000 architectures", "100,000 architectures and a model type of 1 MB", lambda: Change({"config": {"architectures": [f"A{n}" for n in range(100_000)], "model_type": "m" * MIB}}, {"config.json": b'{"model_type": "' + b"m" * MIB + b'"}'}), "approved", True),
    Hostile("100,000 unsafe files", "a scan that flags 100,000 files", lambda: _beside(securityRepoStatus={"scansDone": True, "filesWithIssues": [{"path": f"{n}.bin", "level": "unsafe"} for n in range(100_000)]}), "approved", True),
    Hostile("large weight index", "a weight index of 15 MB and no parameter count", lambda: Change({"safetensors": GONE}, {"model.safetensors.index.json": json.dumps({"metadata": {"total_size": -5}, "weight_map": {f"layer.{n}": "model.safetensors" for n in range(300_000)}}).encode()}), "approved", True),
    Hostile("weight index of tiny parts", "a weight index of 15 MB in millions of parts", lambda: Change({"safetensors": GONE}, {"model.safetensors.index.json": b'{"weight_map":[' + b"[]," * 5_000_000 + b"[]]}"}), "approved", True),
    Hostile("configuration of tiny parts", "config.json of 2 MB in a million parts", lambda: Change(files={"config.json": b'{"a":[' + b"{}," * 650_000 + b"{}]}"}), "approved", True),
)  # fmt: skip

CASES: tuple[Hostile, ...] = (*CARDS, *TEXTS, *ANSWERS)
