"""License statements in README prose: what is found, what is passed over, and that hostile text costs little."""

from __future__ import annotations

import pytest

from auditor.domain.evidence import CardFacts, ProseStatement
from auditor.domain.text_safety import visible
from auditor.reading import prose_blocks
from auditor.reading.card import read_card
from auditor.reading.prose import MAX_STATEMENTS, MAX_VALUE, statements
from auditor.reading.prose_blocks import MAX_CHARACTERS, MAX_EXAMINED, blocks

Short = tuple[str, str, str]


def found(text: str) -> list[Short]:
    return [(one.kind, one.value, one.subject) for one in statements(text)]


@pytest.mark.parametrize(
    ("text", "value", "subject"),
    [
        ("This model is licensed under the Foo License.", "Foo License", "model"),
        ("We licensed it under Apache License, Version 2.0 (see below).", "Apache License, Version 2.0", "unknown"),
        ("Our weights are released under CC BY-NC 4.0.", "CC BY-NC 4.0", "model"),
        ("Model weights from this repository: CC-BY-NC-4.0", "CC-BY-NC-4.0", "model"),
        ("The weights are not for sale: CC-BY-NC-4.0", "CC-BY-NC-4.0", "model"),
        ("Weights and code are distributed under the Bar 3.1 Community License Agreement.", "Bar 3.1 Community License Agreement", "model"),
        ("The model is available under an MIT license, see below.", "MIT license", "model"),
        ("Use of this model is subject to the Quux Terms of Use.", "Quux Terms of Use", "model"),
        ("The checkpoint inherits the Foo 3 Community License.", "Foo 3 Community License", "model"),
        ("All checkpoints are MIT-licensed.", "MIT", "model"),
        ("Everything here is Apache 2.0 licensed.", "Apache 2.0", "unknown"),
        ("**License:** cc-by-nc-4.0", "cc-by-nc-4.0", "unknown"),
        ("- **Licence**: Apache-2.0 (as the parent)", "Apache-2.0", "unknown"),
        ("**License:**\nFoo License 2.0", "Foo License 2.0", "unknown"),
        ("| Language | English |\n| **License**    | Foo Open License v1.0 |", "Foo Open License v1.0", "unknown"),
        ("- **Foo 2.0 License**: build what you like.", "Foo 2.0 License", "unknown"),
        ("## License\n\nMIT", "MIT", "unknown"),
        ("License\n-------\nMIT", "MIT", "unknown"),
        ("# Original model card: Foo\n\nLicense: MIT", "MIT", "unknown"),
        ("Released under the open-source license Foo 4.0.", "Foo 4.0", "unknown"),
        ("使用权重需要遵循 [foo_Bar模型许可协议](LICENSE)。", "foo_Bar", "model"),
        ("## Model License\n[Foo 2.0](LICENSE)", "Foo 2.0", "model"),
        ("# License: MIT", "MIT", "unknown"),
        ("[MIT](LICENSE)", "MIT", "unknown"),
        ("Licensed under [FOO.1 [dev] Non-Commercial License](LICENSE.md).", "FOO.1 [dev] Non-Commercial License", "unknown"),
        ('This is licensed under a <a rel="license" href="https://x.example/l">Foo 4.0 International License</a>.', "Foo 4.0 International License", "unknown"),
        ("模型权重采用 Foo 2.0 协议。", "Foo 2.0", "model"),
        ("Ce modèle est publié sous licence MIT.", "MIT", "model"),
        ("Dieses Modell ist unter der MIT-Lizenz veröffentlicht.", "MIT-Lizenz", "model"),
        ("Este modelo se publica bajo la licencia Apache 2.0.", "Apache 2.0", "model"),
    ],
)
def test_a_named_license(text: str, value: str, subject: str) -> None:
    assert found(text) == [("licensed_under", value, subject)]


@pytest.mark.parametrize(
    ("text", "value", "subject"),
    [
        ("![License](https://img.shields.io/badge/license-Apache%202.0-blue)", "Apache 2.0", "unknown"),
        ("[![License: X](https://img.shields.io/badge/License-CC%20BY--NC_4.0-grey.svg)](LICENSE)", "CC BY-NC 4.0", "unknown"),
        ("![License](https://img.shields.io/badge/License-Apache-2.0-green)", "Apache-2.0", "unknown"),
        ('<img alt="x"\nsrc="https://img.shields.io/static/v1?label=licence&message=GPLv3&color=red">', "GPLv3", "unknown"),
        ('<img src="https://img.shields.io/badge/Code_License-MIT-f5de53" alt="Code License">', "MIT", "code"),
        ("![Model License](https://img.shields.io/badge/Foo_1.0-blue)", "Foo 1.0", "model"),
        ("![License: Foo 4.0](license.png)", "Foo 4.0", "unknown"),
        ("![](https://img.shields.io/badge/Weights-CC%20BY--NC%204.0-blue)", "CC BY-NC 4.0", "model"),
        ("![CC BY-NC 4.0](https://licensebuttons.net/l/by-nc/4.0/88x31.png)", "CC BY-NC 4.0", "unknown"),
    ],
)
def test_a_badge(text: str, value: str, subject: str) -> None:
    assert found(text) == [("badge", value, subject)]


@pytest.mark.parametrize(
    "text",
    [
        "![License](https://img.shields.io/github/license/a/b)",
        "![Build](https://img.shields.io/badge/build-license_ok-blue)",
        "![x](http://[not-an-address/badge/license-MIT-blue) license",
        "![Docs](https://img.shields.io/badge/docs-latest-blue)",
    ],
)
def test_a_badge_without_a_license(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "subject"),
    [
        ("For research purposes only.", "research_only", "unknown"),
        ("This model is meant for research use only.", "research_only", "model"),
        ("The weights may be used exclusively for scientific research.", "research_only", "model"),
        ("Only academic use is permitted.", "research_only", "unknown"),
        ("The model must not be used outside of research.", "research_only", "model"),
        ("License: research only", "research_only", "unknown"),
        ("本模型仅供学术研究使用。", "research_only", "model"),
        ("Le modèle sert uniquement à la recherche.", "research_only", "model"),
        ("Das Modell ist ausschließlich für Forschungszwecke gedacht.", "research_only", "model"),
        ("El modelo es solo para investigación.", "research_only", "model"),
        ("このモデルは研究目的のみで使えます。", "research_only", "model"),
        ("The model is for non-commercial use.", "noncommercial", "model"),
        ("License: non-commercial", "noncommercial", "unknown"),
        ("## Weights (non-commercial)", "noncommercial", "model"),
        ("| Commercial use | No |", "noncommercial", "unknown"),
        ("Not for commercial use.", "noncommercial", "unknown"),
        ("The model can't be used commercially.", "noncommercial", "model"),
        ("Commercial use is strictly forbidden.", "noncommercial", "unknown"),
        ("We do not allow commercial use.", "noncommercial", "unknown"),
        ("These weights must never go in a product: no commercial use.", "noncommercial", "model"),
        ("模型不得用于商业用途。", "noncommercial", "model"),
        ("Die kommerzielle Nutzung des Modells ist untersagt.", "noncommercial", "model"),
        ("Usage commercial interdit.", "noncommercial", "unknown"),
        ("| **License** | non-commercial |", "noncommercial", "unknown"),
        ("商用利用は禁止です。", "noncommercial", "unknown"),
        ("Uso comercial prohibido.", "noncommercial", "unknown"),
        ("Commercial use requires our permission.", "restricted", "unknown"),
        ("A commercial license is required for companies.", "restricted", "unknown"),
        ("Contact us for commercial licensing.", "restricted", "unknown"),
        ("Commercial use of the dataset is prohibited.", "noncommercial", "data"),
        ("You may not use this model for any commercial purpose.", "noncommercial", "model"),
        ("To use the model commercially, please contact us.", "restricted", "model"),
        ("权重如需商用，请填写问卷申请。", "restricted", "model"),
        ("The model is for personal use only.", "personal_only", "model"),
        ("This model may only be used for educational purposes.", "personal_only", "model"),
        ("Businesses may not use this model.", "personal_only", "model"),
        ("Redistribution of the model is prohibited.", "limited", "model"),
        ("Do not re-upload this model.", "limited", "model"),
        ("The weights are for evaluation purposes only.", "limited", "model"),
        ("You may not sell this model.", "noncommercial", "model"),
        ("This model cannot be sold.", "noncommercial", "model"),
        ("The current model may not be used commercially.", "noncommercial", "model"),
        ("The current version of this model is for non-commercial use only.", "noncommercial", "model"),
        ("Some checkpoints in this repository are for research use only.", "research_only", "model"),
        ("Most of our models are for non-commercial use only.", "noncommercial", "model"),
        ("The proprietary model weights may not be used commercially.", "noncommercial", "model"),
        ("Unlike our previous model, this one is for non-commercial use only.", "noncommercial", "model"),
        ("Compared to other models this model is for non-commercial use only.", "noncommercial", "model"),
        ("Similar to the Foo models, commercial use is prohibited.", "noncommercial", "model"),
        ("Unlike many other models it cannot be used commercially.", "noncommercial", "model"),
        ("Commercial use requires additional permission.", "restricted", "unknown"),
        ("Commercial use requires further agreement with us.", "restricted", "unknown"),
        ("It requires attribution; commercial use requires permission.", "restricted", "unknown"),
        ("Businesses may not use our models.", "personal_only", "model"),
        ("It is not recommended, and not allowed, to use the model for commercial purposes.", "noncommercial", "model"),
        ("The weights are to be used uniquement à des fins académiques.", "research_only", "model"),
        ("Use it for any purpose except commercial ones.", "noncommercial", "unknown"),
        ("Using this model for profit is prohibited.", "noncommercial", "model"),
        ("Any use other than research is prohibited.", "research_only", "unknown"),
        ("Can I use it commercially? No.", "noncommercial", "unknown"),
        ("Interested in commercial use? Contact us.", "restricted", "unknown"),
        ("<table><tr><th>Commercial use</th><td>not allowed</td></tr></table>", "noncommercial", "unknown"),
        ("The training data came from X, so commercial use of this model is prohibited.", "noncommercial", "model"),
        ("The same non-commercial license as the base model applies.", "noncommercial", "unknown"),
        ("For non-com**merc**ial use only.", "noncommercial", "unknown"),
        ("For non-com<b>merc</b>ial use only.", "noncommercial", "unknown"),
        ("For n\u043en-c\u043emmercial use only.", "noncommercial", "unknown"),
        ("For \uff52\uff45\uff53\uff45\uff41\uff52\uff43\uff48 purposes only.", "research_only", "unknown"),
    ],
)
def test_a_restriction(text: str, kind: str, subject: str) -> None:
    assert found(text) == [(kind, "", subject)]


def test_a_sentence_that_restricts_twice() -> None:
    text = "Everything, the weights included, is restricted to academic research only and cannot be used for commercial purposes."
    assert found(text) == [("noncommercial", "", "model"), ("research_only", "", "model")]


@pytest.mark.parametrize(
    "text",
    [
        "Free for commercial and non-commercial use.",
        "Use it for research, non-commercial and commercial purposes.",
        "For research and commercial use only.",
        "Commercial use is permitted.",
        "Commercial use is allowed without any permission.",
        "No license fee is needed for commercial use.",
        "Not only for research but also for commercial use.",
        "Its use is not limited to research only.",
        "This model is not for research only.",
        "This license does not restrict commercial use.",
        "The model has not been tested for commercial use.",
        "This is not a commercial product.",
        "The model is intended for research.",
        "Fully open for academic research.",
        "- Non-commercial entities",
        "The only research on this model covers math.",
        "It beats commercial models that require an API key.",
        "We have a commercial team; contact them for support.",
        "本模型可商用。",
        "您可以根据许可协议的条款将 Foo 用于商业用途。",
        "Commercial usage: yes",
        "License: [More Information Needed]",
        "License: other",
        "License: see LICENSE",
        "See the [LICENSE](LICENSE) file for details.",
        "A custom commercial license is available at [the site](https://x.example/license).",
        "This is not licensed under MIT.",
        "It was previously licensed under the Foo License.",
        "Built under a collaboration between Foo AI and Bar AI, with agreement.",
        "The model was trained under CUDA 12, terms apply.",
        "Permissively licensed data and fully licensed images were used.",
        "In 2010 she applied for a marriage license.",
        "This model is no longer limited to research use.",
        "We are a non-commercial initiative by volunteers.",
        "It was compared with a non-commercial model.",
        "Not recommended for commercial use without further testing.",
        "Commercial use requires keeping the notice.",
        "Is this model for non-commercial use only?",
        "It was previously released under CC BY-NC 4.0.",
        "The weights are MIT instead of CC BY-NC 4.0.",
        "Commercial use of the model requires further testing.",
        "Commercial use requires attribution.",
        "Businesses may not use every feature of the tokenizer.",
    ],
)
def test_what_states_nothing(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The dataset is licensed under CC-BY-NC 4.0.", [("licensed_under", "CC-BY-NC 4.0", "data")]),
        ("It was trained on Foo data, which is for non-commercial use only.", [("noncommercial", "", "data")]),
        ("A fine-tune of Foo trained on Bar data released under CC BY-NC 4.0.", [("licensed_under", "CC BY-NC 4.0", "data")]),
        ("The dataset used to train the model is for non-commercial use only.", [("noncommercial", "", "data")]),
        ("We train on the Foo dataset. It is licensed under CC BY-NC 4.0.", [("licensed_under", "CC BY-NC 4.0", "data")]),
        ("## Training data\nReleased for research use only.", [("research_only", "", "data")]),
        ("The model card is licensed under CC BY 4.0.", [("licensed_under", "CC BY 4.0", "data")]),
        ("Adapted from Foo 3, which is distributed under the [Foo 3 License](LICENSE).", [("licensed_under", "Foo 3 License", "base")]),
        ("The code of the model is under the MIT license.", [("licensed_under", "MIT license", "code")]),
        ("The base model Foo 2 is licensed under the Foo 2 Community License.", [("licensed_under", "Foo 2 Community License", "base")]),
        ("This model is based on Foo 7B, which is licensed under Apache 2.0.", [("licensed_under", "Apache 2.0", "base")]),
        ("Foo was originally licensed under the Bar License.", [("licensed_under", "Bar License", "base")]),
        (
            "The code is MIT licensed; the weights are under CC-BY-NC 4.0.",
            [("licensed_under", "CC-BY-NC 4.0", "model"), ("licensed_under", "MIT", "code")],
        ),
        (
            "The code is released under the MIT license, while the weights are for non-commercial use only.",
            [("licensed_under", "MIT license", "code"), ("noncommercial", "", "model")],
        ),
        ("In contrast to Foo, whose weights are for research only, this one is free.", [("research_only", "", "base")]),
        ("Existing multilingual models are limited to non-commercial use.", [("noncommercial", "", "base")]),
        ("Many other models are for research only.", [("research_only", "", "base")]),
        ("Unlike the Foo models which are for research only, this one is free.", [("research_only", "", "base")]),
        ("Other models such as Foo are released under CC BY-NC 4.0.", [("licensed_under", "CC BY-NC 4.0", "base")]),
        ("We used FooNet, which is available for research only.", [("research_only", "", "base")]),
        ("The pretrained models are released under CC BY-NC 4.0.", [("licensed_under", "CC BY-NC 4.0", "model")]),
        ("Licensed under MIT or Apache-2.0.", [("licensed_under", "Apache-2.0", "unknown"), ("licensed_under", "MIT", "unknown")]),
        (
            "本仓库代码依照 [Foo 2.0](LICENSE) 协议开源，模型权重仅限研究使用。",
            [("licensed_under", "Foo 2.0", "code"), ("research_only", "", "model")],
        ),
    ],
)
def test_what_a_statement_speaks_of(text: str, expected: list[Short]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "```\nLicense: MIT\n```",
        "~~~text\nFor research use only.\n~~~",
        "- item\n  ```python\n  # licensed under the Foo License\n  ```",
        "@misc{foo,\n  note = {Licensed under the Foo License},\n}",
        "<!-- License: MIT -->",
        "<!--\nFor research use only.\n\nLicense: MIT\n-->",
        "~~For research use only.~~",
        "<del>License: Foo 1.0</del>",
    ],
)
def test_what_is_left_out(text: str) -> None:
    assert found(text) == []
    assert found(f"{text}\n\nLicense: MIT") == [("licensed_under", "MIT", "unknown")]


@pytest.mark.parametrize("opening", ["```", "~~~", "<!--"])
def test_what_never_closes_hides_nothing(opening: str) -> None:
    assert found(f"{opening}\nsome words\n\nFor research use only.") == [("research_only", "", "unknown")]


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u00ad", "\x00", "\u2060", "&#8203;", "&#x200b;", "&shy;", "<b></b>", "<i><b></b></i>"])
def test_invisible_characters_hide_nothing(hidden: str) -> None:
    assert found(f"For rese{hidden}arch use on{hidden}ly.") == [("research_only", "", "unknown")]


def test_lines_are_those_of_the_document() -> None:
    text = "# T\n\n<!-- a\nb -->\n\nSome words. The model is\nlicensed under the [Foo\nLicense](LICENSE). It is for\nresearch use only.\n"
    assert statements(text, 5) == (
        ProseStatement(kind="licensed_under", value="Foo License", line=11, last_line=12, subject="model"),
        ProseStatement(kind="research_only", value="", line=12, last_line=13, subject="unknown"),
    )


def test_a_badge_stands_in_its_own_line() -> None:
    text = '<p>\n<a href="x">\n<img alt="License" src="https://img.shields.io/badge/License-MIT-red">\n</a></p>'
    assert [(one.line, one.last_line) for one in statements(text)] == [(3, 3)]


def test_a_card_holds_them_with_the_lines_of_the_file() -> None:
    facts = read_card(b"---\nlicense: mit\n---\n\nFor research use only.\n")
    assert facts.statements == (ProseStatement(kind="research_only", value="", line=5, last_line=5),)


def test_facts_saved_before_there_were_statements_still_load() -> None:
    raw = read_card(b"License: MIT").model_dump(mode="json")
    assert CardFacts.model_validate(raw).statements == (ProseStatement(kind="licensed_under", value="MIT", line=1, last_line=1),)
    del raw["statements"]
    assert CardFacts.model_validate(raw).statements == ()


def test_a_statement_counts_once_and_each_kind_is_bounded() -> None:
    assert len(statements("License: MIT\n\n" * 9)) == 1
    assert len(statements("".join(f"Licensed under Foo {number}.\n\n" for number in range(500)))) == MAX_STATEMENTS


def test_a_name_is_one_clean_short_line() -> None:
    one = statements("License: Foo\u202e \x07Bar" + "o" * 5000)
    assert all(len(other.value) <= MAX_VALUE and other.value == visible(other.value) and "\n" not in other.value for other in one)


HOSTILE = [
    "license ", "license: ", "licensed under X and ", "under the ", "[", "](", "![", "[a](", "[[a]", "<", "<a ", "<img alt=", "`", "```\n", "~~", "<!--", "<!-- -->", "@a{\n", "#\n",
    "| license |", "non-commercial ", "for research, ", "commercial use contact ", "商用 ", "仅研究", "\u0301license", "\u202e", "\x00", "the the license under the ", "//// license: ",
    "Apache-2.0 licensed ", "*_", "> ", "\n> license\n", "a" * 1000 + " license ",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE, ids=repr)
def test_what_is_looked_into_is_bounded(unit: str) -> None:
    """Five million characters of anything: few characters reach the patterns, each block a bounded number of them."""
    text = (unit * (5_000_000 // len(unit) + 1))[:5_000_000]
    held = [block for block in blocks(text) if block.kind != "heading"]
    assert sum(len(block.text) for block in held) <= MAX_EXAMINED * 2  # a removed tag leaves a blank, an abbreviation may grow
    assert all(len(block.text) <= 4 * prose_blocks.MAX_BLOCK for block in held)
    assert len(statements(text)) <= 6 * MAX_STATEMENTS


def test_what_stands_behind_the_limit_is_not_read() -> None:
    filler = "word " * (MAX_CHARACTERS // 5)
    assert found(f"{filler}\n\nLicense: MIT") == []
    assert found(f"License: MIT\n\n{filler}") == [("licensed_under", "MIT", "unknown")]


def test_brackets_without_end_and_deep_nesting() -> None:
    assert found("[" * 100_000 + "MIT" + "](LICENSE)" * 100_000) == []
    assert found("> " * 50_000 + "License: MIT") == [("licensed_under", "MIT", "unknown")]
