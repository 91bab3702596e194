"""Names: which are evidence, which are never asked for."""

from __future__ import annotations

import pytest

from auditor.crawler.files import CAPS, kind_of, license_role, safe_repo_path, valid_ref, wanted
from auditor.domain.evidence import ModelInfo, ModelRef, RepoFile
from auditor.reading.model_info import read_model_info

ROLES = {
    "LICENSE": "license_file", "LICENSE.txt": "license_file", "license.md": "license_file", "LICENCE": "license_file", "MODEL_LICENSE": "license_file",
    "MODEL_LICENSE.md": "license_file", "LICENSE-MODEL": "license_file", "COPYING": "license_file", "COPYING.LESSER": "license_file",
    "LICENSE.pdf": "license_file", "LICENSE.html": "license_file", "weights/LICENSE.txt": "license_file", "LICENSE-Apache-2.0": "license_file",
    "LICENSES/MIT.txt": "license_file", "LICENSES/Apache-2.0": "license_file", "../LICENSE": "license_file", "/etc/LICENSE": "license_file",
    "LICENSE\u202e.txt": "license_file", "LIC\u200bENSE": "license_file", "..\\LICENSE": "license_file", "ＬＩＣＥＮＳＥ": "license_file",
    "NOTICE": "notice_file", "Notice.txt": "notice_file", "THIRD_PARTY_NOTICES.md": "notice_file",
    "USE_POLICY.md": "use_policy", "USAGE_POLICY": "use_policy", "use-policy.txt": "use_policy",
    "Acceptable Use Policy.txt": "use_policy", "UsePolicy": "use_policy", "ACCEPTABLE_USE.md": "use_policy", "terms_of_use.txt": "use_policy", "Responsible-Use-Guide.pdf": None,
    "README.md": None, "config.json": None, "license.py": None, "src/license.js": None, "licenses.json": None, "licence.ts": None, "copying.cpp": None,
    "license_model.safetensors": None, "notice.png": None, "a/b/LICENSE": None, "policy.md": None, "": None, "/": None, "LICENSES/a/MIT.txt": None,
}  # fmt: skip


@pytest.mark.parametrize("path", ROLES)
def test_license_role(path: str) -> None:
    assert license_role(path) == ROLES[path]


def test_kind_of() -> None:
    paths = ("README.md", "config.json", "model.safetensors.index.json", "NOTICE", "readme.md")
    assert [kind_of(path) for path in paths] == ["card", "config", "index", "notice_file", None]


PLAIN = ["README.md", "a/b.txt", "LICENSE (1).txt", "naïve.md", "模型许可.txt", "a" * 255, ".gitattributes", "conical/x", "?#%.md", "a  b"]


@pytest.mark.parametrize("path", PLAIN)
def test_safe_paths(path: str) -> None:
    assert safe_repo_path(path)


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../LICENSE", "a/../b", "a/./b", "./a", "a//b", "a/", "..", "a\\b", "C:/x", "c:x", "a\nb", "a\tb", "a\0b", "LICENSE\u202e.txt",
     "a\u200bb", "NUL", "nul.txt", "a/COM1.md", "Aux", "x" * 256, "a/" * 600 + "a", "\ud800", "\ufffd", "\x1b[31m", "a\u2028b"],
)  # fmt: skip
def test_unsafe_paths(path: str) -> None:
    assert not safe_repo_path(path)


def test_valid_refs() -> None:
    good = [ModelRef("gpt2"), ModelRef("org/name"), ModelRef("a/b-c_d.e"), ModelRef("org/name", "refs/pr/1"), ModelRef("0/1", "v1.0+x")]
    bad = ["", "/", "a/", "/b", "a/b/c", "../x", "a/..", "-a/b", "a b", "a/b\n", "é/x", "a" * 97, "<script>", "https://x.y/z", "a/b?x=1", "a/b#c"]
    assert all(valid_ref(ref) for ref in good)
    assert not any(valid_ref(ModelRef(text)) for text in bad)
    assert not any(valid_ref(ModelRef("a/b", revision)) for revision in ("", ".", "..", "a b", "a\nb", "x" * 201))


def info(*names: str, listed: bool = True, parameters: dict[str, int] | None = None, quantization: str | None = None) -> ModelInfo:
    """A model that lists these files."""
    base = read_model_info(b'{"id": "a/b"}')
    files = tuple(RepoFile(path=name) for name in names) if listed else None
    return base.model_copy(update={"files": files, "safetensors_parameters": parameters, "quantization_method": quantization})


def test_wanted_of_a_plain_model() -> None:
    listed = ("NOTICE", "LICENSE", "README.md", "model.safetensors", "config.json", "sub/LICENSE", "model.safetensors.index.json")
    found = wanted(info(*listed, parameters={"BF16": 1}))
    roles = {"LICENSE": "license_file", "NOTICE": "notice_file", "sub/LICENSE": "license_file"}
    assert found.files == (("README.md", "card"), ("config.json", "config"), *roles.items())
    assert found.refused == {}


COUNTS = [({"BF16": 1}, None, False), (None, None, True), ({"I32": 1}, "gptq", True)]


@pytest.mark.parametrize(("parameters", "quantization", "asked"), COUNTS, ids=["counted", "uncounted", "quantized"])
def test_index_is_wanted_only_when_the_count_does_not_do(parameters: dict[str, int] | None, quantization: str | None, asked: bool) -> None:
    found = wanted(info("model.safetensors.index.json", parameters=parameters, quantization=quantization))
    assert found.files == ((("model.safetensors.index.json", "index"),) if asked else ())


def test_wanted_without_a_list_asks_for_the_usual_names() -> None:
    assert [path for path, _ in wanted(info(listed=False)).files] == ["README.md", "config.json", "LICENSE", "LICENSE.txt", "LICENSE.md"]


def test_an_empty_list_is_no_unknown_one() -> None:
    assert wanted(info()).files == ()


def test_unsafe_names_are_refused_visibly() -> None:
    found = wanted(info("../LICENSE", "/etc/LICENSE", "LICENSE\u202e.txt", "NUL", "LICENSE"))
    assert found.files == (("LICENSE", "license_file"),)
    assert {path: reason for path, (reason, _) in found.refused.items()} == dict.fromkeys(("../LICENSE", "/etc/LICENSE", "LICENSE⟦U+202E⟧.txt"), "unsafe_name")


def test_a_crowd_of_licenses_is_bounded_and_says_so() -> None:
    found = wanted(info(*(f"LICENSE-{n:05}" for n in range(10_000)), "z/LICENSE"))
    assert [path for path, _ in found.files] == [f"LICENSE-{n:05}" for n in range(40)]
    assert len(found.refused) == 41
    assert found.refused["LICENSE-00040"][0] == found.refused["(9921 more license-like files)"][0] == "too_many"


def test_caps() -> None:
    mib = 1024 * 1024
    texts = dict.fromkeys(("license_file", "notice_file", "use_policy"), mib)
    assert dict(CAPS) == {
        "model_info": 64 * mib,
        "card": 8 * mib,
        "config": 2 * mib,
        "index": 16 * mib,
        "adapter_config": mib,
        "merge_recipe": mib,
        "dataset_info": 4 * mib,
        "linked_license": mib,
        **texts,
    }
