"""Headers of safetensors and GGUF files: exact sums of sound ones, a reason for every other."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import time

import pytest

from auditor.crawler.headers import Malformed, Range, TooLarge, header_cap, read_header
from auditor.crawler.headers.ggml_types import GGML_TYPES
from auditor.domain.evidence import HeaderFacts

from .weight_files import gguf, pair, raw_safetensors, safetensors, tensor, text, words


def read(content: bytes, kind="safetensors_header", size: int | None = None) -> HeaderFacts:
    return read_header(kind, Range(io.BytesIO(content), len(content) if size is None else size, header_cap(kind)))


def read_gguf(content: bytes, size: int | None = None) -> HeaderFacts:
    return read(content, "gguf_header", size)


def sums(facts: HeaderFacts) -> dict[str, tuple[int, int, int]]:
    return {name: (t.tensors, t.elements, t.bytes) for name, t in facts.tensors.items()}


def test_safetensors_sums_by_type():
    facts = read(safetensors({"a": ("BF16", [3, 5]), "b": ("F32", [7]), "c": ("BF16", [2]), "s": ("F8_E4M3", []), "e": ("I64", [0, 9])}, {"format": "pt"}))
    assert sums(facts) == {"BF16": (2, 17, 34), "F32": (1, 7, 28), "F8_E4M3": (1, 1, 1), "I64": (1, 0, 0)}
    assert (facts.format, facts.metadata) == ("safetensors", {})


def test_sub_byte_types_pack():
    header = b'{"w":{"dtype":"F4","shape":[6],"data_offsets":[0,3]},"m":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[3,6]}}'
    assert sums(read(raw_safetensors(header, 6))) == {"F4": (1, 6, 3), "F6_E2M3": (1, 4, 3)}


def test_only_the_header_is_read_and_digested():
    content = safetensors({"a": ("BF16", [100_000])})
    part = Range(io.BytesIO(content), len(content), header_cap("safetensors_header"))
    read_header("safetensors_header", part)
    assert part.position == len(content) - 200_000
    assert part.digest == hashlib.sha256(content[: part.position]).hexdigest()


def entry(**changes: object) -> bytes:
    return json.dumps({"w": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8], **changes}}).encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "ends within|names"),
        (b"\x01\x00", "names"),
        (struct.pack("<Q", (1 << 63) + 5) + b"{}", "is said to have"),
        (raw_safetensors(b"{}", 0, length=50), "is said to have"),
        (raw_safetensors(b"{nope", 0), "not JSON"),
        (raw_safetensors(b"\xff\xfe{}", 0), "not JSON"),
        (raw_safetensors(b"[]", 0), "no JSON object"),
        (raw_safetensors(b'{"w":7}', 0), "no tensor"),
        (raw_safetensors(b'{"w":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 0), "deeper"),
        (raw_safetensors(b'{"w":[' + b"{}," * 600_000 + b"{}]}", 0), "more entries"),
        (raw_safetensors(b'{"w":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]},"w":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}', 2), "twice"),
        (raw_safetensors(entry(dtype="WHAT"), 8), "type that is none"),
        (raw_safetensors(entry(dtype=["BF16"]), 8), "type that is none"),
        (raw_safetensors(entry(shape=[-2, -2]), 8), "shape"),
        (raw_safetensors(entry(shape=[True, 4]), 8), "shape"),
        (raw_safetensors(entry(shape=[2.0, 2]), 8), "shape"),
        (raw_safetensors(entry(shape="22"), 8), "shape"),
        (raw_safetensors(entry(shape=[1] * 65), 8), "shape"),
        (raw_safetensors(entry(shape=[1 << 59, 1 << 59]), 8), "larger than any file"),
        (raw_safetensors(entry(shape=[2, 3]), 8), "place of 8 bytes"),
        (raw_safetensors(entry(data_offsets=[8, 0]), 8), "place of -8 bytes"),
        (raw_safetensors(entry(data_offsets=[0]), 8), "place"),
        (raw_safetensors(entry(data_offsets=[8, 16]), 16), "first tensor does not begin"),
        (raw_safetensors(entry(), 9), "tensors end at 8 bytes, the data at 9"),
        (raw_safetensors(entry(), 7), "tensors end at 8 bytes, the data at 7"),
        (raw_safetensors(b'{"w":' + b"9" * 5000 + b"}", 0), "not JSON"),
    ],
)
def test_safetensors_that_lie(content, why):
    with pytest.raises(Malformed, match=why):
        read(content)


@pytest.mark.parametrize(("second", "why"), [([4, 12], "overlap"), ([12, 20], "gap")])
def test_tensors_must_follow_each_other(second, why):
    table = {"a": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}, "b": {"dtype": "BF16", "shape": [4], "data_offsets": second}}
    with pytest.raises(Malformed, match=why):
        read(raw_safetensors(json.dumps(table).encode(), second[1]))


def test_a_header_larger_than_any_is_not_read():
    with pytest.raises(TooLarge, match="25,000,000"):
        read(struct.pack("<Q", 30_000_000), size=1 << 40)


def test_gguf_sums_by_type_and_texts():
    pairs = [
        *words({"general.architecture": "llama", "general.license": "mit", "tokenizer.chat_template": "{{ x }}"}),
        pair("llama.block_count", 4, b"\2\0\0\0"),
    ]
    tensors = [tensor("a", [256, 2], 12, 0), tensor("b", [5], 0, 288), tensor("c", [64, 3], 8, 320)]
    facts = read_gguf(gguf(pairs, tensors, 320 + 204))
    assert sums(facts) == {"F32": (1, 5, 20), "Q4_K": (1, 512, 288), "Q8_0": (1, 192, 204)}
    assert facts.metadata == {"general.architecture": "llama", "general.license": "mit"}


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("order", ["<", ">"])
def test_gguf_versions_and_byte_orders(version, order):
    facts = read_gguf(gguf(words({"general.license": "mit"}, order), [tensor("a", [32], 2, 0, order)], 18, version, order))
    assert (facts.metadata, sums(facts)) == ({"general.license": "mit"}, {"Q4_0": (1, 32, 18)})


def test_gguf_skips_every_kind_of_value():
    scalars = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
    pairs = [pair(f"x.{kind}", kind, bytes(size)) for kind, size in scalars.items()]
    pairs += [pair(f"y.{kind}", 9, struct.pack("<IQ", kind, 3) + bytes(3 * size)) for kind, size in scalars.items()]
    strings = struct.pack("<IQ", 8, 2) + text("one") + text("")
    nested = struct.pack("<IQ", 9, 2) + strings + strings
    pairs += [pair("z.strings", 9, strings), pair("z.nested", 9, nested), *words({"general.license": "mit"})]
    assert read_gguf(gguf(pairs)).metadata == {"general.license": "mit"}


def test_gguf_alignment_is_honoured():
    pairs = [pair("general.alignment", 4, struct.pack("<I", 64))]
    facts = read_gguf(gguf(pairs, [tensor("a", [1], 0, 0), tensor("b", [1], 0, 64)], 68, alignment=64))
    assert sums(facts) == {"F32": (2, 2, 8)}


def test_gguf_texts_are_cut_and_made_plain():
    facts = read_gguf(gguf([pair("general.license", 8, text("a\x1b[31m" + "b" * 9000)), pair("general.x", 8, text(b"\xff\xfe"))]))
    assert facts.metadata["general.license"].startswith("a⟦U+001B⟧[31mb")
    assert len(facts.metadata["general.license"]) == 500
    assert facts.metadata["general.x"] == "\ufffd\ufffd"


HUGE = (1 << 63) + 1


def deep(levels: int) -> bytes:
    return struct.pack("<IQ", 9, 1) * levels + struct.pack("<IQ", 0, 0)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "names"),
        (b"GGUF", "names"),
        (gguf(magic=b"GGML"), "does not begin with GGUF"),
        (gguf(version=1), "version 1"),
        (gguf(version=4), "version 4"),
        (gguf(counts=(HUGE, 0)), "announces"),
        (gguf(counts=(0, HUGE)), "announces"),
        (gguf(counts=(0, 90_000)), "announces"),
        (gguf([pair("k", 8, struct.pack("<Q", HUGE))]), "names"),
        (gguf([struct.pack("<Q", HUGE) + bytes(20)]), "a name of"),
        (gguf([struct.pack("<Q", 60_000) + bytes(20)]), "names"),
        (gguf([pair("k", 13, b"")]), "type that is none"),
        (gguf([pair("k", 9, struct.pack("<IQ", 13, 4))]), "type that is none"),
        (gguf([pair("k", 9, deep(5))]), "nested deeper"),
        (gguf([pair("k", 9, deep(100_000))]), "nested deeper"),
        (gguf([pair("k", 9, struct.pack("<IQ", 8, HUGE))]), "texts"),
        (gguf([pair("k", 9, struct.pack("<IQ", 12, HUGE))]), "names"),
        (gguf([pair("k", 4, bytes(4)), pair("k", 4, bytes(4))]), "stands twice"),
        (gguf([pair("general.alignment", 4, struct.pack("<I", 0))]), "power of two"),
        (gguf([pair("general.alignment", 4, struct.pack("<I", 48))]), "power of two"),
        (gguf([pair("general.alignment", 8, text("32"))]), "power of two"),
        (gguf((), [tensor("a", [1], 0, 0), tensor("a", [1], 0, 32)], 64), "stands twice"),
        (gguf((), [tensor("a" * 1025, [1], 0, 0)], 4), "a name of"),
        (gguf((), [tensor("a", [1] * 9, 0, 0)], 4), "9 dimensions"),
        (gguf((), [tensor("a", [1 << 62, 1 << 62], 0, 0)], 4), "larger than any file"),
        (gguf((), [tensor("a", [32], 4, 0)], 18), "type 4"),
        (gguf((), [tensor("a", [32], 99, 0)], 18), "type 99"),
        (gguf((), [tensor("a", [31], 2, 0)], 18), "whole blocks"),
        (gguf((), [tensor("a", [1], 0, 32)], 36), "does not stand where"),
        (gguf((), [tensor("a", [8], 0, 0), tensor("b", [8], 0, 0)], 64), "does not stand where"),
        (gguf((), [tensor("a", [8], 0, 0)], 31), "the file has 31"),
    ],
)
def test_gguf_that_lies(content, why):
    with pytest.raises(Malformed, match=why):
        read_gguf(content)


def test_a_gguf_header_larger_than_any_is_not_read():
    content = gguf([pair("k", 8, struct.pack("<Q", 1 << 30))])
    with pytest.raises(TooLarge):
        read_gguf(content, size=1 << 40)


def test_costly_headers_end_soon():
    started = time.monotonic()
    empty = struct.pack("<IQ", 8, 1_900_000) + bytes(8 * 1_900_000)
    read_gguf(gguf([pair("k", 9, empty)]))
    table = {f"t{n}": {"dtype": "BF16", "shape": [1], "data_offsets": [2 * n, 2 * n + 2]} for n in range(200_000)}
    assert sums(read(raw_safetensors(json.dumps(table).encode(), 400_000))) == {"BF16": (200_000, 200_000, 400_000)}
    assert time.monotonic() - started < 30


BITS = {
    "Q4_0": 4.5, "Q8_0": 8.5, "Q4_K": 4.5, "Q5_K": 5.5, "Q6_K": 6.5625, "Q2_K": 2.625, "Q3_K": 3.4375, "IQ4_XS": 4.25, "IQ1_S": 1.5625, "IQ2_XXS": 2.0625,
    "IQ3_XXS": 3.0625, "MXFP4": 4.25, "NVFP4": 4.5, "TQ1_0": 1.6875, "TQ2_0": 2.0625, "F16": 16,
}  # fmt: skip


@pytest.mark.parametrize(("name", "bits"), BITS.items())
def test_bits_per_weight_are_the_published_ones(name, bits):
    found = next(t for t in GGML_TYPES.values() if t.name == name)
    assert found.size * 8 / found.block == bits
