"""Whether the audited repository does what an obligation asks for, as far as a repository can show it.

The repository is looked at as what it is: a copy of the model that a deployer may pass on, or a derivative of its base models.

`met`            it holds what is asked for; the proof is the file or the lines that do
`missing`        its list of files is whole, what had to be read was read, and what is asked for is not there
`open`           done by the deployer in the deployment (a line in a product, a report, the name of a derivative yet to be made): no repository shows it
`not_checkable`  it could be there, but no check tells, or what had to be read could not be had

A status never changes a verdict: what is met is still owed for every copy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from auditor.domain.evidence import CardFacts, Document, Evidence, ModelEvidence, TextFacts, Unavailable
from auditor.domain.license import ObligationStatus, Use
from auditor.domain.license_facts import EdgeFacts, LicenseFacts, ObligationFact
from auditor.domain.text_safety import one_line
from auditor.licensing.witnesses import document_evidence

_CARD = "README.md"
_PASSING_ON: frozenset[Use] = frozenset({"redistribute", "redistribute_derivative"})
"""Uses in which this very repository, or one made from it, is what recipients get."""
_ELSEWHERE: frozenset[Use] = frozenset({"hosted", "embedded", "internal"})
"""Uses in which something else than the repository reaches people as well."""
_COPY_IS_ALL = frozenset({"license_copy", "notice"})
"""Kinds that a copy of the license fulfils; of others it is a part."""
_IN_REPOSITORY = frozenset({"license_copy", "notice", "attribution", "change_notice", "naming", "derivative_naming", "share_alike", "source_disclosure"})
"""Kinds that a repository can fulfil, and that are not looked for where the license gives nothing that could be found."""
_MARKS = {"license": ("licen", "copying"), "notice": ("notice",), "policy": ("policy", "acceptable", "terms")}
_QUOTED = 3

_Looked = tuple[ObligationStatus, str, tuple[Evidence, ...]]


def how_to_check(duty: ObligationFact) -> str:
    """What is looked for, in words."""
    if duty.check == "name_prefix":
        return f"the name of the derivative begins with {duty.name_prefix}"
    if duty.check == "license_file":
        return "a license file has the words of the license"
    if duty.check == "notice_file":
        return "a notice file has the exact string" if duty.text else "a notice file is there, and a person reads it"
    if duty.check == "card_text":
        return "the model card shows the exact string" if duty.text else "a person reads the model card"
    if duty.check == "use_policy_file":
        return "a use policy is among the files"
    return "the notice file of the work goes along" if _carries(duty) else "a person checks it; nothing in a repository tells"


def fulfilled(
    duties: Sequence[ObligationFact], model: ModelEvidence, facts: LicenseFacts, edges: Sequence[EdgeFacts], parents: Mapping[str, ModelEvidence]
) -> tuple[ObligationFact, ...]:
    """`duties` with their status, why, and what that rests on. `parents` are the base models whose metadata was had, by id."""
    repository = _Repository(model, facts)
    found = []
    for duty in duties:
        bases = [parents[edge.parent] for edge in edges if edge.parent in parents and edge.parent in (duty.origin, _under(duty, edge))]
        derivative = bool(duty.origin) or any(_under(duty, edge) for edge in edges)
        unsure = next((edge.parent for edge in edges if edge.state != "known"), "") if not derivative else ""
        status, reason, proof = _status(duty, repository, derivative, unsure, bases)
        found.append(replace(duty, status=status, status_reason=reason, proof=proof))
    return tuple(found)


def _carries(duty: ObligationFact) -> bool:
    """Whether a notice file has to be passed on where the work has one."""
    return duty.check is None and duty.file is not None and "notice" in duty.file.lower()


def _under(duty: ObligationFact, edge: EdgeFacts) -> str:
    """The base model, when it is under the license of an obligation of the model's own; else empty."""
    return edge.parent if not duty.origin and edge.state == "known" and edge.license == duty.license else ""


def _status(duty: ObligationFact, repository: _Repository, derivative: bool, unsure: str, bases: Sequence[ModelEvidence]) -> _Looked:
    if isinstance(repository.model.info, Unavailable):
        return "not_checkable", "nothing of the repository could be read", ()
    if duty.derivatives_only and unsure and (duty.check or duty.kind in _IN_REPOSITORY):
        return "not_checkable", f"the license of the base model {one_line(unsure, 120)} is not known", ()
    if duty.derivatives_only and not derivative:
        return "open", "it is about what you make from the model; this repository states no base model under that license", ()
    if duty.check == "name_prefix":
        return repository.named(duty)
    uses, look = set(duty.uses), _LOOKS.get(duty.check or "")
    carried = _carries(duty)
    if (look or carried) and not uses & (_PASSING_ON if duty.check == "card_text" else _PASSING_ON | {"embedded"}):
        return "open", "owed by what you offer, which is not this repository", ()
    if look is not None:
        return _beside(duty, look(repository, duty))
    if carried:
        return _beside(duty, repository.notices_carried(bases))
    if uses & _PASSING_ON and duty.kind in _IN_REPOSITORY:
        return "not_checkable", "no check tells; a person has to look", ()
    return "open", "done in the deployment; no repository shows it", ()


def _beside(duty: ObligationFact, looked: _Looked) -> _Looked:
    """What the repository holds is not yet in a product or on a page that carries the model too."""
    status, reason, proof = looked
    return ("open", f"{reason}; what you offer has to carry it as well", proof) if status == "met" and set(duty.uses) & _ELSEWHERE else looked


class _Repository:
    """What is looked for in one repository whose metadata was had."""

    def __init__(self, model: ModelEvidence, facts: LicenseFacts) -> None:
        self.model, self.facts = model, facts

    def named(self, duty: ObligationFact) -> _Looked:
        """The name against the prefix, without case, spaces and hyphens."""
        info = self.model.info
        assert not isinstance(info, Unavailable) and duty.name_prefix is not None
        name = info.facts.id.rpartition("/")[2]
        if info.facts.id.startswith("local/"):
            return "not_checkable", "a folder does not tell what the model is called", ()
        proof = (Evidence("folder" if info.facts.local else "api", info.url, "id", "", one_line(info.facts.id), info.sha256, info.retrieved_at, info.status),)
        if _folded(name).startswith(_folded(duty.name_prefix)):
            return "met", f"the name {name} begins with {duty.name_prefix}", proof
        return "missing", f"the name {name} does not begin with {duty.name_prefix}", proof

    def license_copy(self, duty: ObligationFact) -> _Looked:
        """A license file whose words are those of the license."""
        files = [text for text in self.facts.texts if text.kind == "license_file"]
        proof = tuple(e for text in files if text.key == duty.license for e in text.evidence)
        if proof:
            paths = ", ".join(dict.fromkeys(e.path for e in proof))
            if duty.kind in _COPY_IS_ALL:
                return "met", f"{paths} is the text of the license", proof
            return "not_checkable", f"{paths} is the text of the license; the rest of the obligation no check tells", proof
        strange = [text for text in files if text.key is None and not text.secondary]
        if strange:
            named = ", ".join(dict.fromkeys(one_line(text.path, 80) for text in strange))
            return "not_checkable", f"{named} holds a text that is not known to be that of the license", tuple(e for text in strange for e in text.evidence)
        return self._absent("license", "no license file with the text of the license")

    def notice(self, duty: ObligationFact) -> _Looked:
        """A notice file, with the demanded string in it where the license has one."""
        files = self._documents("notice_file")
        if not files:
            return self._absent("notice", "no notice file")
        if duty.text is None:
            return "not_checkable", f"{_paths(files)} is there; whether it says what it has to, no check tells", tuple(_beginning(file) for file in files)
        return self._string(duty.text, files, "notice", _paths(files))

    def card_text(self, duty: ObligationFact) -> _Looked:
        """The demanded string where the card shows it."""
        card = self.model.documents.get(_CARD)
        if card is None or not isinstance(card.facts, CardFacts):
            return self._absent("readme", "no model card")
        if duty.text is None:
            return "not_checkable", "the license demands no fixed string that could be looked for", ()
        looked = self._string(duty.text, [card], "readme", "the model card")
        from auditor.reading.holding import lines_holding

        lines = lines_holding(card, duty.text)
        if isinstance(lines, tuple) and any(first <= lines[0] <= last for first, last in self._license_texts(card)):
            return "not_checkable", "the model card has the demanded string inside a license text; whether it shows it elsewhere, no check tells", looked[2]
        return looked

    def _license_texts(self, card: Document[Any]) -> list[tuple[int, int]]:
        """First and last line of each license text that stands inside the card: there the string is demanded, not shown."""
        before = card.facts.body.first_line - 1
        spans = [text.identity.span or (1, card.facts.body.lines) for text in self.facts.texts if text.kind == "readme"]
        return [(first + before, last + before) for first, last in spans]

    def use_policy(self, duty: ObligationFact) -> _Looked:
        """A use policy that was read."""
        files = self._documents("use_policy")
        return ("met", f"{_paths(files)} is passed on", tuple(_beginning(file) for file in files)) if files else self._absent("policy", "no use policy")

    def notices_carried(self, bases: Sequence[ModelEvidence]) -> _Looked:
        """A notice file passed on where there is one: the repository's own, and those of base models under the license, whose lists of files tell."""
        files = self._documents("notice_file")
        theirs = [(base.id, path) for base in bases for path in _listed(base, "notice")]
        if not files and theirs:
            return self._absent("notice", f"no notice file, while {theirs[0][0]} has {theirs[0][1]}")
        if not files:
            return "not_checkable", "no notice file is known that would have to be carried along", ()
        texts = {file.facts.sha256 for file in files}
        had = [one for base in bases for one in base.documents.values() if one.kind == "notice_file" and isinstance(one.facts, TextFacts)]
        proof = tuple(map(_beginning, files))
        if len(had) >= len(theirs) and all(one.facts.sha256 in texts for one in had):
            return "met", f"{_paths(files)} is there and goes along", proof
        return "not_checkable", f"{_paths(files)} is there; whether it carries the notices of the base model, no check tells", proof

    def _string(self, demanded: str, documents: Sequence[Document[Any]], mark: str, where: str) -> _Looked:
        from auditor.reading.holding import lines_holding

        held = [(document, lines_holding(document, demanded)) for document in documents]
        proof = tuple(document_evidence(one, _kind(one), *lines, demanded) for one, lines in held if isinstance(lines, tuple))
        if proof:
            return "met", f"{where} has the demanded string", proof
        looked_at = tuple(_beginning(document) for document in documents)
        if any(lines == "unknown" for _, lines in held):
            return "not_checkable", f"whether {where} has the demanded string could not be told", looked_at
        why = self._unread(mark)
        return ("not_checkable", why, looked_at) if why else ("missing", f"{where} does not have the demanded string", looked_at)

    def _documents(self, kind: str) -> list[Document[Any]]:
        return [one for one in self.model.documents.values() if one.kind == kind and isinstance(one.facts, TextFacts) and one.facts.words]

    def _absent(self, mark: str, what: str) -> _Looked:
        why = self._unread(mark)
        if why:
            return "not_checkable", why, ()
        info = self.model.info
        assert not isinstance(info, Unavailable) and info.facts.files is not None
        count = len(info.facts.files)
        listing = "folder" if info.facts.local else "api"
        proof = Evidence(listing, info.url, "siblings", "", f"({count} files are listed: {what})", info.sha256, info.retrieved_at, info.status)
        return "missing", f"{what} among the {count} files of the repository", (proof,)

    def _unread(self, mark: str) -> str:
        """Why something like it may be there all the same; empty when all was seen."""
        info = self.model.info
        assert not isinstance(info, Unavailable)
        if info.facts.files is None:
            return "the list of files could not be had"
        if info.facts.unread_files:
            return f"the list of files is not whole: {one_line(info.facts.unread_files, 200)}"
        marks = _MARKS.get(mark, (mark,))
        for path, missing in self.model.unavailable.items():
            if missing.reason != "absent" and (any(m in path.lower() for m in marks) or "license-like" in path):
                return f"{one_line(path, 80)} could not be read: {one_line(missing.detail, 200)}"
        known = {*self.model.documents, *self.model.unavailable}
        beside = next((file.path for file in info.facts.files if file.path not in known and _begins(file.path, marks)), None)
        return f"{one_line(beside, 80)} was not read" if beside is not None else ""


_LOOKS: Mapping[str, Callable[[_Repository, ObligationFact], _Looked]] = {
    "license_file": _Repository.license_copy,
    "notice_file": _Repository.notice,
    "card_text": _Repository.card_text,
    "use_policy_file": _Repository.use_policy,
}


def _begins(path: str, marks: Sequence[str]) -> bool:
    """Whether a file that no reader asks for, deep in a folder, has such a name."""
    name = path.rsplit("/", 1)[-1].lower()
    return "/" in path and name.startswith(tuple(marks)) and not name.endswith((".py", ".json", ".yaml", ".yml"))


def _listed(model: ModelEvidence, mark: str) -> tuple[str, ...]:
    files = () if isinstance(model.info, Unavailable) else model.info.facts.files or ()
    return tuple(one_line(file.path, 80) for file in files if _MARKS[mark][0] in file.path.lower() and file.path.count("/") <= 1)


def _paths(documents: Sequence[Document[Any]]) -> str:
    return ", ".join(one_line(document.path, 80) for document in documents)


def _beginning(document: Document[Any]) -> Evidence:
    lines = document.facts.body.lines if isinstance(document.facts, CardFacts) else document.facts.lines
    first = document.facts.body.first_line if isinstance(document.facts, CardFacts) else 1
    last = min(first + _QUOTED, first + lines) - 1
    return document_evidence(document, _kind(document), first if lines else None, last if lines else None, "" if lines else "(no text)")


def _kind(document: Document[Any]) -> str:
    return "card" if document.kind == "card" else "license_file"


def _folded(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum() or character == ".")
