"""One model in Markdown: what was decided and why, what to do, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.domain.memory import Estimate, Fit, QuantFile
from auditor.domain.report import Declared, Edge, EvidenceRecord, Finding, ObligationRecord, Permission
from auditor.domain.verdict import AreaVerdict
from auditor.formats import wording
from auditor.formats.markdown_text import block, code, link, prose, row, table
from auditor.formats.view import Figure, ModelView


def verdict(word: AreaVerdict) -> str:
    """The verdict with its shape; plain words for an area without one."""
    return f"{wording.SHAPES[word]} {word.upper()}" if word in wording.SHAPES else wording.spaced(word)


def details(view: ModelView) -> str:
    """All sections of a model but the evidence register."""
    sections = (_decision, _license, _permissions, _obligations, _lineage, _memory, _findings, _unchecked)
    return "\n".join([f"## {verdict(view.model.verdict)} {code(view.name)}", *(line for section in sections for line in ("", *section(view)))])


def register(view: ModelView) -> str:
    """The evidence that the model's sections refer to."""
    return "\n\n".join(["### Evidence register", *(evidence(entry, view.place(entry)) for entry in view.evidence)]) if view.evidence else "No evidence was had."


def evidence(entry: EvidenceRecord, place: str) -> str:
    """One piece of evidence: source, place, digest, time and quote."""
    status = "no answer" if entry.status is None else f"HTTP status {entry.status}"
    digest = f"SHA-256 {code(entry.sha256)}" if entry.sha256 else "no digest"
    head = f"- **{prose(entry.id)}** {prose(wording.spaced(entry.kind))}, {code(place)}: {link(entry.url)}, {digest}"
    lines = [f"{head}, {code(entry.retrieved_at) if entry.retrieved_at else 'time unknown'}, {status}"]
    return "\n".join([*lines, block(entry.quote, 2)] if entry.quote else [*lines, "  No text: the source states nothing, or was not had."])


def _cite(view: ModelView, ids: Iterable[str], *rules: str) -> str:
    known = [*rules, *(entry for entry in ids if entry in view.by_id)]
    return f" ({', '.join(map(prose, known))})" if known else ""


def _decision(view: ModelView) -> Iterator[str]:
    model = view.model
    rules, ids = wording.grounds(model)
    yield f"{prose(wording.reason(model))}{_cite(view, ids, *rules)}"
    yield ""
    if clauses := wording.clauses(model):
        yield f"- Clause: {prose(clauses)}"
    for question in wording.questions(wording.intended(model)):
        answers = "; ".join(f"{prose(wording.readable(a.value))} gives **{a.result}** ({', '.join(a.uses)})" for a in question.answers)
        yield f"- Declare {code(question.flag)}: {answers}"
    for step in wording.steps(model):
        yield f"- Next: {prose(step)}"
    pinned = "pinned by the request" if model.revision.pinned else f"resolved from {code(model.revision.requested)}, which can move"
    yield f"- Revision: {code(model.revision.resolved)}, {pinned}"
    barred = "; barred to the European Union by the gate" if model.access.eu_disallowed else ""
    yield f"- Access: {wording.GATES[model.access.gated]}{barred}"
    yield ""
    areas = ((area.area, verdict(area.verdict), "yes" if area.gating else "no", "; ".join(map(prose, area.reasons))) for area in model.areas)
    yield table(("Area", "Verdict", "Gates", "Reasons"), map(row, areas))


def _license(view: ModelView) -> Iterator[str]:
    concluded = view.model.license.concluded
    yield "### License"
    yield ""
    key = f" {code(concluded.key)}" if concluded.key else ""
    how = f"{wording.METHODS[concluded.method]}; confidence {wording.CONFIDENCES[concluded.confidence]}"
    yield f"**{prose(concluded.name)}**{key}, SPDX {code(concluded.expression)}: {how}{_cite(view, concluded.evidence)}"
    for conflict in view.model.license.conflicts:
        yield ""
        yield f"**Conflict, {wording.spaced(prose(conflict.kind))}:** {' against '.join(map(code, conflict.values))}{_cite(view, conflict.evidence)}"
        for entry in view.quotes(conflict):
            yield f"\n{prose(entry.id)}, {code(view.place(entry))}:\n\n{block(entry.quote)}"
    yield ""
    if view.model.license.declared:
        yield table(("Witness", "Says", "Against the conclusion", "Evidence"), (_witness(view, *pair) for pair in view.witnesses()))
    else:
        yield "No witness states a license."


def _witness(view: ModelView, said: Declared, stands: str) -> str:
    return row((wording.WITNESSES[said.witness], code(said.value), stands, ", ".join(prose(entry) for entry in said.evidence if entry in view.by_id)))


def _permissions(view: ModelView) -> Iterator[str]:
    yield "### Permissions by use"
    yield ""
    yield table(("Use", "Result", "Because", "Clause", "What would change it"), (row(_permission(entry, same)) for entry, same in view.permissions()))


def _permission(entry: Permission, same: str | None) -> tuple[str, ...]:
    use = f"{entry.use} **(intended)**" if entry.intended else entry.use
    result = f"{wording.result_shape(entry.result)} {entry.result}"
    if same:
        return use, result, f"as for {same}", "", ""
    decided = f" ({', '.join(map(prose, entry.decided_by))})" if entry.decided_by else ""
    flips = "; ".join(f"{code(f'{flip.fact} {wording.readable(flip.value)}')} gives {flip.result}" for flip in entry.flips)
    return use, result, prose(entry.because), f"{', '.join(map(prose, entry.clauses))}{decided}", flips or "no fact is recorded"


def _obligations(view: ModelView) -> Iterator[str]:
    yield "### Obligations"
    for applies, title in wording.APPLIES.items():
        if entries := view.obligations(applies):
            yield f"\n{title}:\n"
            for number, entry in entries:
                yield from _obligation(view, number, entry)
    if not view.model.obligations:
        yield ""
        yield "No obligation is recorded for the intended use." if view.model.license.concluded.key else "Not known: no license could be concluded."


def _obligation(view: ModelView, number: str, entry: ObligationRecord) -> Iterator[str]:
    done, must = "x" if entry.status == "met" else " ", "Must not" if entry.modality == "must_not" else "Must"
    clause = f"{prose(entry.clause)}; on {prose(entry.trigger)}; {prose(wording.status(entry, full=True))}; {code(entry.id)}"
    ship = f" Ship: {code(entry.file)}." if entry.file else ""
    check = f" Check: {prose(entry.how_to_check)}." if entry.how_to_check else ""
    yield f"- [{done}] **{number} {must}:** {prose(entry.action)} ({clause}){_cite(view, entry.evidence)}{ship}{check}"
    if entry.text is not None:
        yield "\n  Exact text:\n"
        yield block(entry.text, 2)


def _lineage(view: ModelView) -> Iterator[str]:
    yield "### Lineage"
    yield ""
    yield from (_edge(view, edge) for edge in view.model.lineage)
    if not view.model.lineage:
        yield "No base model is recorded."


def _edge(view: ModelView, edge: Edge) -> str:
    grade = "nothing lost on the way" if edge.grade == "benign" else f"**{wording.spaced(edge.grade)}**"
    relation = f"{wording.RELATIONS[edge.relation]} {code(edge.parent)}, license {code(edge.license)}"
    return f"- {code(edge.child)}: {relation}: {grade}, {prose(edge.because)}; stated by the {prose(edge.source)}{_cite(view, edge.evidence)}"


def _memory(view: ModelView) -> Iterator[str]:
    memory = view.model.memory
    setting = f"{code(f'{memory.stack} {memory.stack_version}')}, precision {code(memory.precision)}, context {wording.amount(memory.context)}"
    yield "### Memory"
    yield ""
    yield f"Estimates for {setting}, {wording.counted(memory.concurrency, 'request')} at once, tensor parallel {memory.tensor_parallel}."
    yield ""
    yield table(("Figure", "Value", "Low to high", "Basis", "How"), map(_figure, view.figures())) if view.sized else "No figure could be worked out."
    if any(fit.fits != "unknown" for fit in memory.fits):
        yield ""
        yield table(("GPUs", "Fits", "Needs", "Headroom", "Longest context", "Requests at once"), map(_fit, memory.fits))
    if memory.files:
        yield ""
        yield table(("GGUF files, of which an engine loads one set", "Precision", "Size"), map(_file, memory.files))
    if memory.assumed:
        yield "\nAssumed for all of it:\n"
        yield from (f"- {prose(line)}" for line in memory.assumed)


def _figure(figure: Figure) -> str:
    shown = wording.size if figure.is_bytes else wording.amount
    how = figure.estimate
    basis = "not recorded" if how is None else "**assumed**" if how.basis == "assumed" else how.basis
    scope = "" if how is None else "no range" if how.low == how.high else f"{shown(how.low)} to {shown(how.high)}"
    return row((figure.title, shown(figure.value), scope, basis, _how(how) if how else ""))


def _how(estimate: Estimate) -> str:
    inputs = ", ".join(f"{name} {value:,}" if isinstance(value, (int, float)) else f"{name} {value}" for name, value in estimate.inputs.items())
    parts = (estimate.formula, inputs, f"assumed: {'; '.join(estimate.assumed)}" if estimate.assumed else "")
    return prose("; ".join(part for part in parts if part))


def _fit(fit: Fit) -> str:
    figures = (wording.size(fit.total_bytes), wording.size(fit.headroom_bytes), wording.amount(fit.max_context), wording.amount(fit.max_concurrency))
    return row((code(wording.cards(fit)), wording.FITS[fit.fits], *figures))


def _file(file: QuantFile) -> str:
    return row((code(file.name), code(file.precision), wording.size(file.bytes)))


def _findings(view: ModelView) -> Iterator[str]:
    yield "### Findings"
    yield ""
    yield from (_finding(view, finding) for finding in wording.findings(view.model))
    if not view.model.findings:
        yield "None. The absence of a finding is not a finding: see what was not checked."


def _finding(view: ModelView, finding: Finding) -> str:
    changed = f", the rule says {finding.rule_outcome}" if finding.rule_outcome != finding.outcome else ""
    fix = f" **How to fix:** {prose(finding.how_to_fix)}" if finding.how_to_fix else ""
    return f"- **{prose(finding.id)}** {finding.outcome} ({finding.area}{changed}): {prose(finding.message)}{_cite(view, finding.evidence)}{fix}"


def _unchecked(view: ModelView) -> Iterator[str]:
    yield "### Not checked"
    yield ""
    yield from (f"- **{prose(entry.topic)}**: {prose(entry.why)}" for entry in view.model.not_checked)
    if not view.model.not_checked:
        yield "Nothing is recorded as unchecked."
