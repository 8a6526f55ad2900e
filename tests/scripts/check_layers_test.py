#!/usr/bin/python3
"""scripts/check_layers.py finds each kind of violation in a handmade tree, and nothing in a clean one."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check_layers.py"
CLEAN = {
    "base/a.h": "#include <vector>\n",
    "base/CMakeLists.txt": "aimc_room(NAME base SOURCES a.cpp)\n",
    "tiles/spec/b.h": '#include "base/a.h"\n#include "tiles/spec/b.h"\n',
    "tiles/spec/CMakeLists.txt": "aimc_room(NAME tiles_spec SOURCES b.cpp LINKS aimc_base)\n",
    "tiles/linear/c.cpp": '#include "tiles/spec/b.h"\n#include "base/a.h"\n#include <Eigen/Core>\n',
    "tiles/linear/CMakeLists.txt": "aimc_room(NAME tiles_linear\n  SOURCES c.cpp\n  LINKS aimc_tiles_spec)\n",
    "tiles/sc/d.h": "#include <systemc>\n",
}


class CheckLayers(unittest.TestCase):
    def run_on(self, changes):
        with tempfile.TemporaryDirectory() as root:
            for name, text in {**CLEAN, **changes}.items():
                path = pathlib.Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return subprocess.run([sys.executable, SCRIPT, root], capture_output=True, text=True, check=False)

    def expect(self, changes, problem):
        result = self.run_on(changes)
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn(problem, result.stdout)
        self.assertIn("1 violations", result.stdout)

    def test_clean_tree(self):
        result = self.run_on({})
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_upwards(self):
        self.expect({"base/x.h": '#include "sim/program/p.h"\n'}, "base/x.h:1: base includes sim/program: upwards")

    def test_sideways(self):
        self.expect({"workloads/graph/x.h": '\n  #  include "tiles/spec/b.h"\n'}, "workloads/graph/x.h:2")
        self.expect({"tiles/device/x.h": '#include "tiles/digital/y.h"\n'}, "sideways")

    def test_downwards_and_still_wrong(self):
        self.expect({"sim/timing/x.h": '#include "sim/functional/y.h"\n'}, "never know each other")
        self.expect({"workloads/model/x.h": '#include "tiles/spec/b.h"\n'}, "workloads never know hardware")

    def test_restricted_libraries(self):
        self.expect({"sim/ledger/x.cpp": "#include <systemc>\n"}, "sim/ledger/x.cpp:1: only")
        self.expect({"sim/ledger/x.cpp": "#include <systemc.h>\n"}, "may include systemc.h")
        self.expect({"cli/x.cpp": "#include <tlm_utils/simple_target_socket.h>\n"}, "only")
        self.expect({"cli/x.cpp": "#include <torch/torch.h>\n"}, "only sim/adapt may include")

    def test_unknown_room(self):
        self.expect({"sim/magic/x.h": ""}, "sim/magic/x.h: belongs to no room")

    def test_links(self):
        self.expect({"tiles/linear/CMakeLists.txt": "aimc_room(NAME tiles_linear LINKS aimc_base)\n"},
                    "aimc_tiles_linear does not link aimc_tiles_spec, which tiles/linear/c.cpp:1 includes")
        self.expect({"tiles/spec/b.h": "// aimc_base is linked for nothing\n"},
                    "aimc_tiles_spec links aimc_base, which none of its files includes")


if __name__ == "__main__":
    unittest.main()
