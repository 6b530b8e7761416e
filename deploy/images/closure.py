"""Which shared libraries programs use, of all those that the dynamic linker would load for them.

A library is used if it defines a symbol that a program or a used library needs, or if one of these asks for one of its versions.
Debian's LibTorch names 40 libraries of which it calls a dozen; the others bring Qt, GDAL, x265 and LLVM with them.
"""

import collections
import os
import re
import subprocess


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


class Binary:
    """What an ELF file asks for and gives, as binutils tell."""

    def __init__(self, path):
        self.path = path
        header = run("objdump", "-p", path)
        self.needed = re.findall(r"^  NEEDED +(\S+)$", header, re.MULTILINE)
        self.versions_of = set(re.findall(r"^  required from (\S+?):$", header, re.MULTILINE))
        self.defined, self.undefined = set(), set()
        for line in run("nm", "-D", "--with-symbol-versions", path, stderr=subprocess.DEVNULL).splitlines():
            *_, kind, symbol = line.split()
            name, _, version = symbol.replace("@@", "@").partition("@")
            if kind in "Uwv":
                self.undefined.add((name, version))
            else:
                self.defined.update({(name, version), (name, "")})


def interpreter(path):
    found = re.search(r"program interpreter: (\S+?)\]", run("readelf", "-lW", path))
    return found[1] if found else None


def loaded(program, library_path):
    """{name: path} of all libraries that the dynamic linker loads with the program."""
    environment = {**os.environ, "LD_LIBRARY_PATH": library_path}
    paths = {}
    for line in run("ldd", program, env=environment).splitlines():
        if "not found" in line:
            raise ValueError(f"{program}: {line.strip()}")
        if match := re.match(r"\s+(?:(\S+) => )?(/\S+) \(", line):
            paths[match[1] or os.path.basename(match[2])] = match[2]
    return paths


class Closure:
    """used: {name: path} of the libraries that programs use; empty: names of those that used ones only mention."""

    def __init__(self, programs, library_path=""):
        self.used, self.empty = {}, set()
        self.cache = {}
        for program in programs:
            self.add(program, library_path)
        self.empty -= set(self.used)

    def binary(self, path):
        path = os.path.realpath(path)
        if path not in self.cache:
            self.cache[path] = Binary(path)
        return self.cache[path]

    def add(self, program, library_path):
        if not interpreter(program):  # linked statically
            return
        paths = loaded(program, library_path)
        order = self.in_order_of_search(program, paths)
        givers = collections.defaultdict(list)
        for name in order:
            for symbol in self.binary(paths[name]).defined:
                givers[symbol].append(name)
        waiting, found = [program], set()
        while waiting:
            binary = self.binary(waiting.pop())
            names = binary.versions_of & set(paths)
            for symbol in binary.undefined:
                names.update((givers.get(symbol) or givers.get((symbol[0], "")) or [])[:1])
            for name in sorted(names - found):
                found.add(name)
                waiting.append(paths[name])
            self.empty.update(binary.needed)
        linker = os.path.basename(interpreter(program))  # is there anyway, under its own path
        self.empty.discard(linker)
        self.used.update({name: paths[name] for name in found - {linker}})

    # Breadth first, as the dynamic linker looks for symbols.
    def in_order_of_search(self, program, paths):
        order, waiting = [], collections.deque(self.binary(program).needed)
        while waiting:
            name = waiting.popleft()
            if name in paths and name not in order:
                order.append(name)
                waiting.extend(self.binary(paths[name]).needed)
        return order


def make_empty_library(name, path):
    """A library of this name with nothing in it."""
    subprocess.run(["cc", "-shared", "-nostdlib", f"-Wl,-soname,{name}", "-Wl,--build-id=none", "-x", "c", "-", "-o", path],
                   check=True, input="", text=True)
