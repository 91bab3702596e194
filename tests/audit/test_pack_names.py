"""Names of files in a pack: plain, short, distinct, whatever the repository calls them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.audit.pack_names import PackNames, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("USE_POLICY.md", "USE_POLICY.md"),
        ("../../etc/passwd", "etc-passwd"),
        ("licenses/MIT.txt", "licenses-MIT.txt"),
        (".hidden", "hidden"),
        ("", "file-"),
        ("...", "file-"),
        ("con", "file-con"),
        ("NUL.txt", "file-NUL.txt"),
        ("no\u202etice\n\x1b[31m", "no-tice-31m"),
        ("Lizenz für alle.md", "Lizenz-f-r-alle.md"),
        ("a" * 200 + ".md", "a" * 77 + ".md"),
        ("a" * 200, "a" * 80),
        ("C:\\x", "C-x"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=300))
def test_no_name_leaves_the_folder_or_hides(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 85
    assert safe.isascii()
    assert not set(safe) & set('/\\:*?"<>| \n\x00')
    assert safe[0] not in ".-"


def test_two_files_never_share_a_name_unless_they_are_the_same() -> None:
    names = PackNames()
    given_names = [names.of("N", name, digest) for name, digest in (("a.md", "1"), ("A.MD", "2"), ("a.md", "1"), ("a.md", "3"), ("b", "1"), ("B", "2"))]
    assert given_names == ["N/a.md", "N/A-2.MD", "N/a.md", "N/a-3.md", "N/b", "N/B-2"]
