"""What was not checked, said for every model: the absence of a finding is no finding."""

from __future__ import annotations

from auditor.audit.assess import Assessment
from auditor.domain.evidence import ModelInfo, Unavailable
from auditor.domain.report import NotChecked
from auditor.domain.text_safety import one_line
from auditor.licensing.parents import set_aside
from auditor.reading.dataset_info import FOLDER
from auditor.reading.license_link import FOLDER as LINKED
from auditor.reading.license_link import NoFile, OwnFile, targets_of


def not_checked(assessment: Assessment) -> tuple[NotChecked, ...]:
    """Topics in a fixed order."""
    evidence = assessment.evidence
    found = [NotChecked(topic=area.area, why="no detector for this area in this version") for area in assessment.areas if area.verdict == "not_assessed"]
    if isinstance(evidence.info, Unavailable):
        return (*found, NotChecked(topic="everything about the model", why=one_line(evidence.info.detail)))
    for path, missing in sorted(evidence.unavailable.items()):
        if missing.reason != "absent" and not path.startswith((FOLDER, LINKED)):
            found.append(NotChecked(topic=f"file {one_line(path, 120)}", why=one_line(missing.detail)))
    for path, document in sorted(evidence.documents.items()):
        if document.kind == "notice_file":
            found.append(NotChecked(topic=f"file {one_line(path, 120)}", why="a notice; its words were not compared with known texts"))
    if evidence.info.facts.local:
        found += _local(evidence.info.facts)
    elif evidence.info.facts.gated != "no":
        why = "the prompt is compared with license texts; heading, description and checkboxes are only searched for words that restrict"
        found.append(NotChecked(topic="questions of the gate", why=why))
    if (card := evidence.info.facts.card) and card.gate_prompt and not card.gate_prompt.binding_words:
        found.append(NotChecked(topic="gate prompt", why="it puts no restriction into words that are known, so it was not compared with license texts"))
    for problem in evidence.info.facts.problems:
        found.append(NotChecked(topic="the folder" if evidence.info.facts.local else "the Hub's answer", why=one_line(problem)))
    found += [NotChecked(topic="license_link", why=why) for why in _links(assessment)]
    for edge in assessment.inheritance.edges:
        if edge.state != "known":
            found.append(NotChecked(topic=f"base model {edge.parent}", why=one_line(edge.because)))
    found += [NotChecked(topic=topic, why=one_line(why)) for topic, why in set_aside(evidence, {edge.parent.lower() for edge in assessment.inheritance.edges})]
    found += _datasets(assessment)
    if evidence.info.facts.sha is None:
        found.append(NotChecked(topic="revision", why="the Hub gave no commit"))
    found.append(
        NotChecked(topic="prose of the model card", why="read by patterns for names of licenses and for restrictions; what is put in other words is not seen")
    )
    found += [NotChecked(topic=f"memory: {name.replace('_', ' ')}", why=why) for name, why in _unknown_memory(assessment)]
    found += [NotChecked(topic=topic, why=why) for topic, why in _NEVER]
    return tuple(found)


def _links(assessment: Assessment) -> list[str]:
    """What of the links to a license was not followed, was not there, or may say something else tomorrow."""
    found = []
    evidence = assessment.evidence
    targets = targets_of(evidence)
    for link, target in targets.items():
        shown = one_line(link)
        if isinstance(target, NoFile):
            found.append(f"recorded, not followed: {shown} ({target.why})")
        elif isinstance(target, OwnFile):
            if target.path not in evidence.documents and target.path not in evidence.unavailable:
                found.append(f"not read: {shown}; the repository lists no such file that could be a license text")
        elif document := evidence.documents.get(target.held_at):
            commit = document.headers.get("x-repo-commit", "")
            read = f", read at commit {one_line(commit, 40)}" if commit else ""
            if not target.pinned:
                found.append(f"{one_line(target.page)} stands in another repository at a revision that moves{read}; what it says may change")
        elif missing := evidence.unavailable.get(target.held_at) or evidence.unavailable.get(one_line(target.held_at)):
            found.append(f"{one_line(target.page)} was not read: {one_line(missing.detail)}")
        else:
            found.append(f"recorded, not followed: {shown} (the files of this model were not asked for)")
    shown_links = {one_line(link) for link in targets}
    headers = dict.fromkeys(w.value for w in assessment.license.witnesses if w.kind == "card_link" and w.value not in shown_links)
    return [*dict.fromkeys(found), *(f"recorded, not followed: {value} (it stands in a GGUF header)" for value in headers)]


def _datasets(assessment: Assessment) -> list[NotChecked]:
    """Datasets are asked about one step away; what they are made of is not looked at."""
    named = assessment.datasets
    if not named:
        return []
    had = [f"{one.name} ({one.license})" for one in named if not one.missing]
    lost = [f"{one.name} ({one.missing})" for one in named if one.missing]
    why = f"as the datasets state them, one step away: {', '.join(had)}" if had else f"named: {', '.join(one.name for one in named)}"
    found = [NotChecked(topic="licenses of training data", why=one_line(why, 400))]
    return found + ([NotChecked(topic="datasets that could not be had", why=one_line("; ".join(lost), 400))] if lost else [])


def _local(info: ModelInfo) -> list[NotChecked]:
    """What a folder cannot tell about itself."""
    unnamed = info.id.startswith("local/")
    identity = "the folder does not say which model it holds" if unnamed else "taken from the folder's name or from --as; the audit itself does not compare"
    found = [
        NotChecked(topic="identity", why=f"{info.id}: {identity}"),
        NotChecked(topic="access", why="a folder does not tell whether the Hub gates the model, nor what its scan found"),
        NotChecked(topic="completeness", why="a license file that was not downloaded is not seen; compare with the Hub to find out"),
    ]
    if info.sha_is_digest:
        found.append(NotChecked(topic="revision", why="the folder names no commit; the revision shown is a digest of its content"))
    return found


_NEVER = (
    ("patents and trademarks of third parties", "outside what evidence in a repository can show"),
    ("provenance of the training data", "outside what evidence in a repository can show"),
    ("law of particular countries", "this is evidence for counsel, not legal advice"),
)


def _unknown_memory(assessment: Assessment) -> list[tuple[str, str]]:
    memory = assessment.memory
    names = ("weights_bytes", "kv_bytes_per_token", "total_bytes_per_gpu")
    why = (
        f"architecture {memory.architecture_class}"
        if memory.architecture_class.startswith("unknown")
        else "; ".join(memory.assumed) or "no source for the figure"
    )
    return [(name, one_line(why, 200)) for name in names if getattr(memory, name) == "unknown"]
