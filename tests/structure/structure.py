"""Holds the source tree against the picture of it in ARCHITECTURE.md, and the documents against the tree.

The tables `folder | may use | what lives there` are where the layers are written down: this reads them. Run without
arguments it checks the tree that it is in; it prints what is not as it should be, a sentence each.
"""

import argparse
import pathlib
import re
import sys

# What a library of libs/ may grow to, the command line, and any one file, in lines.
MAX_LIBRARY_LINES = 3500
MAX_TOOLS_LINES = 2499
MAX_FILE_LINES = 599

# Libraries from outside that the tables name, for they decide what a program links, and how long it compiles.
OUTSIDE = {
    "gRPC": re.compile(r"grpcpp/|grpc/|.*\.grpc\.pb\.h$"),
    "proto": re.compile(r"trackfit/v\d+/"),
    "LibTorch": re.compile(r"(torch|ATen|c10|caffe2)/"),
    "OpenCV": re.compile(r"opencv2/"),
}
# The same as CMake names them.
OUTSIDE_TARGETS = {
    "gRPC": re.compile(r"gRPC::|trackfit::(proto_grpc|health_proto)$"),
    "proto": re.compile(r"trackfit::proto$"),
    "LibTorch": re.compile(r"torch$"),
    "OpenCV": re.compile(r"opencv_"),
}
# What the images of these servers do not hold (deploy/Dockerfile).
NOT_IN_IMAGE = {
    "services/gateway": ["LibTorch", "OpenCV"],
    "services/extractor": ["LibTorch"],
    "services/inferencer": ["OpenCV"],
    "tools/health": ["LibTorch", "OpenCV"],
    "tools/upload_worker": ["LibTorch"],
}
# Headers that include LibTorch's, which take half a minute to compile for everyone who includes them.
LIBTORCH_IN_HEADERS = {
    "libs/protogcn/checkpoint_torch.h",
    "libs/protogcn/network_torch.h",
    "libs/training/loss_terms_torch.h",
    "libs/training/trainer_torch.h",
}

SOURCES = {".cc", ".h", ".inl"}
CODE = SOURCES | {".py", ".sh"}


class Row:
    """A row of the tables: a folder and what it may use."""

    def __init__(self, folder, uses):
        self.folder = folder
        self.name = folder.removeprefix("libs/")
        self.uses = uses


def read_tables(text):
    """The rows of ARCHITECTURE.md's tables of folders, from the first to the last."""
    tables = re.findall(r"^\| folder \| may use \| what lives there \|\n\|[-|]+\|\n((?:\|.*(?:\n|$))+)", text, re.MULTILINE)
    if not tables:
        raise ValueError("ARCHITECTURE.md has no table `| folder | may use | what lives there |`")
    rows = []
    for line in "".join(tables).splitlines():
        folder, uses, _ = (cell.strip() for cell in line.strip("|").split("|", 2))
        names = [] if uses in ("", "-", "–") else [name.strip(" `") for name in uses.split(",")]
        rows.append(Row(folder.strip("`/ "), names))
    return rows


def includes(path):
    """(line number, header) of each #include."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+[<"]([^>"]+)[>"]', line)
        if match:
            yield number, match[1]


def cmake_calls(text, function):
    """The words of each call of a CMake function."""
    text = re.sub(r"#.*", "", text)
    return [match[1].split() for match in re.finditer(rf"\b{function}\(([^()]*(?:\([^()]*\)[^()]*)*)\)", text)]


def is_composed(name, word, words):
    """Whether a word of CMake such as ${target}_fuzz.cc becomes a name where the variable is another of the words."""
    before, _, rest = word.partition("${")
    variable, _, after = rest.partition("}")
    value = name[len(before):len(name) - len(after)]
    return bool(variable) and name == before + value + after and value in words


class Tree:
    def __init__(self, root, libtorch_in_headers=frozenset(LIBTORCH_IN_HEADERS)):
        self.root = root
        self.libtorch_in_headers = libtorch_in_headers
        self.complaints = []
        self.rows = read_tables((root / "ARCHITECTURE.md").read_text())
        self.by_name = {row.name: row for row in self.rows}
        self.libraries = {row.name for row in self.rows if row.folder.startswith("libs/")}

    def complain(self, text):
        self.complaints.append(text)

    def files(self, folder, suffixes):
        found = [path for path in (self.root / folder).rglob("*")
                 if path.suffix in suffixes and path.is_file() and "node_modules" not in path.parts]
        return sorted(found)

    def name(self, path):
        return str(path.relative_to(self.root))

    def lines(self, path):
        return len(path.read_bytes().splitlines())

    def check(self):
        self.check_tables()
        self.check_libraries()
        self.check_uses()
        self.check_images()
        self.check_libtorch_in_headers()
        self.check_sizes()
        self.check_sources_are_built()
        self.check_documents()
        return self.complaints

    # The tables list what is there, from the bottom up, so that there is no circle.
    def check_tables(self):
        listed = [row.folder for row in self.rows]
        for folder in sorted({folder for folder in listed if listed.count(folder) > 1}):
            self.complain(f"ARCHITECTURE.md: {folder} is listed twice")
        for parent in ("libs", "services", "tools"):
            for path in sorted((self.root / parent).glob("*/CMakeLists.txt")):
                if self.name(path.parent) not in listed:
                    self.complain(f"{self.name(path.parent)} is not in the tables of ARCHITECTURE.md")
        above = set(OUTSIDE)
        for row in self.rows:
            for use in row.uses:
                if use not in above:
                    reason = "stands below it" if use in self.by_name else "is in no row"
                    self.complain(f"ARCHITECTURE.md: {row.folder} may use {use}, which {reason}")
            above.add(row.name)

    # A folder of libs/ is a CMake target, a namespace and a folder of tests of the same name.
    def check_libraries(self):
        for row in self.rows:
            if not row.folder.startswith("libs/"):
                continue
            cmake = self.root / row.folder / "CMakeLists.txt"
            targets = [words[0] for words in cmake_calls(cmake.read_text(), "trackfit_library")] if cmake.exists() else []
            if targets != [row.name]:
                self.complain(f"{row.folder}: its library must be {row.name}, CMakeLists.txt has {targets or 'none'}")
            for path in self.files(row.folder, SOURCES):
                spaces = set(re.findall(r"^namespace trackfit::(\w+)", path.read_text(), re.MULTILINE))
                if spaces != {row.name}:
                    found = ", ".join(f"trackfit::{space}" for space in sorted(spaces)) or "none of trackfit"
                    self.complain(f"{self.name(path)}: its namespace must be trackfit::{row.name}, is {found}")
            suite = self.root / "tests/unit" / row.name / "CMakeLists.txt"
            suites = cmake_calls(suite.read_text(), "trackfit_test") if suite.exists() else []
            if not any(f"trackfit::{row.name}" in words for words in suites):
                self.complain(f"{row.folder}: tests/unit/{row.name} has no suite that links trackfit::{row.name}")
        homes = {row.name for row in self.rows} | {row.folder.rpartition("/")[2] for row in self.rows}
        for path in sorted((self.root / "tests/unit").glob("*/")):
            if path.name not in homes:
                self.complain(f"{self.name(path)}: there is no library of this name")

    # What a folder includes, what its CMake targets link and what its row lets it use are the same.
    def check_uses(self):
        for row in self.rows:
            included = {}
            for path in self.files(row.folder, SOURCES):
                for number, header in includes(path):
                    owner = self.owner(header, row)
                    if owner:
                        included.setdefault(owner, f"{self.name(path)}:{number} includes {header}")
            linked = self.linked(row)
            for use in sorted(set(included) - set(row.uses)):
                self.complain(f"{included[use]}; ARCHITECTURE.md does not let {row.folder} use {use}")
            for use in sorted(linked - set(row.uses) - set(included)):
                self.complain(f"{row.folder}/CMakeLists.txt links {use}; ARCHITECTURE.md does not let it")
            for use in row.uses:
                if use not in included:
                    self.complain(f"ARCHITECTURE.md: {row.folder} may use {use}, and includes nothing of it")
            for use in sorted((set(included) & self.libraries) - linked):
                self.complain(f"{included[use]}; {row.folder}/CMakeLists.txt does not link trackfit::{use}")
            for use in sorted((linked & self.libraries) - set(included)):
                self.complain(f"{row.folder}/CMakeLists.txt links trackfit::{use}, and includes nothing of it")

    def owner(self, header, row):
        """Which library a header belongs to; None for the folder's own and all that the tables do not name."""
        for name, pattern in OUTSIDE.items():
            if pattern.match(header):
                return name
        first = header.split("/")[0]
        return first if "/" in header and first != row.name and first in self.libraries else None

    def linked(self, row):
        cmake = self.root / row.folder / "CMakeLists.txt"
        text = cmake.read_text() if cmake.exists() else ""
        found = set()
        for words in cmake_calls(text, "trackfit_library") + cmake_calls(text, "trackfit_binary"):
            for word in words:
                found.update(name for name, pattern in OUTSIDE_TARGETS.items() if pattern.match(word))
                library = word.removeprefix("trackfit::")
                if library != word and library != row.name and library in self.libraries:
                    found.add(library)
        return found

    # A server links what its libraries use, too.
    def check_images(self):
        for folder, absent in NOT_IN_IMAGE.items():
            paths, waiting = {}, [(folder, folder)]
            while waiting:
                name, path = waiting.pop()
                if name not in paths:
                    paths[name] = path
                    row = self.by_name.get(name)
                    waiting += [(use, f"{path} > {use}") for use in (row.uses if row else [])]
            for name in absent:
                if name in paths:
                    self.complain(f"{folder}: its image holds no {name} (deploy/Dockerfile), which it uses: {paths[name]}")

    def check_libtorch_in_headers(self):
        found = set()
        for path in self.files("libs", {".h", ".inl"}):
            if any(OUTSIDE["LibTorch"].match(header) for _, header in includes(path)):
                found.add(self.name(path))
        for name in sorted(found - self.libtorch_in_headers):
            self.complain(f"{name} includes LibTorch, so all who include it compile that: declare, or include it in a .cc")
        for name in sorted(self.libtorch_in_headers - found):
            self.complain(f"{name} is listed as a header that includes LibTorch, and does not")

    def check_sizes(self):
        for row in self.rows:
            lines = sum(self.lines(path) for path in self.files(row.folder, SOURCES))
            if row.folder.startswith("libs/") and lines > MAX_LIBRARY_LINES:
                self.complain(f"{row.folder} has {lines} lines, more than {MAX_LIBRARY_LINES}: it holds two ideas")
            if row.folder == "tools/trackfit" and lines > MAX_TOOLS_LINES:
                self.complain(f"{row.folder} has {lines} lines, more than {MAX_TOOLS_LINES}: logic belongs in libs/")
        for folder in ("libs", "services", "tools", "tests"):
            for path in self.files(folder, CODE):
                if self.lines(path) > MAX_FILE_LINES:
                    self.complain(f"{self.name(path)} has {self.lines(path)} lines, more than {MAX_FILE_LINES}")

    # Sources and tests that no CMakeLists.txt names are never built or run.
    def check_sources_are_built(self):
        for folder in ("libs", "services", "tools", "tests"):
            for path in self.files(folder, {".cc"}):
                self.check_is_named(path)
        for path in self.files("tests", {".py", ".sh"}):
            if path.stem.endswith("_test"):
                self.check_is_named(path)

    def check_is_named(self, path):
        cmake = next(parent / "CMakeLists.txt" for parent in path.parents if (parent / "CMakeLists.txt").exists())
        words = set(re.split(r'[\s()/"]+', re.sub(r"#.*", "", cmake.read_text())))
        if path.name not in words and not any(is_composed(path.name, word, words) for word in words):
            self.complain(f"{self.name(path)} is not named in {self.name(cmake)}")

    def is_there(self, name):
        """Whether there is such a file or folder, or a file of that stem: libs/bones/pose stands for pose.h and pose.cc."""
        return any(self.root.glob(name)) or any(self.root.glob(name + ".*"))

    # Links and paths in the documents lead somewhere, and the version is that of the newest release. Decision records
    # tell what was, so they may name folders that are gone, but what they name within a folder is there.
    def check_documents(self):
        documents = sorted(self.root.glob("*.md")) + self.files("docs", {".md"}) + self.files("tests", {".md"})
        for path in documents:
            text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
            for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
                if "://" not in link and not (path.parent / link).exists():
                    self.complain(f"{self.name(path)}: the link {link} leads nowhere")
            if path.name == "CHANGELOG.md":
                continue
            for name in re.findall(r"`((?:libs|services|tools|tests|proto|docs|cmake)/[\w./*-]+)`", text):
                may_be_gone = path.parent.name == "adr" and name.rstrip("/").count("/") == 1
                if not may_be_gone and not self.is_there(name.rstrip("/")):
                    self.complain(f"{self.name(path)}: there is no {name}")
        version = re.search(r"^project\(\w+ VERSION ([\d.]+)", (self.root / "CMakeLists.txt").read_text(), re.MULTILINE)
        newest = re.search(r"^## ([\d.]+) - ", (self.root / "CHANGELOG.md").read_text(), re.MULTILINE)
        if not version or not newest or version[1] != newest[1]:
            self.complain("the newest release in CHANGELOG.md is not the version in CMakeLists.txt")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    try:
        complaints = Tree(parser.parse_args().tree).check()
    except ValueError as error:
        complaints = [str(error)]
    for complaint in complaints:
        print(f"structure: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
