"""The auditor.toml that `auditor init` writes: every key, explained; what is not needed is commented out."""

TEMPLATE = """\
# #:schema ./auditor.schema.json      for editors: run `auditor config --schema > auditor.schema.json`, then take the first "# " away
# Who you are decides what a license lets you do. Order: flag, AUDITOR_* variable, this file, default.
# `auditor config --show-sources` shows every value and where it came from; `auditor explain NAME` explains a fact.

[profile]
# internal, hosted, embedded, redistribute, finetune, redistribute_derivative, distil, research
use = ["hosted"]

[profile.facts]
# Leave out what you do not know: a missing fact that decides gives `review`, never a pass. "unknown" says the same.
# These are asked for most; `auditor config` lists all.
# monthly_active_users = 10_000_000                          # highest month up to now, affiliates included
# monthly_active_users_at_release = "unknown"                # in the month before the license version's release
# monthly_active_users_by_month = { "2024-06" = 4_000_000 }
# annual_revenue_usd = 5_000_000                             # the whole group, last year
# established_in = ["US"]                                    # ISO 3166 alpha-2, EU, EEA, WORLD
# serves_users_in = ["US", "EU"]
# organization = "company"                                   # company, nonprofit, academic, government, individual
# commercial_purpose = true
# business = ["software_vendor"]
# field_of_use = []                                          # military, medical_advice, biometric, ...

[hardware]
# gpus = ["rtx-4090"]                                        # "NAME", or "NAMExN" for N cards; makes memory gate
# context = 8192                                             # tokens
# concurrency = 1                                            # requests at once

[serving]
# stack = "vllm"

[policy]
# name = "default"                                           # or "strict"
# fail_on = "review"                                         # blocked, review, conditional, never
# require_text = false                                       # true: a license known from its tag alone goes to review
# rules = { LIC013 = "review" }                              # stricter outcomes by rule id: block, incomplete, review, note

[catalog]
# Your own signed readings of license texts that the catalogue does not hold, one YAML file a text; folders beside this file.
# extra = ["legal/licenses"]

# A license that your company already holds; a prohibition that it covers becomes a condition, until it expires.
# [[agreements]]
# licensor = "Stability AI"                                  # the steward of the license, or the publisher of the model
# name = "Enterprise license"                                # what you call it; may be left out
# reference = "contract 2026-114"                            # your number for it, or where it is filed; may be left out
# licenses = ["stabilityai-community"]                       # keys or aliases, see: auditor licenses
# uses = ["hosted", "finetune"]                              # all when left out
# expires = 2027-06-30                                       # last day that it holds; without end when left out
# document_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"   # of the signed document; may be left out
"""
