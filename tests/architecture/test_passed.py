"""CI must not take silence for success."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent.parent / "tools" / "passed.py"
PASSED, SKIPPED = '<testcase name="a"/>', '<testcase name="b"><skipped/></testcase>'
FAILED, BROKEN = '<testcase name="c"><failure/></testcase>', '<testcase name="d"><error/></testcase>'


@pytest.mark.parametrize(("cases", "options", "code"), [
    ([PASSED], [], 0), ([PASSED], ["--no-skips"], 0), ([PASSED, SKIPPED], [], 0),
    ([PASSED, SKIPPED], ["--no-skips"], 1),
    ([], [], 1), ([SKIPPED], [], 1), ([PASSED, FAILED], [], 1), ([PASSED, BROKEN], [], 1)])
def test_a_report_passes_only_with_something_that_passed(
        tmp_path: Path, cases: list[str], options: list[str], code: int) -> None:
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>", encoding="utf-8")
    assert subprocess.run([sys.executable, str(SCRIPT), str(report), *options], check=False).returncode == code
