"""Fail when a test report shows that nothing passed, or, with --no-skips, that anything was skipped.

A suite that skips itself because a database or a library is missing must not look like one that passed.
"""

from __future__ import annotations

import argparse
import sys
import xml.etree.ElementTree as ElementTree


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", help="JUnit XML file written by pytest")
    parser.add_argument("--no-skips", action="store_true")
    asked = parser.parse_args()
    cases = list(ElementTree.parse(asked.report).getroot().iter("testcase"))
    skipped = [c for c in cases if c.find("skipped") is not None]
    failed = [c for c in cases if c.find("failure") is not None or c.find("error") is not None]
    passed = len(cases) - len(skipped) - len(failed)
    print(f"{passed} passed, {len(skipped)} skipped, {len(failed)} failed")
    if asked.no_skips:
        for case in skipped:
            print(f"skipped: {case.get('classname')}::{case.get('name')}", file=sys.stderr)
    return int(passed == 0 or bool(failed) or (asked.no_skips and bool(skipped)))


if __name__ == "__main__":
    sys.exit(main())
