#!/usr/bin/env python3
"""What packages say of the programs, made of their own --help (tools/lib/help_pages.py): nothing is left out or mangled.

    help_pages_test.py BIN_FOLDER       (run in the source tree)
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, "tools/lib")
import help_pages  # noqa: E402

BIN = pathlib.Path("build/release/bin")
SAMPLE = """\
Does things
Usage: trackfit do [OPTIONS] input...

Positionals:
  input FILE ... REQUIRED     What to do it to

Options:
  -h,--help                   Print this help message and exit


Server:
  --listen TEXT=0.0.0.0:1 (Env:TRACKFIT_LISTEN)
                              Where; port 0 picks one
  --name TEXT (Env:TRACKFIT_NAME)
                              Whose
  --reflect,--no-reflect{false} (Env:TRACKFIT_REFLECT)
                              Whether

Examples:
  trackfit do -x .

Exit status: 0
"""


class Help(unittest.TestCase):
    def setUp(self):
        self.said = help_pages.Help(SAMPLE)

    def test_has_what_was_said(self):
        self.assertEqual(self.said.purpose, "Does things")
        self.assertEqual(list(self.said.groups), ["Positionals", "Options", "Server"])
        listen, name, reflect = self.said.groups["Server"]
        self.assertEqual((listen.names, listen.default, listen.variable), (["--listen"], "0.0.0.0:1", "TRACKFIT_LISTEN"))
        self.assertEqual(listen.text, "Where; port 0 picks one")
        self.assertEqual((name.default, name.variable), ("", "TRACKFIT_NAME"))
        self.assertEqual(reflect.names, ["--reflect", "--no-reflect"])

    def test_settings_are_what_the_unit_makes_of_the_defaults(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / "unit"
            unit.write_text("[Service]\nEnvironment=TRACKFIT_LISTEN=127.0.0.1:1 OTHER=2\n#   Environment=TRACKFIT_NAME=%d/x\n")
            text = help_pages.settings("gateway", self.said, unit)
        self.assertIn("# --listen: Where; port 0 picks one\n#TRACKFIT_LISTEN=127.0.0.1:1\n", text)
        self.assertIn("\n#TRACKFIT_NAME=\n", text)
        self.assertIn("# --reflect, --no-reflect: Whether (true or false)\n#TRACKFIT_REFLECT=\n", text)

    def test_page_keeps_examples_as_they_are(self):
        page = help_pages.manual(["trackfit", "do"], self.said, 1, "1.0", [("trackfit", 1)])
        self.assertIn(".SH EXAMPLES\n.EX\n  trackfit do \\-x .\n.EE\n", page)
        self.assertIn("Exit status: 0\n", page)
        self.assertIn("\\fB\\-\\-reflect, \\-\\-no\\-reflect\\fR (Env:TRACKFIT_REFLECT)\nWhether\n", page)


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.folder.name)
        for server in help_pages.SERVERS:
            (cls.out / f"trackfit-{server}.service").touch()
        subprocess.run([sys.executable, "-B", "tools/lib/help_pages.py", BIN, cls.out, "1.2.3", cls.out], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_settings_have_every_flag_that_the_environment_sets(self):
        for server in help_pages.SERVERS:
            said = subprocess.run([BIN / f"trackfit-{server}", "--help"], check=True, capture_output=True, text=True).stdout
            settings = (self.out / f"conf/{server}.conf").read_text()
            self.assertEqual(re.findall(r"\(Env:(\w+)\)", said), re.findall(r"^#(\w+)=", settings, re.MULTILINE), server)
            self.assertNotRegex(settings, r"^[^#\n]", "all of it is commented out")
            self.assertNotIn(str(pathlib.Path.cwd()), settings)
        self.assertIn("#TRACKFIT_MODELS_DIR=/usr/share/trackfit/models/blazepose\n", (self.out / "conf/extractor.conf").read_text())

    def test_every_command_has_a_page(self):
        pages = {path.name for path in self.out.glob("man?/*")}
        self.assertLessEqual({"trackfit.1", "trackfit-analyze.1", "trackfit-model-show.1", "trackfit-health.1", "trackfit-gateway.8"}, pages)
        analyze = (self.out / "man1/trackfit-analyze.1").read_text()
        for flag in ("\\-\\-render", "\\-\\-voice", "\\-q, \\-\\-quiet"):
            self.assertIn(f"\\fB{flag}", analyze)

    @unittest.skipUnless(shutil.which("man"), "man is not installed")
    def test_man_has_nothing_to_say_against_the_pages(self):
        for path in self.out.glob("man?/*"):
            said = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path], capture_output=True, text=True,
                                  env={"LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "PATH": "/usr/bin:/bin", "MANWIDTH": "80"})
            self.assertEqual((said.returncode, said.stderr), (0, ""), path.name)

    def test_bash_completes_commands_and_flags(self):
        def complete(*words):
            script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trackfit; echo "${COMPREPLY[@]}"'
            return subprocess.run(["bash", "-c", script, "bash", self.out / "bash-completion/trackfit", *words], check=True,
                                  capture_output=True, text=True).stdout.split()
        self.assertEqual(complete("trackfit", "ana"), ["analyze"])
        self.assertEqual(complete("trackfit", "model", ""), ["import", "run", "show", "--help"])
        self.assertEqual(complete("trackfit", "analyze", "video.mp4", "--rend"), ["--render"])
        self.assertEqual(complete("trackfit", "model", "show", "--mo"), ["--model"])


if __name__ == "__main__":
    BIN = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
