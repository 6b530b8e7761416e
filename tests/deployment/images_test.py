#!/usr/bin/python3
"""deploy/images/pack fills a folder with programs and all that they use, and nothing else; it needs no container engine.

    images_test.py FOLDER_OF_THE_EXECUTABLES        (run in the source tree; exit status 77: skipped)
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path("deploy/images").resolve()))
import closure  # noqa: E402
import debian  # noqa: E402

BINARIES = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else "build/release/bin")
SBOM = "usr/share/doc/trackfit/sbom.spdx.json"
COPYRIGHT = pathlib.Path("/usr/share/doc/libc6/copyright")
EPOCH = 1700000000


def pack(folder, name, *options, epoch=EPOCH):
    command = ["deploy/images/pack", folder, "--title", f"trackfit-{name}", "--version", "1.2.3", "--user", "nobody",
               "--program", BINARIES / f"trackfit-{name}", "--program", BINARIES / "trackfit-health", *options]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}).stdout


def files(root):
    return {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file() and not path.is_symlink()}


def loads(root, name):
    """The libraries that the folder's own dynamic linker loads for a program in it."""
    linker, libraries = next(root.glob("usr/lib*/ld-linux*")), next(root.glob("usr/lib/*-linux-gnu*"))
    said = subprocess.run([linker, "--inhibit-cache", "--library-path", libraries, root / "usr/local/bin" / name],
                          check=True, stdout=subprocess.PIPE, text=True, env={"LD_TRACE_LOADED_OBJECTS": "1"}).stdout
    return [match[1] for line in said.splitlines() if (match := re.search(r"=> (.+) \(", line))]


class Extractor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="trackfit-images-")
        cls.root = pathlib.Path(cls.scratch.name) / "image"
        cls.options = ("--data", "deploy/exercises:/opt/data", "--model", "exercises@7=/opt/data", "--directory", "/videos", "--temporary")
        cls.report = pack(cls.root, "extractor", *cls.options)
        cls.document = json.loads((cls.root / SBOM).read_text())

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_programs_find_all_their_libraries_inside(self):
        for name in ("trackfit-extractor", "trackfit-health"):
            found = loads(self.root, name)
            self.assertGreater(len(found), 5)
            self.assertEqual([path for path in found if not path.startswith(str(self.root))], [])

    def test_there_is_no_shell_and_nobody_is_root(self):
        names = {pathlib.Path(name).name for name in files(self.root) if os.access(self.root / name, os.X_OK)}
        self.assertFalse(names & {"sh", "bash", "dash", "busybox", "dpkg", "apt", "apt-get", "cc", "gcc", "perl", "python3"})
        self.assertEqual({path.name for path in (self.root / "usr/local/bin").iterdir()}, {"trackfit-extractor", "trackfit-health"})
        users = (self.root / "etc/passwd").read_text().splitlines()
        self.assertEqual([user.split(":")[0] for user in users], ["root", "nobody"])
        self.assertTrue(all(user.endswith("/nologin") for user in users))

    def test_only_tmp_can_be_written_to_by_others(self):
        paths = [path for path in self.root.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o022]
        self.assertEqual(paths, [self.root / "tmp"])
        self.assertFalse([path for path in self.root.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o6000])

    def test_it_is_small(self):
        size = sum(path.stat().st_size for path in files(self.root).values())
        # In place of OpenBLAS (37 MB) and symbols (9 MB) the image has the BlazePose weights (39 MB): less than 130 MB.
        self.assertLess(size, 115e6)
        self.assertIn("the largest:", self.report)

    def test_the_same_files_make_the_same_image(self):
        other = self.root.parent / "other"
        pack(other, "extractor", *self.options)
        for name in sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*")):
            one, two = self.root / name, other / name
            self.assertEqual((one.lstat().st_mtime, one.lstat().st_mode), (EPOCH, two.lstat().st_mode), name)
            self.assertEqual(two.lstat().st_mtime, EPOCH, name)
            if one.is_file() and not one.is_symlink():
                self.assertEqual(one.read_bytes(), two.read_bytes(), name)
        self.assertEqual(len([*self.root.rglob("*")]), len([*other.rglob("*")]))

    def test_packages_are_listed_with_their_copyright(self):
        packages = {package["name"]: package for package in self.document["packages"]}
        self.assertEqual(packages["libc6"]["versionInfo"], debian.versions("libc6")[0])
        self.assertEqual(packages["exercises"]["versionInfo"], "7")
        self.assertEqual(packages["trackfit-extractor"]["versionInfo"], "1.2.3")
        for name, package in packages.items():
            if package["supplier"] == "Organization: Debian":
                self.assertTrue((self.root / "usr/share/doc" / name / "copyright").stat().st_size, name)
                self.assertTrue(package["externalRefs"][0]["referenceLocator"].startswith(f"pkg:deb/debian/{name}@"))

    def test_files_are_listed_with_their_checksums(self):
        listed = {file["fileName"].removeprefix("./"): {sum["algorithm"]: sum["checksumValue"] for sum in file["checksums"]}
                  for file in self.document["files"]}
        for name, path in files(self.root).items():
            if name == SBOM or name.endswith("/copyright"):
                continue
            self.assertEqual(listed.pop(name)["SHA256"], hashlib.sha256(path.read_bytes()).hexdigest(), name)
        self.assertFalse(listed, "listed and not there")

    # What the specification demands of a document; its JSON schema demands less.
    def test_the_document_is_spdx_2_3(self):
        document = self.document
        self.assertEqual((document["spdxVersion"], document["dataLicense"], document["SPDXID"]),
                         ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT"))
        self.assertRegex(document["documentNamespace"], r"^https://[^#]+$")
        self.assertEqual(document["creationInfo"]["created"], "2023-11-14T22:13:20Z")
        elements = [element["SPDXID"] for element in document["packages"] + document["files"]]
        self.assertEqual(len(elements), len(set(elements)))
        for element in elements:
            self.assertRegex(element, r"^SPDXRef-[a-zA-Z0-9.-]+$")
        for package in document["packages"]:
            self.assertIn("downloadLocation", package)
            self.assertIn(package["primaryPackagePurpose"], {"CONTAINER", "LIBRARY", "FILE"})
            self.assertRegex(package["licenseDeclared"], r"^(NOASSERTION|[\w.+() -]+)$")
        related = {relationship["relatedSpdxElement"] for relationship in document["relationships"]}
        self.assertEqual(related, set(elements))
        self.assertEqual(document["relationships"][0]["relationshipType"], "DESCRIBES")


class Inferencer(unittest.TestCase):
    def test_libraries_that_are_only_mentioned_are_empty(self):
        program = BINARIES / "trackfit-inferencer"
        if not program.exists():
            self.skipTest("built without LibTorch")
        with tempfile.TemporaryDirectory(prefix="trackfit-images-") as folder:
            root = pathlib.Path(folder) / "image"
            pack(root, "inferencer")
            found = loads(root, "trackfit-inferencer")
            self.assertEqual([path for path in found if not path.startswith(str(root))], [])
            libraries = next(root.glob("usr/lib/*-linux-gnu*"))
            mentioned = libraries / "libopencv_highgui.so.406"  # LibTorch asks for it, and it for Qt
            self.assertLess(mentioned.stat().st_size, 20_000)
            self.assertFalse([*libraries.glob("libQt5*")])
            self.assertGreater((libraries / "libtorch_cpu.so.1.13").stat().st_size, 50e6)
            self.assertLess(sum(path.stat().st_size for path in files(root).values()), 500e6)


class Parts(unittest.TestCase):
    def test_a_program_of_which_a_library_is_missing_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            def compile(name, text, *flags):
                subprocess.run(["cc", "-x", "c", "-", "-o", name, *flags], input=text, text=True, check=True, cwd=folder)
                return pathlib.Path(folder) / name
            library = compile("libused.so", "int used(void) { return 0; }", "-shared", "-Wl,-soname,libused.so")
            compile("libidle.so", "int idle(void) { return 0; }", "-shared", "-Wl,-soname,libidle.so")
            program = compile("program", "int used(void); int main(void) { return used(); }",
                              "-Wl,--no-as-needed", "-L.", "-lused", "-lidle")
            found = closure.Closure([str(program)], folder)
            self.assertEqual(found.used["libused.so"], str(library))
            self.assertEqual(found.empty, {"libidle.so"})
            self.assertNotIn("libidle.so", found.used)
            library.unlink()
            with self.assertRaisesRegex(ValueError, "libused.so => not found"):
                closure.Closure([str(program)], folder)

    def test_licences_are_put_into_spdx_names(self):
        def licence(*lines):
            return debian.declared_licence("\n".join(["Format: https://www.debian.org/doc/", *lines]))
        self.assertEqual(licence("License: Expat"), "MIT")
        self.assertEqual(licence("License: GPL-2+", "License: LGPL-2.1"), "GPL-2.0-or-later AND LGPL-2.1-only")
        self.assertEqual(licence("License: BSD-3-clause or Apache-2.0"), "Apache-2.0 AND BSD-3-Clause")
        self.assertEqual(licence("License: Apache-2.0", "License: something-of-theirs"), "NOASSERTION")
        self.assertEqual(debian.declared_licence("Copyright 1999 somebody"), "NOASSERTION")


if __name__ == "__main__":
    if not COPYRIGHT.exists():
        print(f"skipped: this machine has no {COPYRIGHT}")
        sys.exit(77)
    unittest.main()
