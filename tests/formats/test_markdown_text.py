"""Text in Markdown stays text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from auditor.formats.markdown_text import block, code, link, prose, row, table

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
FOUND_BY_GITHUB = re.compile(r"://|www\.|@\w|#\d|\bGH-\d|\$|:\w+:", re.IGNORECASE)
"""What GitHub looks for in finished text: links, mentions, issues, math, emoji."""


def tokens(markdown: str) -> list[str]:
    """Types of all tokens, those within lines too."""
    return [kind for token in MARKDOWN.parse(markdown) for kind in (token.type, *(child.type for child in token.children or ()))]


def text_of(markdown: str) -> str:
    """What a reader sees of a paragraph."""
    return "".join(child.content for token in MARKDOWN.parse(markdown) for child in token.children or ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain words, and a number: 5.", "Plain words, and a number: 5."),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a | b \\ c `d`", "a &#124; b &#92; c &#96;d&#96;"),
        ("**bold** ~~gone~~ a_b_c _i_", "\\*\\*bold\\*\\* \\~\\~gone\\~\\~ a_b_c \\_i\\_"),
        ("[x](javascript:alert(1))", "\\[`x](javascript:alert(1`))"),
        ("[x]( javascript:alert(1))", "\\[x\\]\\( `javascript:alert(1`))"),
        ("![i](http://evil.example/x.png)", "`![i](http://evil.example/x.png`)"),
        ("ask @octocat, then (@org/team).", "ask `@octocat`, then (`@org/team`)."),
        ("see https://evil.example/a_b, www.evil.example", "see `https://evil.example/a_b`, `www.evil.example`"),
        ("fixes #12 and a/b#3 and GH-4", "fixes `#12` and `a/b#3` and `GH-4`"),
        ("costs $5 :tada: ok", "costs `$5` `:tada`: ok"),
        ("mail a@b.example", "mail `a@b.example`"),
        ("# heading", "\\# heading"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("10) item", "10\\) item"),
        (": item", "\\: item"),
        ("::error::x", "`::error::x`"),
        ("&lt; &copy;", "&amp;lt; &amp;copy;"),
        ("a\n# b\r\n> c", "a # b &gt; c"),
        ("\u202eback", "⟦U+202E⟧back"),
        ("", ""),
    ],
)
def test_prose(text: str, expected: str) -> None:
    assert prose(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Qwen/Qwen2.5@abc", "`Qwen/Qwen2.5@abc`"),
        ("<b>@x", "`<b>@x`"),
        ("a`b", "a&#96;b"),
        ("a|b", "a&#124;b"),
        ("a\\", "a&#92;"),
        ("a\nb", "`a b`"),
        ("", ""),
    ],
)
def test_code(text: str, expected: str) -> None:
    assert code(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://huggingface.co/a/b_c/resolve/x/README.md", "<https://huggingface.co/a/b_c/resolve/x/README.md>"),
        ("https://127.0.0.1:8765/api?blobs=true", "<https://127.0.0.1:8765/api?blobs=true>"),
        ("http://huggingface.co/a", "`http://huggingface.co/a`"),
        ("javascript:alert(1)", "`javascript:alert(1)`"),
        ("https://user@evil.example/", "`https://user@evil.example/`"),
        ("https://evil.example/>x", "`https://evil.example/>x`"),
        ("https://evil.example/\n", "`https://evil.example/`"),
        ("https://evil.example", "`https://evil.example`"),
    ],
)
def test_only_plain_https_is_a_link(url: str, expected: str) -> None:
    assert link(url) == expected


def test_a_block_is_fenced_and_keeps_its_lines() -> None:
    assert block("a\n\n  b `c` ~~~") == "```text\na\n\n  b `c` ~~~\n```"
    assert block("a\nb", 2) == "  ```text\n  a\n  b\n  ```"


def test_a_block_with_a_fence_in_it_cannot_be_left() -> None:
    escaping = "```\n</pre><script>\n\n````\n# x"
    assert block(escaping) == "<pre>\n&#96;&#96;&#96;\n&lt;/pre&gt;&lt;script&gt;\n\n&#96;&#96;&#96;&#96;\n# x\n</pre>"
    assert tokens(block(escaping)) == ["html_block"]


def test_a_table_has_a_rule_below_its_head() -> None:
    assert table(("a", "b"), [row(("1", "2"))]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


MARKUP = st.text(alphabet=st.sampled_from("ab1 \t\n`*_~[]()<>!#+-=|\\&;:/@$.x^\"'{}"), max_size=40)


@given(MARKUP | st.text(max_size=40))
def test_prose_is_one_paragraph_of_text_and_code(text: str) -> None:
    markdown = f"{prose(text.encode('utf-8', 'replace').decode())} end"
    assert set(tokens(markdown)) <= {"paragraph_open", "paragraph_close", "inline", "text", "code_inline"}
    alone = [child.content for token in MARKDOWN.parse(markdown) for child in token.children or () if child.type == "text"]
    assert [part for part in alone if FOUND_BY_GITHUB.search(part)] == []


@given(MARKUP)
def test_a_reader_sees_the_text_itself(text: str) -> None:
    assert text_of(f"x {prose(text)}").split() == f"x {text}".split()


@given(MARKUP, MARKUP)
def test_a_cell_stays_a_cell(first: str, second: str) -> None:
    shape = tokens(table(("a", "b"), [row(("x", "y"))]))
    found = tokens(table(("a", "b"), [row((prose(first) or "-", code(second) or "-"))]))
    assert [kind for kind in found if kind not in ("text", "code_inline")] == [kind for kind in shape if kind not in ("text", "code_inline")]


@given(st.text(alphabet=st.sampled_from("a`~ \n<>/pre&#-"), max_size=60))
def test_a_block_stays_a_block(text: str) -> None:
    before, after = tokens(f"- item\n\n{block(text, 2)}\n\nend"), tokens(f"- item\n\n{block('x', 2)}\n\nend")
    assert [kind.replace("html_block", "fence") for kind in before] == after
