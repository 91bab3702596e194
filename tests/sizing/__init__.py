"""Tests of auditor.sizing."""
