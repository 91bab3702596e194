"""One model on a terminal, nothing folded: clauses and answers of every use, notes, assumptions, reasons, and the evidence register."""

from __future__ import annotations

from auditor.domain.report import EvidenceRecord, Finding, ObligationRecord, Permission
from auditor.domain.text_safety import MAX_QUOTE, one_line
from auditor.domain.verdict import OF_PERMISSION
from auditor.formats import wording
from auditor.formats.terminal_block import Block, result_style
from auditor.formats.view import ModelView

_LONG = MAX_QUOTE + 200


class WholeBlock(Block):
    """A block with everything in it."""

    brief = False

    def _head(self) -> None:
        super()._head()
        revision, access = self.model.revision, self.model.access
        pinned = "pinned by the request" if revision.pinned else f"resolved from {one_line(revision.requested)}, which can move"
        barred = "; barred to the European Union by the gate" if access.eu_disallowed else ""
        self.sheet.row("Revision", f"{revision.resolved}, {pinned}; {wording.GATES[access.gated]}{barred}")

    def _license(self) -> None:
        super()._license()
        for said in self.model.license.declared:
            self.sheet.row("", f"{wording.WITNESSES[said.witness]}: {one_line(said.value)}{self._cite(said.evidence)}", hang=2)

    def _uses(self) -> None:
        for number, (permission, same) in enumerate(ModelView(self.report, self.model, "").permissions()):
            self.sheet.row("" if number else "Uses", self._permission(permission, same), hang=2)

    def _permission(self, entry: Permission, same: str | None) -> str:
        head = f"{entry.use}{' (intended)' if entry.intended else ''}: {self.sheet.styled(entry.result, OF_PERMISSION[entry.result])}"
        if same:
            return f"{head}, as for {same}"
        grounds = "; ".join(", ".join(part) for part in (entry.clauses, entry.decided_by) if part)
        flips = "".join(f"; {flip.fact} {wording.readable(flip.value)}: {flip.result}" for flip in entry.flips)
        return f"{head}: {one_line(entry.because, _LONG)}{f' ({one_line(grounds, _LONG)})' if grounds else ''}{one_line(flips, _LONG)}"

    def _proof(self, entry: ObligationRecord) -> str:
        return f"{self._cite(entry.evidence)} {one_line(entry.because, _LONG)}"

    def _assumed(self) -> None:
        for number, line in enumerate(self.model.memory.assumed):
            self.sheet.row("" if number else "Assumed", one_line(line, _LONG), hang=2)

    def _findings(self) -> None:
        for number, finding in enumerate(wording.findings(self.model)):
            self.sheet.row("" if number else "Findings", self._finding(finding), hang=2)
            if finding.how_to_fix:
                self.sheet.row("", f"fix: {one_line(finding.how_to_fix, _LONG)}", hang=2, indent=2)

    def _finding(self, finding: Finding) -> str:
        changed = f" (the rule says {finding.rule_outcome})" if finding.rule_outcome != finding.outcome else ""
        outcome = self.sheet.styled(finding.outcome, result_style(finding.outcome))
        return f"{finding.id} {outcome}{changed}, {finding.area}: {one_line(finding.message, _LONG)}{self._cite(finding.evidence)}"

    def _areas(self) -> None:
        for area in self.model.areas:
            gates = "" if area.gating or area.verdict in ("not_gated", "not_assessed") else ", does not gate"
            reasons = f": {one_line('; '.join(area.reasons), _LONG)}" if area.reasons else ""
            self.sheet.row("Areas" if area is self.model.areas[0] else "", f"{area.area} {wording.spaced(area.verdict)}{gates}{reasons}", hang=2)

    def _unchecked(self) -> None:
        for number, (why, topics) in enumerate(wording.unchecked(self.model).items()):
            self.sheet.row("" if number else "Unchecked", f"{', '.join(map(one_line, topics))}: {one_line(why, _LONG)}", hang=2)

    def _evidence(self) -> None:
        for number, entry in enumerate(ModelView(self.report, self.model, "").evidence):
            self._register("" if number else "Evidence", entry)

    def _register(self, label: str, entry: EvidenceRecord) -> None:
        sheet = self.sheet
        status = "no answer" if entry.status is None else f"HTTP {entry.status}"
        place = sheet.linked(f"{entry.id} {wording.place(entry, self.model)}", entry.url)
        sheet.row(label, f"{place}, {wording.spaced(entry.kind)}, {status}, {entry.retrieved_at or 'time unknown'}", hang=3)
        sheet.row("", one_line(entry.url, _LONG), indent=3)
        if entry.sha256:
            sheet.row("", f"sha256 {entry.sha256}", indent=3)
        for line in entry.quote.split("\n") if entry.quote else ():
            sheet.row("", f"| {line}", hang=2, indent=3)
