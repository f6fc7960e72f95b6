"""The count at the end of ci/test: a wrong one would hide failures."""
import os
import subprocess
import sys
import tempfile
import unittest

COUNT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "count-tests")


def case(name, status="run", inner=""):
    return f'<testcase name="{name}" status="{status}">{inner}</testcase>'


def output(text):
    return f"<system-out>{text}</system-out>"


class CountTests(unittest.TestCase):
    def count(self, *cases):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(f"<testsuite>{''.join(cases)}</testsuite>")
            file.flush()
            done = subprocess.run([sys.executable, COUNT, file.name], capture_output=True, text=True, check=True)
        return tuple(int(word) for word in done.stdout.split())

    def test_single_cases(self):
        failed = case("a.y", "fail", '<failure message=""/>')
        skipped = case("a.z", "notrun", '<skipped message="SKIP"/>')
        self.assertEqual(self.count(case("a.x"), failed, skipped, case("a.w", "disabled")), (1, 1, 2))

    def test_catch_program(self):
        passed = output("All tests passed (12 assertions in 3 test cases)")
        self.assertEqual(self.count(case("a.specs", inner=passed)), (3, 0, 0))
        failed = '<failure message=""/>' + output("test cases: 5 | 3 passed | 2 failed\nassertions: 9 | 7 passed")
        self.assertEqual(self.count(case("a.specs", "fail", failed)), (3, 2, 0))

    def test_catch_program_that_crashed(self):
        self.assertEqual(self.count(case("a.specs", "fail", '<failure message=""/>' + output("Segmentation"))), (0, 1, 0))
        late = '<failure message=""/>' + output("All tests passed (2 assertions in 2 test cases)\nLeakSanitizer")
        self.assertEqual(self.count(case("a.specs", "fail", late)), (2, 1, 0))


if __name__ == "__main__":
    unittest.main()
