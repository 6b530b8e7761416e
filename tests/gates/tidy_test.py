"""Which files tools/tidy --changed looks at, in histories of each kind."""

import contextlib
import io
import os
import pathlib
import subprocess
import tempfile
import unittest

import tool

tidy = tool.load("tidy")


def git(*arguments):
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    return subprocess.run(["git", *who, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def commit(**files):
    """Writes files (x__y for x/y, _dot_ for the last dot) and commits them; the commit."""
    for name, text in files.items():
        path = pathlib.Path(name.replace("__", "/").replace("_dot_", "."))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git("add", "-A")
    git("commit", "-q", "-m", "change")
    return git("rev-parse", "HEAD")


class Changed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        git("init", "-q")
        commit(libs__a_dot_cc="a", libs__b_dot_cc="b", libs__c_dot_cc='#include "libs/shapes.h"\n',
               libs__b_dot_h="b", libs__shapes_dot_h="s")
        self.release = commit(proto__released_dot_textproto="# as of release 0.2.0:\n")

    def changed(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            return tidy.changed_sources(), said.getvalue()

    def test_nothing_at_the_release_itself(self):
        self.assertEqual(self.changed()[0], [])

    def test_latest_first_and_without_what_is_gone(self):
        commit(libs__a_dot_cc="a2", libs__d_dot_cc="d")
        commit(libs__b_dot_cc="b2")
        git("rm", "-q", "libs/d.cc")
        git("commit", "-q", "-m", "remove")
        self.assertEqual(self.changed()[0], ["libs/b.cc", "libs/a.cc"])

    def test_what_is_not_committed_yet(self):
        pathlib.Path("libs/new.cc").write_text("new")
        pathlib.Path("libs/a.cc").write_text("a2")
        self.assertEqual(self.changed()[0], ["libs/new.cc", "libs/a.cc"])

    def test_headers_by_their_source_or_one_that_includes_them(self):
        commit(libs__b_dot_h="b2", libs__shapes_dot_h="s2")
        self.assertEqual(sorted(self.changed()[0]), ["libs/b.cc", "libs/c.cc"])

    def test_a_later_contract_is_no_release(self):
        commit(libs__a_dot_cc="a2", proto__released_dot_textproto="# as of release 0.2.0:\nfile {}\n")
        self.assertEqual(tidy.last_release(), self.release)

    def test_the_newest_tag_counts(self):
        commit(libs__a_dot_cc="a2")
        git("tag", "v0.3.0")
        commit(libs__b_dot_cc="b2")
        self.assertEqual(self.changed()[0], ["libs/b.cc"])

    def test_all_in_a_clone_that_does_not_reach_back(self):
        commit(libs__a_dot_cc="a2")
        origin = os.getcwd()
        git("clone", "-q", "--depth", "1", f"file://{origin}", "clone")
        os.chdir("clone")
        names, said = self.changed()
        self.assertEqual(names, ["libs/a.cc", "libs/b.cc", "libs/c.cc"])
        self.assertIn("shallow clone", said)


if __name__ == "__main__":
    unittest.main()
