"""Restrictions in other languages: the plainest sentences are found, what permits beside them is not."""

from __future__ import annotations

import pytest

from auditor.reading.prose import statements


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("仅用于科研目的", ["research_only"]),
        ("仅供个人使用", ["personal_only"]),
        ("非商用", ["noncommercial"]),
        ("禁止转载", ["limited"]),
        ("可用于个人学习、非商业用途。", ["noncommercial"]),
        ("无论何种情况，均禁止商业用途。", ["noncommercial"]),
        ("无需授权即可商用，但禁止转载。", ["limited"]),
        ("個人・法人を問わず、商用利用は禁止です。", ["noncommercial"]),
        ("商用・非商用を問わず再配布は禁止です。", ["limited"]),
        ("如需商业使用，请联系作者获得授权。", ["restricted"]),
        ("商用利用不可", ["noncommercial"]),
        ("研究目的以外での使用を禁じます。", ["research_only"]),
        ("商用利用をご希望の方はお問い合わせください。", ["restricted"]),
        ("비상업적 용도로만 사용할 수 있습니다.", ["noncommercial"]),
        ("상업적 이용은 금지됩니다.", ["noncommercial"]),
        ("본 모델은 연구 목적으로만 사용 가능합니다.", ["research_only"]),
        ("Usage non commercial uniquement.", ["noncommercial"]),
        ("Ce modèle est réservé à la recherche.", ["research_only"]),
        ("Ce modèle ne peut pas être utilisé à des fins commerciales.", ["noncommercial"]),
        ("Nur für Forschungszwecke.", ["research_only"]),
        ("Keine kommerzielle Nutzung.", ["noncommercial"]),
        ("Uso no comercial.", ["noncommercial"]),
        ("Prohibido el uso comercial.", ["noncommercial"]),
        ("É proibido o uso comercial deste modelo.", ["noncommercial"]),
        ("Somente para fins de pesquisa.", ["research_only"]),
        ("È vietato l'uso commerciale.", ["noncommercial"]),
        ("Только для некоммерческого использования.", ["noncommercial"]),
        ("Коммерческое использование запрещено.", ["noncommercial"]),
        ("Alleen voor niet-commercieel gebruik.", ["noncommercial"]),
        ("Commercieel gebruik is niet toegestaan.", ["noncommercial"]),
        ("Użytek komercyjny jest zabroniony.", ["noncommercial"]),
        ("Kommersiell användning är förbjuden.", ["noncommercial"]),
        ("Interdiction de tout usage commercial.", ["noncommercial"]),
        ("Pas d'usage commercial.", ["noncommercial"]),
    ],
)
def test_a_restriction(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in statements(text)] == kinds


@pytest.mark.parametrize(
    "text",
    [
        "无需申请即可商用。",
        "商业用途、非商业用途均可。",
        "无论学术还是商业用途，均可使用。",
        "不论商业或非商业用途均可使用。",
        "本许可不禁止商业使用。",
        "Usage commercial autorisé, pas de restriction.",
        "Kommerzielle Nutzung ist nicht eingeschränkt.",
        "对学术研究完全开放，支持免费商用。",
        "商用・非商用を問わず利用できます。",
        "商用利用可能です。",
        "상업적 이용이 가능합니다.",
        "L'usage commercial est autorisé.",
        "Kommerzielle Nutzung ist erlaubt.",
        "Für kommerzielle und nicht-kommerzielle Zwecke.",
        "Se permite el uso comercial y no comercial.",
        "O uso comercial é permitido.",
        "Для коммерческого и некоммерческого использования.",
        "The solo developer sells a commercial tool for personal finance.",
    ],
)
def test_a_permission(text: str) -> None:
    assert statements(text) == ()


@pytest.mark.parametrize(("text", "value"), [("라이선스: CC BY-NC 4.0", "CC BY-NC 4.0"), ("ライセンス: CC BY-NC 4.0", "CC BY-NC 4.0"), ("Licença: MIT", "MIT")])
def test_a_label(text: str, value: str) -> None:
    assert [(one.kind, one.value) for one in statements(text)] == [("licensed_under", value)]
