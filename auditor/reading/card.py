"""A model card, from README.md bytes or from the Hub's `cardData`, to CardData."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.domain.evidence import CardData, CardFacts, ProseStatement, TextFacts
from auditor.domain.text_safety import text_lines
from auditor.reading.display import shown_lines
from auditor.reading.front_matter import read_front_matter
from auditor.reading.gate import gate_binding_words
from auditor.reading.merge_recipe import recipe_in
from auditor.reading.prose_words import MAX_CHARACTERS, states
from auditor.reading.text import text_facts

_MAX_ITEMS = 200
_MAX_LENGTH = 500


def read_card(content: bytes) -> CardFacts:
    """Facts of a README.md; a front matter that cannot be read is a problem in them."""
    text = content.decode("utf-8", errors="replace")
    front = read_front_matter(text)
    data = card_data(front.values, front.lines, front.problems)
    body = "\n".join(text_lines(text)[front.body_line - 1 :])
    return CardFacts(
        data=data,
        has_front_matter=front.found,
        body=text_facts(body, front.body_line),
        shown_lines=shown_lines(body, front.body_line),
        statements=_statements(body, front.body_line),
        recipe=recipe_in(body),
    )


def _statements(body: str, first_line: int) -> tuple[ProseStatement, ...]:
    """Those of the prose; its patterns take long to compile and are left alone where no word of theirs stands."""
    if not states(body[:MAX_CHARACTERS]):
        return ()
    from auditor.reading.prose import statements

    return statements(body, first_line)


def card_data(values: Mapping[str, Any], lines: Mapping[str, int] | None = None, problems: tuple[str, ...] = ()) -> CardData:
    """CardData of parsed front matter. A scalar counts as a list of one; what is neither string nor list of strings is a problem."""
    reader = _Reader(values, list(problems))
    prompt = values.get("extra_gated_prompt")
    lines = lines or {}
    if prompt is not None and not isinstance(prompt, str):
        reader.problems.append(f"extra_gated_prompt is no text: {type(prompt).__name__}")
    return CardData(
        license=reader.strings("license"),
        license_name=reader.string("license_name"),
        license_link=reader.strings("license_link"),
        base_model=reader.strings("base_model"),
        base_model_relation=reader.string("base_model_relation"),
        datasets=reader.strings("datasets"),
        library_name=reader.string("library_name"),
        pipeline_tag=reader.string("pipeline_tag"),
        gate_prompt=_prompt_facts(prompt, lines.get("extra_gated_prompt", 1)),
        gate_binding_words=gate_binding_words(values),
        gate_eu_disallowed=str(values.get("extra_gated_eu_disallowed")).strip().lower() not in _FALSE,
        lines={key: line for key, line in lines.items() if key in _READ},
        problems=tuple(reader.problems),
    )


_FALSE = frozenset({"none", "", "false", "no", "off", "n", "0"})
"""What says that a gate is open, in YAML's old spellings too; whatever else stands there closes it."""
_READ = frozenset(CardData.model_fields) | {"extra_gated_prompt", "extra_gated_eu_disallowed"}


def _prompt_facts(prompt: object, line: int) -> TextFacts | None:
    return text_facts(prompt, line) if isinstance(prompt, str) and prompt.strip() else None


class _Reader:
    """Reads keys in the forms that real cards use, and notes the others."""

    def __init__(self, values: Mapping[str, Any], problems: list[str]) -> None:
        self.values = values
        self.problems = problems

    def string(self, key: str) -> str | None:
        found = self.strings(key)
        if len(found) > 1:
            self.problems.append(f"{key} is a list of {len(found)} where one value is expected")
            return None
        return found[0] if found else None

    def strings(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if len(items) > _MAX_ITEMS:
            self.problems.append(f"{key} holds {len(items)} values; only the first {_MAX_ITEMS} were read")
        found = []
        for item in items[:_MAX_ITEMS]:
            if isinstance(item, str) and item.strip():
                found.append(self._cut(key, item))
            elif isinstance(item, list) and all(isinstance(part, str) for part in item):
                if len(item) > _MAX_ITEMS:
                    self.problems.append(f"{key} holds a list of {len(item)} values; only the first {_MAX_ITEMS} were read")
                found.extend(self._cut(key, part) for part in item[:_MAX_ITEMS])  # nested lists of base models are real
            else:
                self.problems.append(f"{key} holds a value that is no text: {type(item).__name__}")
        return tuple(dict.fromkeys(found))

    def _cut(self, key: str, value: str) -> str:
        value = value.strip()
        if len(value) > _MAX_LENGTH:
            self.problems.append(f"{key} holds a value of {len(value)} characters; only the first {_MAX_LENGTH} were read")
        return value[:_MAX_LENGTH]
