"""Tests of auditor.crawler."""
