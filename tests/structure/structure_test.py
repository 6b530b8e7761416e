"""structure.py takes a tree that is as its picture says, and names each kind of disorder."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import structure

ORDERLY = {
    "ARCHITECTURE.md": """\
# Architecture

| folder | may use | what lives there |
|---|---|---|
| `libs/bones/` | – | poses |
| `libs/network/` | LibTorch | what learns |
| `libs/judge/` | bones | assessments |

Below it comes what serves.

| folder | may use | what lives there |
|---|---|---|
| `libs/wire/` | gRPC | the edge |
| `services/gateway/` | judge, wire | a server |
| `tools/trackfit/` | judge, network, OpenCV | the command line |

New poses go to `libs/bones/pose.*`; see [the first decision](docs/adr/0001.md).
""",
    "CHANGELOG.md": "# Changelog\n\n## 1.2.0 - 2020-02-02\n\n## 1.1.0 - 2020-01-01\n",
    "CMakeLists.txt": "project(small VERSION 1.2.0 LANGUAGES CXX)\n",
    "docs/adr/0001.md": "It was in `libs/gone` then; now `libs/bones/pose` has it.\n",
    "libs/bones/CMakeLists.txt": "trackfit_library(bones\n  SOURCES pose.cc)\n",
    "libs/bones/pose.h": "#include <vector>\nnamespace trackfit::bones {\n}\n",
    "libs/bones/pose.cc": '#include "bones/pose.h"\nnamespace trackfit::bones {\n}\n',
    "libs/network/CMakeLists.txt": "trackfit_library(network SOURCES network.cc PRIVATE_DEPS torch)\n",
    "libs/network/network.cc": "#include <torch/script.h>\nnamespace trackfit::network {\n}\n",
    "libs/judge/CMakeLists.txt": "trackfit_library(judge SOURCES judge.cc DEPS trackfit::bones)\n",
    "libs/judge/judge.h": '#include "bones/pose.h"\nnamespace trackfit::judge {\n}\n',
    "libs/judge/judge.cc": '#include "judge/judge.h"\nnamespace trackfit::judge {\n}\n',
    "libs/wire/CMakeLists.txt": "trackfit_library(wire SOURCES wire.cc DEPS gRPC::grpc++)\n",
    "libs/wire/wire.cc": "#include <grpcpp/grpcpp.h>\nnamespace trackfit::wire {\n}\n",
    "services/gateway/CMakeLists.txt": "trackfit_binary(gateway SOURCES main.cc DEPS trackfit::judge trackfit::wire)\n",
    "services/gateway/main.cc": '#include "judge/judge.h"\n#include "wire/wire.h"\n',
    "tools/trackfit/CMakeLists.txt":
        "trackfit_binary(trackfit SOURCES main.cc\n  DEPS trackfit::judge trackfit::network opencv_core)\n",
    "tools/trackfit/main.cc": '#include <opencv2/core.hpp>\n#include "judge/judge.h"\n#include "network/network.h"\n',
    "tests/unit/bones/CMakeLists.txt": "trackfit_test(bones_test SOURCES pose_test.cc DEPS trackfit::bones)\n",
    "tests/unit/bones/pose_test.cc": "",
    "tests/unit/network/CMakeLists.txt": "trackfit_test(network_test SOURCES network_test.cc DEPS trackfit::network)\n",
    "tests/unit/network/network_test.cc": "",
    "tests/unit/judge/CMakeLists.txt": "trackfit_test(judge_test SOURCES judge_test.cc DEPS trackfit::judge)\n",
    "tests/unit/judge/judge_test.cc": "",
    "tests/unit/wire/CMakeLists.txt": "trackfit_test(wire_test SOURCES wire_test.cc DEPS trackfit::wire)\n",
    "tests/unit/wire/wire_test.cc": "",
    "tests/fuzz/CMakeLists.txt": "foreach(target npy zip)\n  add_executable(${target} ${target}_fuzz.cc)\nendforeach()\n",
    "tests/fuzz/npy_fuzz.cc": "",
    "tests/fuzz/zip_fuzz.cc": "",
    "tests/integration/CMakeLists.txt":
        "add_test(NAME Small.Works COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/works_test.sh)\n",
    "tests/integration/works_test.sh": "",
}

# File, what is replaced in it (None: the whole file, or a new one), by what (None: no file), the complaints.
DISORDER = {
    "include against the arrows": (
        "libs/bones/pose.cc", "namespace trackfit::bones {", '#include "judge/judge.h"\nnamespace trackfit::bones {',
        ["libs/bones/pose.cc:2 includes judge/judge.h; ARCHITECTURE.md does not let libs/bones use judge",
         "libs/bones/pose.cc:2 includes judge/judge.h; libs/bones/CMakeLists.txt does not link trackfit::judge"]),
    "gRPC outside the edge": (
        "libs/judge/judge.cc", '"judge/judge.h"\n', '"judge/judge.h"\n#  include <grpcpp/support/status.h>\n',
        ["libs/judge/judge.cc:2 includes grpcpp/support/status.h; ARCHITECTURE.md does not let libs/judge use gRPC"]),
    "stubs outside the edge": (
        "libs/judge/judge.cc", '"judge/judge.h"\n', '"judge/judge.h"\n#include "trackfit/v1/gateway.grpc.pb.h"\n',
        ["libs/judge/judge.cc:2 includes trackfit/v1/gateway.grpc.pb.h; "
         "ARCHITECTURE.md does not let libs/judge use gRPC"]),
    "messages where none are": (
        "libs/judge/judge.cc", '"judge/judge.h"\n', '"judge/judge.h"\n#include "trackfit/v1/gateway.pb.h"\n',
        ["libs/judge/judge.cc:2 includes trackfit/v1/gateway.pb.h; ARCHITECTURE.md does not let libs/judge use proto"]),
    "LibTorch elsewhere": (
        "tools/trackfit/main.cc", "#include <opencv2/core.hpp>", "#include <opencv2/core.hpp>\n#include <ATen/Parallel.h>",
        ["tools/trackfit/main.cc:2 includes ATen/Parallel.h; ARCHITECTURE.md does not let tools/trackfit use LibTorch"]),
    "LibTorch in a header": (
        "libs/network/network.h", None, "#include <torch/types.h>\nnamespace trackfit::network {\n}\n",
        ["libs/network/network.h includes LibTorch, so all who include it compile that: "
         "declare, or include it in a .cc"]),
    "LibTorch in the gateway's image": (
        "ARCHITECTURE.md", "| judge, wire |", "| judge, network, wire |",
        ["ARCHITECTURE.md: services/gateway may use network, and includes nothing of it",
         "services/gateway: its image holds no LibTorch (deploy/Dockerfile), which it uses: "
         "services/gateway > network > LibTorch"]),
    "link that the row does not know": (
        "libs/judge/CMakeLists.txt", "trackfit::bones", "trackfit::bones trackfit::network",
        ["libs/judge/CMakeLists.txt links network; ARCHITECTURE.md does not let it",
         "libs/judge/CMakeLists.txt links trackfit::network, and includes nothing of it"]),
    "link that is missing": (
        "libs/judge/CMakeLists.txt", " DEPS trackfit::bones", "",
        ["libs/judge/judge.h:1 includes bones/pose.h; libs/judge/CMakeLists.txt does not link trackfit::bones"]),
    "use that is none": (
        "ARCHITECTURE.md", "| gRPC |", "| bones, gRPC |",
        ["ARCHITECTURE.md: libs/wire may use bones, and includes nothing of it"]),
    "circle": (
        "ARCHITECTURE.md", "| `libs/bones/` | – |", "| `libs/bones/` | judge |",
        ["ARCHITECTURE.md: libs/bones may use judge, which stands below it",
         "ARCHITECTURE.md: libs/bones may use judge, and includes nothing of it"]),
    "use of what is nowhere": (
        "ARCHITECTURE.md", "| gRPC |", "| gRPC, muscles |",
        ["ARCHITECTURE.md: libs/wire may use muscles, which is in no row",
         "ARCHITECTURE.md: libs/wire may use muscles, and includes nothing of it"]),
    "row without a folder": (
        "ARCHITECTURE.md", "| `libs/wire/` |", "| `libs/muscles/` | – | – |\n| `libs/wire/` |",
        ["ARCHITECTURE.md: there is no libs/muscles/",
         "libs/muscles: its library must be muscles, CMakeLists.txt has none",
         "libs/muscles: tests/unit/muscles has no suite that links trackfit::muscles"]),
    "row twice": (
        "ARCHITECTURE.md", "| `libs/network/` |", "| `libs/bones/` | – | – |\n| `libs/network/` |",
        ["ARCHITECTURE.md: libs/bones is listed twice"]),
    "folder without a row": (
        "libs/muscles/CMakeLists.txt", None, "trackfit_library(muscles SOURCES)\n",
        ["libs/muscles is not in the tables of ARCHITECTURE.md"]),
    "target of another name": (
        "libs/network/CMakeLists.txt", "trackfit_library(network", "trackfit_library(net",
        ["libs/network: its library must be network, CMakeLists.txt has ['net']"]),
    "two targets": (
        "libs/wire/CMakeLists.txt", "trackfit_library(wire", "trackfit_library(more)\ntrackfit_library(wire",
        ["libs/wire: its library must be wire, CMakeLists.txt has ['more', 'wire']"]),
    "another namespace": (
        "libs/bones/pose.h", "trackfit::bones", "trackfit::skeleton",
        ["libs/bones/pose.h: its namespace must be trackfit::bones, is trackfit::skeleton"]),
    "no namespace": (
        "libs/bones/pose.h", "namespace trackfit::bones {\n}\n", "",
        ["libs/bones/pose.h: its namespace must be trackfit::bones, is none of trackfit"]),
    "no suite": (
        "tests/unit/wire/CMakeLists.txt", None, None,
        ["libs/wire: tests/unit/wire has no suite that links trackfit::wire",
         "tests/unit/wire/wire_test.cc is not named in CMakeLists.txt"]),
    "suite of another library": (
        "tests/unit/wire/CMakeLists.txt", "trackfit::wire", "trackfit::bones",
        ["libs/wire: tests/unit/wire has no suite that links trackfit::wire"]),
    "tests of no library": (
        "tests/unit/muscles/CMakeLists.txt", None, "", ["tests/unit/muscles: there is no library of this name"]),
    "source that is not built": (
        "libs/bones/joint.cc", None, "namespace trackfit::bones {\n}\n",
        ["libs/bones/joint.cc is not named in libs/bones/CMakeLists.txt"]),
    "source that is commented out": (
        "libs/bones/CMakeLists.txt", "SOURCES pose.cc)", "SOURCES  # pose.cc\n)",
        ["libs/bones/pose.cc is not named in libs/bones/CMakeLists.txt"]),
    "script that is not run": (
        "tests/integration/other_test.py", None, "",
        ["tests/integration/other_test.py is not named in tests/integration/CMakeLists.txt"]),
    "source that is not among those of a loop": (
        "tests/fuzz/CMakeLists.txt", "npy zip", "npy", ["tests/fuzz/zip_fuzz.cc is not named in tests/fuzz/CMakeLists.txt"]),
    "large library": (
        "libs/bones/pose.inl", None, "namespace trackfit::bones {\n}\n" + "\n" * 3500,
        ["libs/bones has 3508 lines, more than 3500: it holds two ideas",
         "libs/bones/pose.inl has 3502 lines, more than 599"]),
    "large command line": (
        "tools/trackfit/main.h", None, "\n" * 2500,
        ["tools/trackfit has 2503 lines, more than 2499: logic belongs in libs/",
         "tools/trackfit/main.h has 2500 lines, more than 599"]),
    "large file": (
        "tests/integration/works_test.sh", None, "\n" * 600,
        ["tests/integration/works_test.sh has 600 lines, more than 599"]),
    "dead link": (
        "docs/guide.md", None, "See [there](../README.md#here), [here](adr/0001.md) and [far](https://example.com).\n",
        ["docs/guide.md: the link ../README.md leads nowhere"]),
    "dead path": (
        "docs/guide.md", None, "See `libs/bones/` and `libs/muscles/arm.h`.\n",
        ["docs/guide.md: there is no libs/muscles/arm.h"]),
    "dead path without an extension": (
        "docs/guide.md", None, "See `libs/bones/pose` and `libs/bones/joint`.\n",
        ["docs/guide.md: there is no libs/bones/joint"]),
    "dead path in a decision record": (
        "docs/adr/0002.md", None, "It is in `libs/network/pose`.\n",
        ["docs/adr/0002.md: there is no libs/network/pose"]),
    "dead folder": (
        "docs/guide.md", None, "It was in `libs/gone` then.\n",
        ["docs/guide.md: there is no libs/gone"]),
    "version without a release": (
        "CMakeLists.txt", "1.2.0", "1.3.0",
        ["the newest release in CHANGELOG.md is not the version in CMakeLists.txt"]),
}


class StructureTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write_tree(self, files):
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def complaints(self, **options):
        return structure.Tree(self.root, **{"libtorch_in_headers": frozenset(), **options}).check()

    def test_takes_an_orderly_tree(self):
        self.write_tree(ORDERLY)
        self.assertEqual([], self.complaints())

    def test_names_each_kind_of_disorder(self):
        for name, (file, old, new, complaints) in DISORDER.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                self.root = pathlib.Path(folder)
                self.write_tree(ORDERLY)
                if old is not None:
                    self.assertEqual(ORDERLY[file].count(old), 1, f"{old!r} must name one place")
                    new = ORDERLY[file].replace(old, new)
                if new is None:
                    (self.root / file).unlink()
                else:
                    self.write_tree({file: new})
                self.assertEqual(sorted(complaints), sorted(self.complaints()))

    def test_knows_the_headers_that_may_include_libtorch(self):
        self.write_tree(ORDERLY)
        self.write_tree({"libs/network/network.h": "#include <torch/types.h>\nnamespace trackfit::network {\n}\n"})
        self.assertEqual([], self.complaints(libtorch_in_headers={"libs/network/network.h"}))
        self.assertEqual(
            ["libs/bones/pose.h is listed as a header that includes LibTorch, and does not"],
            self.complaints(libtorch_in_headers={"libs/network/network.h", "libs/bones/pose.h"}))

    def test_ends_with_1_and_says_why(self):
        self.write_tree(ORDERLY)
        self.write_tree({"libs/bones/joint.cc": "namespace trackfit::bones {\n}\n"})
        run = subprocess.run(
            [sys.executable, structure.__file__, self.root], capture_output=True, text=True, check=False)
        self.assertEqual(1, run.returncode)
        self.assertIn("structure: libs/bones/joint.cc is not named in libs/bones/CMakeLists.txt\n", run.stderr)


if __name__ == "__main__":
    unittest.main()
