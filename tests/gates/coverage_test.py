"""What tools/coverage lets pass, and what not."""

import contextlib
import io
import unittest

import tool

coverage = tool.load("coverage")


def lines(run, missing):
    return {number: int(number <= run) for number in range(1, run + missing + 1)}


class Report(unittest.TestCase):
    def report(self, counts, exempt=()):
        coverage.EXEMPT = dict.fromkeys(exempt, "a reason")
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            return coverage.report(counts, show_missing=True), said.getvalue()

    def test_enough_in_all_and_in_each_file_passes(self):
        status, said = self.report({"libs/a/x.cc": lines(90, 10), "services/b/y.cc": lines(6, 4)})
        self.assertEqual(status, 0)
        self.assertIn("coverage: 87.3 % of the lines", said)
        self.assertIn("never run: 7 8 9 10", said)

    def test_too_little_in_all_fails(self):
        self.assertEqual(self.report({"libs/a/x.cc": lines(84, 16)})[0], 1)

    def test_a_file_of_its_own_below_the_limit_fails_and_is_named(self):
        status, said = self.report({"libs/a/x.cc": lines(990, 0), "libs/a/low.cc": lines(5, 5)})
        self.assertEqual(status, 1)
        self.assertIn("1 files below 60 %: libs/a/low.cc", said)

    def test_short_and_exempt_files_need_no_share(self):
        counts = {"libs/a/x.cc": lines(990, 0), "libs/a/short.h": lines(0, 9), "services/b/main.cc": lines(0, 20)}
        self.assertEqual(self.report(counts, exempt=["services/b/main.cc"])[0], 0)

    def test_an_exemption_of_no_file_fails(self):
        self.assertEqual(self.report({"libs/a/x.cc": lines(9, 0)}, exempt=["libs/a/gone.cc"])[0], 1)


if __name__ == "__main__":
    unittest.main()
