"""A small repository in a temporary folder: what is planted there must be found, and nothing else."""
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lint_rules.tree import Tree  # noqa: E402


class Planted(unittest.TestCase):
    rule = None  # the module of the rule

    def findings(self, files, rule=None):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w", encoding="utf-8") as out:
                    out.write(text)
            return list((rule or type(self).rule).check(Tree(root)))

    def assert_found(self, files, *places):
        """Exactly these (path, line, word of the sentence)."""
        found = self.findings(files)
        got = sorted((f.path, f.line) for f in found)
        self.assertEqual(got, sorted((p, line) for p, line, _ in places), [f.text for f in found])
        for path, line, word in places:
            texts = [f.text for f in found if (f.path, f.line) == (path, line)]
            self.assertTrue(any(word in text for text in texts), f"'{word}' not in {texts}")

    def assert_clean(self, files):
        self.assertEqual([(f.path, f.line, f.text) for f in self.findings(files)], [])
