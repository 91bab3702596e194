"""A policy: how strict an organization is. It can make a rule's outcome stricter, never milder."""

from pydantic import field_validator

from auditor.domain.knowledge import Knowledge, Line, Slug
from auditor.domain.verdict import AREAS, OUTCOMES, AreaName, FailOn, Outcome

ALWAYS_GATING: tuple[AreaName, ...] = ("license", "lineage", "artifact")


class Policy(Knowledge):
    """rules/policies/<key>.yaml, or the `[policy]` table of auditor.toml."""

    key: Slug
    title: Line
    fail_on: FailOn = "review"
    require_text: bool = False
    """A license known only from a tag goes to review."""
    gate: tuple[AreaName, ...] = ALWAYS_GATING
    """Areas that gate whatever is declared: these three, and more; memory and serving gate as soon as a GPU or a stack is."""
    rules: dict[str, Outcome] = {}
    """Stricter outcomes by rule id."""

    @field_validator("gate")
    @classmethod
    def _only_adds(cls, gate: tuple[AreaName, ...]) -> tuple[AreaName, ...]:
        if missing := [area for area in ALWAYS_GATING if area not in gate]:
            raise ValueError(f"{', '.join(missing)} always gate; a policy adds areas and leaves none out")
        return gate

    def outcome(self, rule: str, outcome: Outcome) -> Outcome:
        """The stricter of the rule's own outcome and the policy's."""
        return min(outcome, self.rules.get(rule, outcome), key=OUTCOMES.index)

    def gating(self, gpus: bool, stack: bool) -> frozenset[AreaName]:
        """Areas that gate in this run."""
        declared: dict[AreaName, bool] = {"memory": gpus, "serving": stack}
        return frozenset(area for area in AREAS if area in self.gate or declared.get(area, False))
