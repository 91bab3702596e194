"""The predicates that a rule's `when` is made of. Adding one: a module here, and a line in PREDICATES."""

from __future__ import annotations

from auditor.engine.predicates.at_least import AtLeast
from auditor.engine.predicates.equals import Equals
from auditor.engine.predicates.known import Known
from auditor.engine.predicates.one_of import OneOf

PREDICATES = (Equals, OneOf, AtLeast, Known)
