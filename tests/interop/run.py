#!/usr/bin/env python3
"""Our device and our servers with programs that other people wrote.

    tests/interop/run.py                 every peer that can be had
    tests/interop/run.py leshan libcoap  these peers only

Peers come from package registries; one that cannot be had here is skipped with the reason. Prints a table of scenarios
and peers at the end, and exits with 1 when a scenario failed. Logs of all programs are in target/interop/logs.
"""

import sys
import time
import traceback
import unittest

import harness
import peers


class Result(unittest.TestResult):
    """Prints each scenario as it ends, and keeps them for the table."""

    def __init__(self):
        super().__init__()
        self.table = {}
        self.begun = 0.0

    def startTest(self, test):
        super().startTest(test)
        self.begun = time.monotonic()

    def _note(self, test, result, detail=""):
        seconds = time.monotonic() - self.begun
        scenario = test.shortDescription()
        self.table.setdefault(scenario, {})[test.peer] = result
        print(f"{result:8} {test.peer:14} {scenario} ({seconds:.1f} s)", flush=True)
        if detail:
            print(detail, flush=True)

    def addSuccess(self, test):
        self._note(test, "passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._note(test, "skipped", f"         {reason}")

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self._note(test, "FAILED", "".join(traceback.format_exception(*error)))

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            which = f"         with {dict(subtest.params)}\n"
            self._note(test, "FAILED", which + "".join(traceback.format_exception(*error)))

    def addError(self, test, error):
        super().addError(test, error)
        if not hasattr(test, "peer"):
            # A fixture of a whole class.
            print(f"FAILED   {test.id()}\n{''.join(traceback.format_exception(*error))}", flush=True)
            return
        self._note(test, "FAILED", "".join(traceback.format_exception(*error)))


def print_table(table, columns):
    width = max((len(scenario) for scenario in table), default=0)
    print("\n" + " " * width + "".join(f"  {column}" for column in columns))
    for scenario, results in table.items():
        cells = (results.get(column, "").center(len(column)) for column in columns)
        print(f"{scenario:{width}}" + "".join(f"  {cell}" for cell in cells).rstrip())


def main(names):
    unknown = [name for name in names if name not in peers.ALL]
    if unknown:
        print(f"no peer is called {unknown[0]}; there are: {', '.join(peers.ALL)}")
        return 2
    harness.BINARIES = harness.cargo_build()
    result = Result()
    columns = []
    absent = []
    for name in names or peers.ALL:
        reason, classes = peers.ALL[name]()
        if reason:
            print(f"skipped  {name}: {reason}", flush=True)
            absent.append(f"{name}: {reason}")
            continue
        for each in classes:
            if each.peer not in columns:
                columns.append(each.peer)
            unittest.defaultTestLoader.loadTestsFromTestCase(each).run(result)
    print_table(result.table, columns)
    for reason in absent:
        print(f"\nskipped: {reason}")
    outcomes = [outcome for row in result.table.values() for outcome in row.values()]
    failed = len(result.failures) + len(result.errors)
    skipped = outcomes.count("skipped") + len(absent)
    print(f"\n{outcomes.count('passed')} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
