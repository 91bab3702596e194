"""Every answer of the Hub that is not a sound one, and what `auditor check` makes of it. docs/faults.md is generated from this table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from auditor.domain.evidence import Reason
from auditor.domain.verdict import Verdict
from tests.crawler.fake_hub import SHA, Reply

from .stand import APACHE, GONE, MODEL, Change

Group = Literal["The model cannot be had", "One file cannot be had", "Redirects", "Answers of another shape", "The model card", "Sizes and numbers"]
TOKEN = "hf_invented_token_of_nobody"
"""Sent in the cases with a token; must never be shown."""
PAGE = f"{{hub}}/{MODEL}"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One answer. `{hub}` and `{elsewhere}` stand for the address of the Hub and of another server."""

    group: Group
    name: str
    answer: str
    """What the Hub answers, in words."""
    change: Change = field(default_factory=Change)
    token: bool = False
    revision: str = ""
    endpoint: Literal["hub", "closed"] = "hub"
    timeout: float = 10.0
    deadline: float = 120.0
    """Bounds in seconds; the waits between attempts are not slept."""
    public: bool = False
    """The Hub counts as a public address, as it is in life."""
    reason: Reason | None = None
    """`run.errors[].kind`; None where everything was had."""
    says: str = ""
    """Stands in the result."""
    next: str = ""
    """What to do, in the result too."""
    requests: int = 1
    """How often the faulty document is asked for."""
    verdict: Verdict
    code: int

    @property
    def remedy(self) -> str:
        """What the result says to do: of the case, else of the rule that makes it incomplete."""
        return self.next or ("try again later" if self.verdict == "incomplete" else "")


def _info(status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None, **more: Any) -> Change:
    return Change(replies={"": [Reply(status, body, dict(headers or {}), **more)]})


def _file(path: str, status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None, **more: Any) -> Change:
    return Change(replies={path: [Reply(status, body, dict(headers or {}), **more)]})


def _raw(**changes: Any) -> Change:
    return Change(info=changes)


def _error(code: str, message: str) -> dict[str, str]:
    return {"X-Error-Code": code, "X-Error-Message": message}


def _readme(front: str, data: Mapping[str, Any] | None, tags: Sequence[str] = ("license:apache-2.0",), files: Mapping[str, Any] | None = None) -> Change:
    """A card, and what the Hub made of it; `data` None where the Hub could make nothing of it."""
    content = {"README.md": front.encode(), **(files or {})}
    return Change(info={"cardData": GONE if data is None else dict(data), "tags": list(tags)}, files=content)


_GATED_401 = _error("GatedRepo", f"Access to model {MODEL} is restricted. You must have access to it and be authenticated to access it. Please log in.")
_GATED_403 = _error("GatedRepo", f"Access to model {MODEL} is restricted and you are not in the authorized list.")
_NO_TOKEN = f"{MODEL} is gated and no token was sent: request access at {PAGE}"
_NO_ACCESS = f"{MODEL} is gated and your token has no access"
_LOGIN = "set HF_TOKEN or run `hf auth login`"
_MISSING = f"{MODEL} is missing or private: check the spelling"
_ABSENT = (Reply(404, headers={"X-Error-Code": "EntryNotFound"}),)
_UNLISTED = {"LICENSE.txt": _ABSENT, "LICENSE.md": _ABSENT}
_NO_FILE = {"LICENSE": GONE}

_model = partial(Fault, group="The model cannot be had", verdict="incomplete", code=4)
MODEL_FAULTS = (
    _model(name="missing, anonymous", answer="401 without an error code, \"Invalid username or password.\"",
         change=_info(401, headers={"X-Error-Message": "Invalid username or password."}), reason="missing", says=f"{_MISSING}; for a private one {_LOGIN} ({PAGE})",
         next="set HF_TOKEN"),
    _model(name="missing, with a token", answer="404 RepoNotFound", change=_info(404, headers=_error("RepoNotFound", "Repository not found")), token=True,
         reason="missing", says=f"{_MISSING}; your token may not see it ({PAGE})", next="check the spelling"),
    _model(name="private, anonymous", answer="401 without an error code: the same as for a missing one", change=_info(401), reason="missing", says=_MISSING, next=_LOGIN),
    _model(name="private, a token without access", answer="404 RepoNotFound: the same as for a missing one",
         change=_info(404, headers=_error("RepoNotFound", "Repository not found")), token=True, reason="missing", says=_MISSING, next="your token may not see it"),
    _model(name="gated and private, anonymous", answer="401 GatedRepo on the metadata", change=_info(401, headers=_GATED_401), reason="gated_no_token",
         says=_NO_TOKEN, next=_LOGIN),
    _model(name="gated and private, a token without access", answer="403 GatedRepo on the metadata", change=_info(403, headers=_GATED_403), token=True,
         reason="gated_no_access", says=_NO_ACCESS, next=f"request it at {PAGE} with the account of the token"),
    _model(name="bad token", answer="401 \"Invalid credentials in Authorization header\"",
         change=_info(401, headers={"X-Error-Message": "Invalid credentials in Authorization header"}), token=True, reason="bad_token",
         says="the Hub refuses the token as invalid", next="run `hf auth login` or correct HF_TOKEN ({hub}/settings/tokens)"),
    _model(name="disabled by the Hub", answer="403 without an error code, \"Access to this resource is disabled.\"",
         change=_info(403, headers={"X-Error-Message": "Access to this resource is disabled."}), reason="disabled",
         says=f"{MODEL} is disabled on the Hub; nothing of it can be used ({PAGE})"),
    _model(name="disabled, says the answer", answer="200 with `disabled: true`", change=_raw(disabled=True), reason="disabled", says=f"{MODEL} is disabled on the Hub"),
    _model(name="disabled, of another type", answer="200 with `disabled: \"true\"`", change=_raw(disabled="true"), reason="malformed", says="the answer does not say whether the model is disabled"),
    _model(name="wrong revision", answer="404 RevisionNotFound", revision="v9", reason="wrong_revision", says=f"{MODEL} has no revision 'v9'", next=f"see {PAGE}/commits/main",
         change=Change(replies={f"/api/models/{MODEL}/revision/v9": [Reply(404, headers=_error("RevisionNotFound", "Invalid rev id: v9"))]})),
    _model(name="404 of something else", answer="404 without an error code", change=_info(404), reason="missing", says=_MISSING, next=_LOGIN),
    _model(name="403 of something else", answer="403 without an error code or message", change=_info(403), reason="server_error", says="the server answered HTTP 403"),
    _model(name="rate limit with RateLimit headers", answer="429, `RateLimit: \"api\";r=0;t=23`", change=_info(429, headers={"RateLimit": '"api";r=0;t=23'}),
         requests=3, reason="rate_limited", says="the Hub's rate limit is reached (HTTP 429)", next="run it again later, or set HF_TOKEN for a higher limit (the server asks to wait 24 s)"),
    _model(name="rate limit with Retry-After", answer="429, `Retry-After: 7`", change=_info(429, headers={"Retry-After": "7"}), requests=4, reason="rate_limited",
         says="the Hub's rate limit is reached (HTTP 429)", next="(the server asks to wait 7 s)"),
    _model(name="rate limit, a wait beyond patience", answer="429, `Retry-After: 3600`", change=_info(429, headers={"Retry-After": "3600"}), requests=1,
         reason="rate_limited", says="the Hub's rate limit is reached (HTTP 429)", next="(the server asks to wait 3600 s)"),
    _model(name="rate limit with a date", answer="429, `Retry-After: Wed, 21 Oct 2099 07:28:00 GMT`", change=_info(429, headers={"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}), requests=1,
         reason="rate_limited", says="the Hub's rate limit is reached (HTTP 429)", next="run it again later"),
    _model(name="rate limit of the CDN", answer="429 in HTML, without headers", change=_info(429, b"<h1>429</h1>"), requests=4, reason="rate_limited",
         says="the Hub's rate limit is reached (HTTP 429)", next="run it again later"),
    _model(name="rate limit, with a token", answer="429 for a user", change=_info(429), token=True, requests=4, reason="rate_limited",
         says="the Hub's rate limit is reached (HTTP 429)", next="run it again later"),
    *(_model(name=f"server error {status}", answer=f"{status}", change=_info(status), requests=4, reason="server_error",
           says=f"the server failed (HTTP {status})", next="run it again later") for status in (500, 502, 503, 504)),
    _model(name="server error 501", answer="501, which is not tried again", change=_info(501), reason="server_error", says="the server failed (HTTP 501)", next="run it again later"),
    _model(name="request timeout", answer="408", change=_info(408), requests=4, reason="timeout", says="the server gave up waiting for the request (HTTP 408)", next="run it again"),
    _model(name="connection refused", answer="nothing listens at HF_ENDPOINT", endpoint="closed", requests=0, reason="network", says="the connection failed (ConnectError",
         next="check the network, the proxy and HF_ENDPOINT"),
    _model(name="no answer in time", answer="an answer later than the bound", change=_info(delay=1.0), timeout=0.3, requests=4, reason="timeout", says="no answer within the time limit"),
    _model(name="dripping headers", answer="a header byte every 20 ms, for ever", change=_info(drip_headers=True), deadline=0.2, requests=1, reason="timeout", says="no answer within the time limit"),
    _model(name="connection closed", answer="the connection closes instead of an answer", change=_info(close=True), requests=4, reason="network", says="the connection failed",
         next="check the network, the proxy and HF_ENDPOINT"),
    _model(name="cut body", answer="60 bytes of an announced 500", change=_info(body=b"x" * 60, announced=500), requests=4, reason="network", says="the connection failed"),
    _model(name="empty body", answer="200 without a body", change=_info(), reason="malformed", says="the answer about the model is empty"),
    _model(name="HTML instead of JSON", answer="200 with a page", change=_info(body=b"<html>maintenance</html>"), reason="malformed", says="the answer is not JSON"),
    _model(name="JSON cut off", answer="200 with half a document", change=_info(body=b'{"id": "org/name", "sha"'), reason="malformed", says="the answer is not JSON"),
    _model(name="JSON of another shape", answer="200 with a list", change=_info(body=b"[]"), reason="malformed", says="the answer is no JSON object with the id of a model"),
    _model(name="no id", answer="200 without `id`", change=_info(body=b'{"sha": "0"}'), reason="malformed", says="the answer is no JSON object with the id of a model"),
    _model(name="no commit", answer="200 without `sha`", change=_raw(sha=GONE), reason="malformed", says="names no commit, so nothing can be pinned to it"),
    _model(name="a commit that is none", answer="200 with `sha: \"main\"`", change=_raw(sha="main"), reason="malformed", says="names no commit"),
    _model(name="an id that is none", answer="200 with `id: \"../x\"`", change=_raw(id="../x"), reason="malformed", says="is no id of a model"),
    _model(name="another commit than the pinned one", answer="200 about another commit than the one in the address", revision="f" * 40, reason="malformed",
         says=f"the answer is about commit {SHA}, not about {'f' * 40}", change=Change(replies={f"/api/models/{MODEL}/revision/{'f' * 40}": [Reply(body=json.dumps({"id": MODEL, "sha": SHA}).encode())]})),
    _model(name="an error that quotes the token", answer="500, the token in `X-Error-Message`", change=_info(500, headers={"X-Error-Message": f"bad token {TOKEN}"}), token=True, requests=4,
         reason="server_error", says="the server failed (HTTP 500): bad token [token]", next="run it again later"),
)  # fmt: skip

_APPROVED: dict[str, Any] = {"verdict": "approved", "code": 0}
_INCOMPLETE: dict[str, Any] = {"verdict": "incomplete", "code": 4}
_REVIEW: dict[str, Any] = {"verdict": "review", "code": 3}

_one_file = partial(Fault, group="One file cannot be had")
FILE_FAULTS = (
    _one_file(name="gated, anonymous: config.json", answer="metadata and license open, config.json 401 GatedRepo", change=Change({"gated": "auto"}, {}, {"config.json": [Reply(401, headers=_GATED_401)]}),
         reason="gated_no_token", says=_NO_TOKEN, next=_LOGIN, **_APPROVED),
    _one_file(name="gated, no access: config.json", answer="config.json 403 GatedRepo", change=Change({"gated": "manual"}, {}, {"config.json": [Reply(403, headers=_GATED_403)]}), token=True,
         reason="gated_no_access", says=_NO_ACCESS, next=f"request it at {PAGE}", **_APPROVED),
    _one_file(name="gated, anonymous: LICENSE", answer="metadata open, LICENSE 401 GatedRepo, an exact tag", change=Change({"gated": "auto"}, {}, {"LICENSE": [Reply(401, headers=_GATED_401)]}),
         reason="gated_no_token", says=_NO_TOKEN, next=_LOGIN, **_INCOMPLETE),
    _one_file(name="gated, no access: LICENSE", answer="LICENSE 403 GatedRepo, an exact tag", change=Change({"gated": "auto"}, {}, {"LICENSE": [Reply(403, headers=_GATED_403)]}), token=True,
         reason="gated_no_access", says=_NO_ACCESS, next=f"request it at {PAGE}", **_INCOMPLETE),
    _one_file(name="gated, bad token: LICENSE", answer="LICENSE 401 GatedRepo though a token was sent, an exact tag", change=Change({"gated": "auto"}, {}, {"LICENSE": [Reply(401, headers=_GATED_401)]}), token=True,
         reason="gated_no_access", says=_NO_ACCESS, next=f"request it at {PAGE}", **_INCOMPLETE),
    _one_file(name="LICENSE 500, no tag", answer="no tag, LICENSE 500", change=Change({"tags": [], "cardData": {}}, {"README.md": b"About."}, {"LICENSE": [Reply(500)]}), requests=4, reason="server_error",
         says="No license is stated in what could be read", next="try again later", **_INCOMPLETE),
    _one_file(name="LICENSE 500, a family tag", answer="`license: cc`, LICENSE 500", change=Change({"tags": ["license:cc"], "cardData": {"license": "cc"}}, {"README.md": b"---\nlicense: cc\n---\n"}, {"LICENSE": [Reply(500)]}),
         requests=4, reason="server_error", says="The stated name cc belongs to several licenses", next="Find the license text that the publisher means", **_REVIEW),
    _one_file(name="gated: no license stated anywhere", answer="no tag, README.md 401 GatedRepo", change=Change({"gated": "auto", "tags": [], "cardData": {}}, _NO_FILE, {"README.md": [Reply(401, headers=_GATED_401)]}),
         reason="gated_no_token", says=_NO_TOKEN, next="Give access (set HF_TOKEN, accept the gate)", **_INCOMPLETE),
    _one_file(name="LICENSE listed and absent", answer="the list names LICENSE, 404 EntryNotFound", change=_file("LICENSE", 404, headers={"X-Error-Code": "EntryNotFound"}), reason="malformed",
         says="the Hub lists this file and answers that it is absent", next="try again later", **_INCOMPLETE),
    _one_file(name="LICENSE, 404 of something else", answer="404 without an error code: not the Hub's way of saying absent", change=_file("LICENSE", 404), reason="malformed",
         says="answers 404 without saying that the file is absent", next="is HF_ENDPOINT a Hub?", **_INCOMPLETE),
    _one_file(name="LICENSE, server error", answer="500", change=_file("LICENSE", 500), requests=4, reason="server_error", says="the server failed (HTTP 500)", next="run it again later", **_INCOMPLETE),
    _one_file(name="LICENSE, server error once", answer="503, then the file", change=Change(replies={"LICENSE": [Reply(503), Reply(body=APACHE)]}), requests=2, **_APPROVED),
    _one_file(name="LICENSE, rate limit once", answer="429 with `Retry-After: 2`, then the file", change=Change(replies={"LICENSE": [Reply(429, headers={"Retry-After": "2"}), Reply(body=APACHE)]}),
         requests=2, **_APPROVED),
    _one_file(name="LICENSE too large", answer="200, 2 MB", change=Change(files={"LICENSE": b"word " * 400_000}), reason="too_large", says="it is larger than the 1,048,576 bytes that are read of its kind", **_INCOMPLETE),
    _one_file(name="LICENSE, a PDF", answer="200, `%PDF-1.7`", change=Change(files={"LICENSE": b"%PDF-1.7 \x00\x01"}), reason="malformed", says="the file is no readable text", next="read it yourself", **_INCOMPLETE),
    _one_file(name="LICENSE, binary", answer="200, bytes that are no text", change=Change(files={"LICENSE": bytes(range(256)) * 4}), reason="malformed", says="the file is no readable text", **_INCOMPLETE),
    _one_file(name="LICENSE, empty", answer="200, no byte", change=Change(files={"LICENSE": b""}), says="The text in LICENSE (0 words) is none that the catalogue knows", **_REVIEW),
    _one_file(name="LICENSE, cut", answer="half of the announced bytes", change=_file("LICENSE", body=APACHE[:5_000], announced=len(APACHE)), requests=4, reason="network", says="the connection failed", **_INCOMPLETE),
    _one_file(name="LICENSE, shorter than listed", answer="200, half of the size that the list gives", change=_file("LICENSE", body=APACHE[:5_000]), reason="malformed",
         says=f"the Hub lists this file with {len(APACHE):,} bytes and sent 5,000", **_INCOMPLETE),
    _one_file(name="LICENSE, another commit", answer="200 with another `X-Repo-Commit`", change=_file("LICENSE", body=APACHE, headers={"X-Repo-Commit": "f" * 40}), reason="malformed",
         says=f"the file comes from commit {'f' * 40}, not from {SHA}", **_INCOMPLETE),
    _one_file(name="LICENSE, disabled", answer="403, \"Access to this resource is disabled.\"", change=_file("LICENSE", 403, headers={"X-Error-Message": "Access to this resource is disabled."}),
         reason="disabled", says="is disabled on the Hub", **_INCOMPLETE),
    _one_file(name="LICENSE, compressed in an unknown way", answer="200 with `Content-Encoding: br`", change=_file("LICENSE", body=APACHE, headers={"Content-Encoding": "br"}), reason="malformed",
         says="compressed in a way that was not asked for", **_INCOMPLETE),
    _one_file(name="LICENSE, compression broken", answer="200 with `Content-Encoding: gzip` over plain bytes", change=_file("LICENSE", body=APACHE, headers={"Content-Encoding": "gzip"}), reason="malformed",
         says="the compressed answer cannot be unpacked", **_INCOMPLETE),
    _one_file(name="a second license file", answer="LICENSE had, MODEL_LICENSE 500", change=Change({}, {"MODEL_LICENSE": b"x"}, {"MODEL_LICENSE": [Reply(500)]}), requests=4, reason="server_error",
         says="another could not be read and may be the one for the weights", next="try again later", **_INCOMPLETE),
    _one_file(name="use policy beside an identified license", answer="LICENSE had, USE_POLICY.md 500", change=Change({}, {"USE_POLICY.md": b"x"}, {"USE_POLICY.md": [Reply(500)]}), requests=4,
         reason="server_error", says="the server failed (HTTP 500)", **_APPROVED),
    _one_file(name="README.md, server error", answer="LICENSE had, README.md 503", change=_file("README.md", 503), requests=4, reason="server_error", says="the server failed (HTTP 503)", **_APPROVED),
    _one_file(name="README.md, server error, no text", answer="an exact tag, no license file, README.md 503", change=Change({}, _NO_FILE, {"README.md": [Reply(503)]}), requests=4, reason="server_error",
         says="the server failed (HTTP 503)", **_APPROVED),
    _one_file(name="no card", answer="no README.md, no `cardData`, a license file", change=Change({"cardData": GONE, "tags": []}, {"README.md": GONE}), **_APPROVED),
    _one_file(name="no card, nothing stated", answer="no README.md, no `cardData`, no tag, no license file", change=Change({"cardData": GONE, "tags": []}, {"README.md": GONE, "LICENSE": GONE}),
         says="No license is stated", next="Ask the publisher for a license", **_REVIEW),
    _one_file(name="config.json, HTML", answer="200 with a page", change=Change(files={"config.json": b"<html>"}), says="config.json is not valid JSON", **_APPROVED),
    _one_file(name="weights index missing", answer="the list names shards and no index, no parameter count",
         change=Change({"safetensors": GONE, "siblings": [{"rfilename": "model-00001-of-00002.safetensors", "size": 10}]}), says="memory: weights bytes", **_APPROVED),
)  # fmt: skip

_redirect = partial(Fault, group="Redirects")
REDIRECTS = (
    _redirect(name="renamed", answer="307 to the new name on the metadata, none on files", requests=1, token=True,
         change=Change(replies={"": [Reply(307, b"Temporary Redirect", {"Location": "/api/models/new/name?blobs=true&securityStatus=true"})], "/api/models/new/name": [
             Reply(body=json.dumps({"id": "new/name", "sha": SHA, "tags": ["license:apache-2.0"], "siblings": [], "gated": False}).encode())]}), says="new/name", **_APPROVED),
    _redirect(name="a file in the cache", answer="307 to a relative address of the Hub", change=Change(replies={"LICENSE": [Reply(307, headers={"Location": f"/api/resolve-cache/models/{MODEL}/{SHA}/LICENSE", "X-Repo-Commit": SHA})],
         f"/api/resolve-cache/models/{MODEL}/{SHA}/LICENSE": [Reply(body=APACHE)]}), **_APPROVED),
    _redirect(name="a file on another host", answer="302 to another server, which the token must not reach", change=_file("LICENSE", 302, headers={"Location": "{elsewhere}/blob", "X-Repo-Commit": SHA}), token=True, **_APPROVED),
    _redirect(name="a file on another host, refused there", answer="302 to a server that answers 403 GatedRepo, as the Hub would", change=_file("LICENSE", 302, headers={"Location": "{elsewhere}/gated"}), token=True,
         reason="server_error", says="the server answered HTTP 403", **_INCOMPLETE),
    _redirect(name="metadata on another host", answer="302 to another server on the metadata", change=_info(302, headers={"Location": "{elsewhere}/api"}), token=True, reason="foreign_redirect",
         says="the metadata is redirected to another server", **_INCOMPLETE),
    _redirect(name="a private network", answer="302 of a file to an internal address", change=_file("LICENSE", 302, headers={"Location": "http://169.254.169.254/latest/meta-data"}), public=True,
         reason="foreign_redirect", says="the file is redirected into a private network (http://169.254.169.254); it was not followed", **_INCOMPLETE),
    _redirect(name="another scheme", answer="302 to file:///etc/passwd", change=_file("LICENSE", 302, headers={"Location": "file:///etc/passwd"}), reason="malformed", says="redirects to no address", **_INCOMPLETE),
    _redirect(name="no address", answer="302 without `Location`", change=_file("LICENSE", 302), reason="malformed", says="redirects to no address", **_INCOMPLETE),
    _redirect(name="an address with a password", answer="302 to http://user:pw@host", change=_file("LICENSE", 302, headers={"Location": "http://user:pw@127.0.0.1:9/x"}), reason="foreign_redirect",
         says="redirected to an unprotected address (http://127.0.0.1); it was not followed", **_INCOMPLETE),
    _redirect(name="a loop", answer="302 to itself", change=_file("LICENSE", 302, headers={"Location": f"/{MODEL}/resolve/{SHA}/LICENSE"}), requests=6, reason="malformed", says="redirects more than 5 times", **_INCOMPLETE),
    _redirect(name="a loop of the metadata", answer="307 to itself", change=_info(307, headers={"Location": f"/api/models/{MODEL}"}), requests=6, reason="malformed", says="redirects more than 5 times", **_INCOMPLETE),
)  # fmt: skip

_shape = partial(Fault, group="Answers of another shape")
SHAPES = (
    *(_shape(name=f"gated: {word}", answer=f"`gated: {json.dumps(value)}`", change=_raw(gated=value), says=says, **_APPROVED)
      for word, value, says in (("no", False, '"gated": "no"'), ("automatic", "auto", '"gated": "auto"'), ("manual", "manual", '"gated": "manual"'), ("true", True, '"gated": "unknown"'),
                                ("an object", {}, '"gated": "unknown"'), ("a number", 1, '"gated": "unknown"'))),
    _shape(name="gated: absent", answer="no `gated`", change=_raw(gated=GONE), says='"gated": "unknown"', **_APPROVED),
    _shape(name="no file list", answer="no `siblings`, an identified LICENSE", change=Change({"siblings": GONE}, {}, _UNLISTED), says="another license file cannot be ruled out", **_INCOMPLETE),
    _shape(name="no file list, tag only", answer="no `siblings`, no license file", change=Change({"siblings": GONE}, _NO_FILE, {**_UNLISTED, "LICENSE": _ABSENT}),
         says="cannot be ruled out", next="try again later", **_INCOMPLETE),
    _shape(name="file list of another type", answer="`siblings: \"README.md\"`", change=Change({"siblings": "README.md"}, {}, _UNLISTED), says="the answer lists no files", **_INCOMPLETE),
    _shape(name="files without a name", answer="`siblings: [{}, 7, null]`", change=_raw(siblings=[{}, 7, None, {"rfilename": "LICENSE", "size": len(APACHE)}]), says="3 of the listed files have no name, so another license file cannot be ruled out", next="try again later", **_INCOMPLETE),
    _shape(name="tags of another type", answer="`tags: \"license:mit\"`", change=_raw(tags="license:mit"), says="tags is no list", **_REVIEW),
    _shape(name="tags that are no text", answer="`tags: [1, null, {}]`", change=_raw(tags=[1, None, {}, "license:apache-2.0"]), **_APPROVED),
    _shape(name="card of another type", answer="`cardData: []`", change=_raw(cardData=[]), says="cardData is no mapping", **_REVIEW),
    _shape(name="card null", answer="`cardData: null`", change=_raw(cardData=None), **_APPROVED),
    _shape(name="config of another type", answer="`config: []`", change=_raw(config=[]), says="config is no mapping", **_APPROVED),
    _shape(name="model index corrupt", answer="`model-index: [{\"results\": 7}]`", change=_raw(**{"model-index": [{"results": 7, "name": None}]}), **_APPROVED),
    _shape(name="model index null", answer="`model-index: null`", change=_raw(**{"model-index": None}), **_APPROVED),
    _shape(name="unknown keys", answer="keys that nobody documented", change=_raw(futureField={"a": [1]}, baseModels={"relation": None, "models": 3}), **_APPROVED),
    _shape(name="scan of another type", answer="`securityRepoStatus: \"ok\"`", change=_raw(securityRepoStatus="ok"), says="securityRepoStatus is no mapping", **_APPROVED),
    _shape(name="scan with findings of another type", answer="`securityRepoStatus: {scansDone: true, filesWithIssues: [\"x.pkl\"]}`", change=_raw(securityRepoStatus={"scansDone": True, "filesWithIssues": ["x.pkl"]}),
         says="securityRepoStatus.filesWithIssues is no list of files", **_APPROVED),
    _shape(name="numbers for texts", answer="`pipeline_tag: 7`, `library_name: []`", change=_raw(pipeline_tag=7, library_name=[]), says="pipeline_tag is no text", **_APPROVED),
)  # fmt: skip

_card = partial(Fault, group="The model card")
CARDS = (
    _card(name="front matter not closed", answer="`---` without an end", change=_readme("---\nlicense: mit\n", None), says="the front matter has no closing ---", next="Ask the publisher to mend the card", **_REVIEW),
    _card(name="an alias", answer="`&a` and `*a` in the front matter", change=_readme("---\nx: &a mit\nlicense: *a\n---\n", {"license": "mit"}), says="uses a YAML anchor or alias in line 2", **_REVIEW),
    _card(name="a key twice", answer="`license: mit` and `license: cc-by-nc-4.0`", change=_readme("---\nlicense: apache-2.0\nlicense: cc-by-nc-4.0\n---\n", {"license": "apache-2.0"}),
         says="states 'license' twice, again in line 3", **_REVIEW),
    _card(name="a tab", answer="a tab for indentation", change=_readme("---\nlicense:\n\t- apache-2.0\n---\n", None), says="the front matter is not valid YAML in line 3", **_REVIEW),
    _card(name="no mapping", answer="a list as front matter", change=_readme("---\n- license\n---\n", None), says="the front matter is not a mapping", **_REVIEW),
    _card(name="two documents", answer="a key that is a list", change=_readme("---\n? [a, b]\n: c\n---\n", None), says="the front matter has a key that is no string in line 2", **_REVIEW),
    _card(name="bad front matter, no tag", answer="front matter not closed, no tag, no license file", change=_readme("---\nlicense: mit\n", None, tags=(), files=_NO_FILE), says="has no closing ---", **_REVIEW),
    _card(name="license: a list of one", answer="`license: [apache-2.0]`", change=_readme("---\nlicense: [apache-2.0]\n---\n", {"license": ["apache-2.0"]}), **_APPROVED),
    _card(name="license: a list of three kinds", answer="`license: [\"apache-2.0\", 7, null]`", change=_readme('---\nlicense: apache-2.0\n---\n', {"license": ["apache-2.0", 7, None]}),
         says="license holds a value that is no text: int", **_REVIEW),
    _card(name="license: a mapping", answer="`license: {name: apache-2.0}`", change=_readme("---\nlicense: {name: apache-2.0}\n---\n", {"license": {"name": "apache-2.0"}}, tags=()),
         says="license holds a value that is no text: dict", **_REVIEW),
    _card(name="license: no", answer="`license: no`, which YAML 1.1 reads as false", change=_readme("---\nlicense: no\n---\n", {"license": False}, tags=(), files=_NO_FILE), says="license holds a value that is no text: bool", **_REVIEW),
    _card(name="license_name: a list", answer="`license_name: [a, b]`", change=_readme("---\nlicense: apache-2.0\nlicense_name: [a, b]\n---\n", {"license": "apache-2.0", "license_name": ["a", "b"]}),
         says="license_name is a list of 2 where one value is expected", **_REVIEW),
    _card(name="base_model: nested lists", answer="`base_model: [[org/name]]`", change=_readme("---\nlicense: apache-2.0\nbase_model: [[absent/parent]]\n---\n", {"license": "apache-2.0", "base_model": [["absent/parent"]]}),
         says="base model absent/parent", reason="missing", **_INCOMPLETE),
    _card(name="base_model: a number", answer="`base_model: 7`", change=_readme("---\nlicense: apache-2.0\nbase_model: '7'\n---\n", {"license": "apache-2.0", "base_model": 7}), says="base_model holds a value that is no text: int", **_REVIEW),
    _card(name="scalars where lists are usual", answer="`language: en`, `datasets: a/b`, `tags: x`", change=_readme("---\nlicense: apache-2.0\nlanguage: en\ndatasets: a/b\ntags: x\n---\n",
         {"license": "apache-2.0", "language": "en", "datasets": "a/b", "tags": "x"}), says="named: a/b", **_APPROVED),
    _card(name="gate prompt of another type", answer="`extra_gated_prompt: [7]`", change=_readme("---\nlicense: apache-2.0\n---\n", {"license": "apache-2.0", "extra_gated_prompt": [7]}), says="extra_gated_prompt is no text", **_REVIEW),
)  # fmt: skip

_number = partial(Fault, group="Sizes and numbers")
NUMBERS = (
    _number(name="parameter count with `sharded`", answer="`safetensors: {parameters, total, sharded}`", change=_raw(safetensors={"parameters": {"BF16": 10}, "total": 10, "sharded": True}), **_APPROVED),
    _number(name="parameter count of another type", answer="`safetensors: {parameters: [1], total: \"x\"}`", change=_raw(safetensors={"parameters": [1], "total": "x"}), says="safetensors.parameters is not a count by dtype", **_APPROVED),
    _number(name="a negative count", answer="`safetensors: {parameters: {BF16: -1}}`", change=_raw(safetensors={"parameters": {"BF16": -1}}), says="safetensors.parameters is not a count by dtype", **_APPROVED),
    _number(name="a huge count", answer="a count of 400 digits", change=_raw(safetensors={"parameters": {"BF16": 10**400}}), says="safetensors.parameters is not a count by dtype", **_APPROVED),
    _number(name="safetensors of another type", answer="`safetensors: 7`", change=_raw(safetensors=7), says="safetensors is no mapping", **_APPROVED),
    _number(name="sizes of another type", answer="`size: -5`, `size: \"x\"`, `size: 1.5`", change=_raw(siblings=[{"rfilename": "LICENSE", "size": -5}, {"rfilename": "README.md", "size": "x"}, {"rfilename": "model.safetensors", "size": 1.5}]), **_APPROVED),
)  # fmt: skip

FAULTS: tuple[Fault, ...] = (*MODEL_FAULTS, *FILE_FAULTS, *REDIRECTS, *SHAPES, *CARDS, *NUMBERS)
