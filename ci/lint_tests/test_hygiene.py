import os
import subprocess
import sys
import tempfile
import unittest

from planted import Planted
from lint_rules import RULES, file_length, file_names, pragma_once, top_level

ROOT_FILES = {name: "" for name in ("CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "CHANGELOG.md",
                                    "CONTRIBUTING.md", ".gitignore")}
FOLDERS = {f"{name}/README.md": "" for name in ("ci", "harness", "lib", "mock-epic", "reports", "scenarios")}


class TopLevel(Planted):
    rule = top_level

    def test_fixed_set_holds(self):
        self.assert_clean({**ROOT_FILES, **FOLDERS, ".ci/run": "", ".gitignore": "/build/\n", "build/x": ""})

    def test_one_more(self):
        self.assert_found({**ROOT_FILES, **FOLDERS, "tools/x.py": "", "notes.md": ""},
                          ("notes.md", 1, "fixed"), ("tools", 1, "fixed"))

    def test_one_less(self):
        files = {**ROOT_FILES, **FOLDERS}
        del files["LICENSE"]
        self.assert_found(files, ("LICENSE", 1, "missing"))


class FileLength(Planted):
    rule = file_length

    def test_too_long(self):
        self.assert_found({"lib/epicenter/base/x.cpp": "int a;\n" * 401}, ("lib/epicenter/base/x.cpp", 401, "split"))

    def test_long_is_a_warning(self):
        found = self.findings({"lib/epicenter/base/x.cpp": "int a;\n" * 301})
        self.assertEqual([(f.line, f.warning) for f in found], [(301, True)])

    def test_short_holds(self):
        self.assert_clean({"lib/epicenter/base/x.cpp": "int a;\n" * 300})


class FileNames(Planted):
    rule = file_names

    def test_nameless(self):
        self.assert_found({"lib/epicenter/base/string_utils.hpp": "", "harness/util/x.cpp": "", "lib/utilisation.hpp": ""},
                          ("lib/epicenter/base/string_utils.hpp", 1, "says nothing"), ("harness/util/x.cpp", 1, "says nothing"))


class PragmaOnce(Planted):
    rule = pragma_once

    def test_header_without(self):
        self.assert_found({"reports/x.hpp": "int a;\n", "reports/y.hpp": "// why\n#pragma once\n", "reports/x.cpp": ""},
                          ("reports/x.hpp", 1, "#pragma once"))


class Program(unittest.TestCase):
    """The program itself: its place, its words, its exit code."""

    LINT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lint")

    def run_lint(self, root, *args):
        return subprocess.run([sys.executable, self.LINT, "--root", root, *args], capture_output=True, text=True,
                              check=False)

    def test_violation_is_printed_with_its_place_and_fails(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "reports"))
            with open(os.path.join(root, "reports", "x.hpp"), "w", encoding="utf-8") as out:
                out.write("int a;\n")
            done = self.run_lint(root, "--rule", "pragma-once")
            self.assertEqual(done.returncode, 1)
            self.assertIn("reports/x.hpp:1: pragma-once: ", done.stdout)

    def test_sound_tree_passes(self):
        with tempfile.TemporaryDirectory() as root:
            self.assertEqual(self.run_lint(root, "--rule", "pragma-once").returncode, 0)

    def test_every_rule_says_why(self):
        self.assertTrue(all(rule.__doc__ and callable(rule.check) for rule in RULES))


if __name__ == "__main__":
    unittest.main()
