"""What is fetched for models and parents, once each and side by side, whatever one of them lacks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from auditor.crawler.gather import MAX_DEPTH, MAX_PARENTS, Gathered, gather
from auditor.domain.evidence import Document, DocumentKind, ModelEvidence, ModelInfo, ModelRef, Unavailable

from .fake_hub import SHA, FakeHub, Reply
from .shelf import NOW, URL, Shelf, collect, model, parents_of


def test_a_model_with_its_files() -> None:
    shelf = Shelf({"a/b": model("a/b")})
    found = collect(shelf, "a/b")
    [evidence] = found.models.values()
    assert (evidence.id, evidence.sha, list(evidence.documents), dict(evidence.unavailable)) == ("a/b", SHA, ["README.md", "LICENSE"], {})
    assert found.parents == {}
    assert shelf.asked[0] == "a/b" and sorted(shelf.asked) == ["a/b", "a/b/LICENSE", "a/b/README.md"]


def test_files_and_parents_are_fetched_side_by_side() -> None:
    shelf = Shelf({"a/b": model("a/b", parents=["c/d", "e/f"]), "c/d": model("c/d"), "e/f": model("e/f")}, delay=0.1)
    found = collect(shelf, "a/b")
    assert shelf.depth() == 2
    assert list(found.parents) == [ModelRef("c/d"), ModelRef("e/f")]
    assert all(isinstance(parent.info, Document) and not parent.documents for parent in found.parents.values())
    assert len(shelf.asked) == 5


def test_files_of_a_parent_come_when_needed() -> None:
    shelf = Shelf({"a/b": model("a/b", parents=["c/d"]), "c/d": model("c/d")})
    seen: list[ModelEvidence] = []

    def needs_files(parent: ModelEvidence) -> bool:
        seen.append(parent)
        return True

    found = gather(shelf, [ModelRef("a/b")], parents_of, needs_files)
    assert [(parent.id, dict(parent.documents)) for parent in seen] == [("c/d", {})]
    assert list(found.parents[ModelRef("c/d")].documents) == ["README.md", "LICENSE"]


def test_ancestors_are_followed_to_the_end() -> None:
    shelf = Shelf({"a/b": model("a/b", parents=["c/d"]), "c/d": model("c/d", parents=["e/f"]), "e/f": model("e/f", parents=["lost/one"])})
    found = collect(shelf, "a/b")
    assert [ref.id for ref in found.parents] == ["c/d", "e/f", "lost/one"]
    assert isinstance(found.parents[ModelRef("lost/one")].info, Unavailable)


def test_the_caller_says_how_far_to_go() -> None:
    shelf = Shelf({"a/b": model("a/b", parents=["c/d"]), "c/d": model("c/d", parents=["e/f"]), "e/f": model("e/f")})
    found = gather(shelf, [ModelRef("a/b")], parents_of, lambda parent: False, depth=1)
    assert [ref.id for ref in found.parents] == ["c/d"]
    assert "e/f" not in shelf.asked


def test_a_cycle_ends() -> None:
    shelf = Shelf({"a/b": model("a/b", parents=["c/d"]), "c/d": model("c/d", parents=["a/b"])})
    found = collect(shelf, "a/b")
    assert [ref.id for ref in found.parents] == ["c/d", "a/b"]
    assert found.parents[ModelRef("a/b")] is found.models[ModelRef("a/b")]


def test_a_chain_without_end_is_cut_and_said() -> None:
    shelf = Shelf({f"m/{n}": model(f"m/{n}", parents=[f"m/{n + 1}"]) for n in range(30)})
    found = collect(shelf, "m/0")
    assert [ref.id for ref in found.parents] == [f"m/{n}" for n in range(1, MAX_DEPTH + 2)]
    last = found.parents[ModelRef(f"m/{MAX_DEPTH + 1}")].info
    assert isinstance(last, Unavailable) and last.reason == "too_many"


def test_nothing_is_fetched_twice() -> None:
    shelf = Shelf({"a/b": model("a/b", parents=["c/d", "c/d", "a/b"]), "c/d": model("c/d", parents=["a/b"])})
    found = collect(shelf, "a/b", "c/d", "a/b", files_of_parents=True)
    assert sorted(shelf.asked) == ["a/b", "a/b/LICENSE", "a/b/README.md", "c/d", "c/d/LICENSE", "c/d/README.md"]
    assert list(found.models) == [ModelRef("a/b"), ModelRef("c/d")]
    assert found.parents[ModelRef("c/d")] is found.models[ModelRef("c/d")]


def test_a_renamed_model_asked_for_by_both_names_shares_its_files() -> None:
    shelf = Shelf({"gpt2": model("org/gpt2"), "org/gpt2": model("org/gpt2")})
    found = collect(shelf, "gpt2", "org/gpt2")
    assert sorted(shelf.asked) == ["gpt2", "org/gpt2", "org/gpt2/LICENSE", "org/gpt2/README.md"]
    assert [evidence.id for evidence in found.models.values()] == ["org/gpt2", "org/gpt2"]


def test_one_missing_model_touches_no_other() -> None:
    found = collect(Shelf({"a/b": model("a/b", parents=["no/parent"])}), "no/model", "a/b")
    missing, whole = found.models.values()
    assert isinstance(missing.info, Unavailable) and missing.info.reason == "missing"
    assert list(whole.documents) == ["README.md", "LICENSE"]
    lost = found.parents[ModelRef("no/parent")].info
    assert isinstance(lost, Unavailable) and lost.reason == "missing"


def test_parents_that_are_no_ids_are_recorded_and_not_requested() -> None:
    shelf = Shelf({"a/b": model("a/b", parents=["my own checkpoint", "../x", "evil/<script>", "https://huggingface.co/x/y"])})
    found = collect(shelf, "a/b")
    assert {ref.id: parent.info.reason for ref, parent in found.parents.items() if isinstance(parent.info, Unavailable)} == dict.fromkeys(
        ("my own checkpoint", "../x", "evil/<script>", "https://huggingface.co/x/y"), "unsafe_name"
    )
    assert len(shelf.asked) == 3


def test_too_many_parents_are_recorded() -> None:
    names = [f"p/{n:03}" for n in range(MAX_PARENTS + 6)]
    shelf = Shelf({"a/b": model("a/b", parents=names)})
    found = collect(shelf, "a/b")
    reasons = [parent.info.reason for parent in found.parents.values() if isinstance(parent.info, Unavailable)]
    assert reasons == ["missing"] * MAX_PARENTS + ["too_many"] * 6
    assert len(shelf.asked) == 3 + MAX_PARENTS


def test_refused_names_are_recorded() -> None:
    files = {"README.md": b"x", "../LICENSE": b"x"}
    shelf = Shelf({"a/b": model("a/b", files)})
    [evidence] = collect(shelf, "a/b").models.values()
    assert evidence.unavailable["../LICENSE"] == Unavailable("unsafe_name", "the listed name is no plain relative path; it was not requested", URL, None, NOW)
    assert shelf.asked == ["a/b", "a/b/README.md"]


def test_a_file_that_contradicts_the_list_is_malformed() -> None:
    text, files = model("a/b", {"LICENSE": b"0123456789", "NOTICE": b"x", "README.md": b"x"})
    shelf = Shelf({"a/b": (text.replace('"NOTICE"', '"NOTICE", "lfs": {"sha256": "' + "0" * 64 + '"}'), {**files, "LICENSE": b"01234"})})
    del shelf.models["a/b"][1]["README.md"]
    [evidence] = collect(shelf, "a/b").models.values()
    assert {path: (one.reason, one.detail) for path, one in evidence.unavailable.items()} == {
        "README.md": ("malformed", "the Hub lists this file and answers that it is absent"),
        "LICENSE": ("malformed", "the Hub lists this file with 10 bytes and sent 5"),
        "NOTICE": ("malformed", "the file does not have the digest that the Hub lists"),
    }


def test_without_a_list_an_absent_file_is_absent() -> None:
    shelf = Shelf({"a/b": (f'{{"id": "a/b", "sha": "{SHA}"}}', {"README.md": b"x"})})
    [evidence] = collect(shelf, "a/b").models.values()
    assert list(evidence.documents) == ["README.md"]
    assert {path: one.reason for path, one in evidence.unavailable.items()} == dict.fromkeys(("config.json", "LICENSE", "LICENSE.txt", "LICENSE.md"), "absent")


def test_the_order_and_the_number_of_workers_change_nothing() -> None:
    shelf = Shelf({f"a/{n}": model(f"a/{n}", parents=[f"a/{n + 1}"]) for n in range(30)})
    names = [f"a/{n}" for n in range(20)]
    alone, many, reverse = collect(shelf, *names, workers=1), collect(shelf, *names, workers=32), collect(shelf, *names[::-1])
    assert alone == many and list(alone.models) == list(many.models) == [ModelRef(name) for name in names]
    assert alone.models == reverse.models


def test_a_bug_of_a_source_propagates() -> None:
    class Broken(Shelf):
        def file(self, model_id: str, sha: str, path: str, kind: DocumentKind) -> Document[Any] | Unavailable:
            raise RuntimeError("bug")

    with pytest.raises(RuntimeError, match="bug"):
        collect(Broken({"a/b": model("a/b")}), "a/b")


def test_a_bug_of_a_callable_propagates() -> None:
    def broken(info: ModelInfo) -> list[ModelRef]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gather(Shelf({"a/b": model("a/b")}), [ModelRef("a/b")], broken, lambda _: False)


def test_nothing_asked() -> None:
    assert collect(Shelf({})) == Gathered({}, {})


def test_threads_end_with_the_work() -> None:
    collect(Shelf({"a/b": model("a/b")}), "a/b")
    until = time.monotonic() + 2
    while (left := [t for t in threading.enumerate() if t.name == "auditor-fetch"]) and time.monotonic() < until:
        time.sleep(0.01)
    assert left == []


def test_an_interrupt_stops_at_once(hub: FakeHub) -> None:
    hub.on("/api/models/a/b", Reply(delay=20))
    program = (
        "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a job in the background of a script inherits that it is ignored
        "from auditor.crawler.hub import HubSource\nfrom auditor.crawler.gather import gather\nfrom auditor.domain.evidence import ModelRef\n"
        f"source = HubSource({hub.url!r})\nprint('ready', flush=True)\ngather(source, [ModelRef('a/b')], lambda i: [], lambda p: False)\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    until = time.monotonic() + 5
    while not hub.seen and time.monotonic() < until:
        time.sleep(0.01)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=10)[1]
    assert "KeyboardInterrupt" in said and process.returncode != 0
    assert time.monotonic() - began < 2


def test_progress_counts_models_and_ends_at_all_of_them() -> None:
    models = {"a/b": model("a/b", parents=["c/d"]), "c/d": model("c/d"), "e/f": model("e/f")}
    told: list[tuple[int, int]] = []
    refs = [ModelRef("a/b"), ModelRef("e/f"), ModelRef("no/model"), ModelRef("../x")]
    gather(Shelf(models), refs, parents_of, lambda parent: True, progress=lambda done, total: told.append((done, total)))
    assert {total for _, total in told} == {4}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[0][0] in (1, 2) and told[-1][0] == 4
    assert len(told) == 4 + 6


def test_a_model_waits_for_the_files_of_its_parent() -> None:
    told: list[int] = []
    shelf = Shelf({"a/b": model("a/b", parents=["c/d"]), "c/d": model("c/d")})
    gather(shelf, [ModelRef("a/b")], parents_of, lambda parent: True, workers=1, progress=lambda done, _: told.append(done))
    assert told == [0, 0, 0, 0, 0, 1]


def named_in_card(evidence: ModelEvidence) -> list[ModelRef]:
    card = evidence.documents.get("README.md")
    return [ModelRef(line.removeprefix(b"base: ").decode()) for line in (card.content or b"").splitlines() if line.startswith(b"base: ")] if card else []


def test_parents_that_only_a_file_names_come_one_exchange_later() -> None:
    shelf = Shelf({"a/b": model("a/b", {"README.md": b"base: c/d\nbase: e/f\n"}, ["c/d"]), "c/d": model("c/d"), "e/f": model("e/f")}, delay=0.1)
    found = gather(shelf, [ModelRef("a/b")], parents_of, lambda parent: False, parents_in=named_in_card)
    assert [ref.id for ref in found.parents] == ["c/d", "e/f"]
    assert (shelf.depth(), sorted(shelf.asked)) == (3, ["a/b", "a/b/README.md", "c/d", "e/f"])


def test_a_model_whose_files_are_all_there_already_names_its_parents_too() -> None:
    shelf = Shelf({"old": model("a/b", {"README.md": b"base: c/d\n"}), "a/b": model("a/b", {"README.md": b"base: c/d\n"}), "c/d": model("c/d")})
    found = gather(shelf, [ModelRef("old"), ModelRef("a/b")], parents_of, lambda parent: False, parents_in=named_in_card)
    assert [ref.id for ref in found.parents] == ["c/d"]
    assert shelf.asked.count("a/b/README.md") == 1


@pytest.mark.parametrize("workers", [1, 16])
def test_the_shortest_way_counts_whatever_is_answered_first(workers: int) -> None:
    """`far` is found over a detour of MAX_DEPTH steps and named by the model itself in a file that comes last: its own parents are within the bound."""
    models = {f"m/{n}": model(f"m/{n}", {}, [f"m/{n + 1}"]) for n in range(1, MAX_DEPTH)}
    models |= {
        "a/b": model("a/b", {"README.md": f"base: m/{MAX_DEPTH}\n".encode()}, ["m/1"]),
        f"m/{MAX_DEPTH}": model(f"m/{MAX_DEPTH}", {}, ["x/y"]),
        "x/y": model("x/y", {}, ["x/z"]),
        "x/z": model("x/z", {}),
    }

    class Slow(Shelf):
        def file(self, model_id: str, sha: str, path: str, kind: DocumentKind) -> Document[Any] | Unavailable:
            time.sleep(0.2)
            return super().file(model_id, sha, path, kind)

    found = gather(Slow(models), [ModelRef("a/b")], parents_of, lambda parent: False, workers, parents_in=named_in_card)
    assert isinstance(found.parents[ModelRef("x/y")].info, Document)
    assert isinstance(found.parents[ModelRef("x/z")].info, Document)


def test_progress_counts_the_models_that_were_asked_for_alone() -> None:
    shelf = Shelf({"a/b": model("a/b", parents=["c/d"]), "c/d": model("c/d", parents=["e/f"]), "e/f": model("e/f")})
    told: list[tuple[int, int]] = []
    gather(shelf, [ModelRef("a/b")], parents_of, lambda parent: False, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (1, 1) and set(told) == {(0, 1), (1, 1)}


def test_datasets_are_asked_about_beside_the_files_and_hold_nothing_up() -> None:
    answer = json.loads(model("a/b", {"README.md": b"base: c/d\n"})[0])
    answer["cardData"] = {"datasets": ["x/data", "not an id"]}
    shelf = Shelf(
        {
            "a/b": (json.dumps(answer), {"README.md": b"base: c/d\n", "api/datasets/x/data": b'{"id": "x/data", "tags": ["license:mit"]}'}),
            "c/d": model("c/d", {}),
        },
        delay=0.1,
    )
    found = gather(shelf, [ModelRef("a/b")], parents_of, lambda parent: True, parents_in=named_in_card, datasets=True)
    assert list(found.models[ModelRef("a/b")].documents) == ["README.md", "api/datasets/x/data"]
    assert (shelf.depth(), [ref.id for ref in found.parents]) == (3, ["c/d"])
    without = gather(shelf, [ModelRef("a/b")], parents_of, lambda parent: True)
    assert list(without.models[ModelRef("a/b")].documents) == ["README.md"]
