import unittest

from planted import Planted
from lint_rules import floors

BASE = {
    "lib/epicenter/base/CMakeLists.txt": "epicenter_module(base FLOOR 0)\n",
    "lib/epicenter/http/CMakeLists.txt": "epicenter_module(http FLOOR 2 USES base)\n",
    "lib/epicenter/fhir/CMakeLists.txt": "epicenter_module(fhir FLOOR 3 USES base http LINKS fmt::fmt)\n",
    "mock-epic/CMakeLists.txt": "# the mock\nepicenter_module(mock_epic FLOOR 3 USES http)\n",
    "harness/faults/CMakeLists.txt": "epicenter_module(faults FLOOR 3 USES base)\nepicenter_test_uses(faults mock_epic)\n",
    "lib/epicenter/http/x.cpp": "#include <epicenter/base/y.hpp>\n",
    "lib/epicenter/fhir/x.hpp": "#include <epicenter/base/y.hpp>\n#include <epicenter/http/y.hpp>\n",
    "mock-epic/server/x.cpp": '#include "mock-epic/server/y.hpp"\n#include <epicenter/http/y.hpp>\n#include <vector>\n',
    "harness/faults/x.cpp": "#include <epicenter/base/y.hpp>\n",
    "harness/faults/tests/x_test.cpp": '#include "mock-epic/mock.hpp"\n#include <epicenter/http/y.hpp>\n',
}


class Floors(Planted):
    rule = floors

    def planted(self, files, *places):
        self.assert_found({**BASE, **files}, *places)

    def test_sound_tree_holds(self):
        self.assert_clean(BASE)

    def test_include_that_is_not_declared(self):
        self.planted({"harness/faults/y.cpp": "\n#include <epicenter/http/z.hpp>\n"},
                     ("harness/faults/y.cpp", 2, "does not declare"))

    def test_quoted_include_that_is_not_declared(self):
        self.planted({"lib/epicenter/base/y.hpp": '#pragma once\n\n#include "harness/faults/x.hpp"\n'},
                     ("lib/epicenter/base/y.hpp", 3, "faults"))

    def test_test_that_climbs_without_saying(self):
        path = "lib/epicenter/base/tests/y_test.cpp"
        self.planted({path: '#include "mock-epic/mock.hpp"\n'}, (path, 1, "mock_epic"))

    def test_declared_and_unused(self):
        self.planted({"harness/faults/CMakeLists.txt": "\nepicenter_module(faults FLOOR 3 USES base http)\n"
                                                       "epicenter_test_uses(faults mock_epic)\n"},
                     ("harness/faults/CMakeLists.txt", 2, "nothing of it"))

    def test_higher_floor_declared(self):
        found = self.findings({**BASE, "lib/epicenter/http/CMakeLists.txt": "epicenter_module(http FLOOR 2 USES base fhir)\n",
                               "lib/epicenter/http/z.cpp": "#include <epicenter/fhir/x.hpp>\n"})
        self.assertEqual([(f.path, f.line) for f in found], [("lib/epicenter/http/CMakeLists.txt", 1)])
        self.assertIn("only lower floors", found[0].text)

    def test_unknown_module_declared(self):
        self.planted({"lib/epicenter/base/CMakeLists.txt": "epicenter_module(base FLOOR 0 USES nothing)\n"},
                     ("lib/epicenter/base/CMakeLists.txt", 1, "nobody declares"))

    def test_lib_may_not_declare_the_harness(self):
        self.planted({"lib/epicenter/epic/CMakeLists.txt": "epicenter_module(epic FLOOR 5 USES faults)\n",
                      "lib/epicenter/epic/x.cpp": '#include "harness/faults/x.hpp"\n'},
                     ("lib/epicenter/epic/CMakeLists.txt", 1, "lib may not use harness"))

    def test_mock_may_not_declare_fhir(self):
        self.planted({"mock-epic/CMakeLists.txt": "epicenter_module(mock_epic FLOOR 4 USES http fhir)\n",
                      "mock-epic/y.cpp": "#include <epicenter/fhir/x.hpp>\n"},
                     ("mock-epic/CMakeLists.txt", 1, "up to floor 2"))

    def test_include_of_no_module(self):
        self.planted({"harness/faults/y.cpp": '#include "x.hpp"\n#include <epicenter/gone/x.hpp>\n'},
                     ("harness/faults/y.cpp", 1, "no module"), ("harness/faults/y.cpp", 2, "no module"))

    def test_file_in_no_module(self):
        self.planted({"harness/stray/x.cpp": "int x;\n"}, ("harness/stray/x.cpp", 1, "no module"))

    def test_library_header_in_quotes(self):
        self.planted({"harness/faults/y.cpp": '#include "lib/epicenter/base/y.hpp"\n'},
                     ("harness/faults/y.cpp", 1, "<epicenter/"))


if __name__ == "__main__":
    unittest.main()
