#!/usr/bin/env python3
"""The programs load few shared libraries, and gRPC, Abseil, RE2 and Protobuf are in each of them once: what is linked as an archive
(cmake/StaticGrpc.cmake) must not come again with some other library, for each copy would have locks and registries of its own.

    libraries_test.py BINARIES
"""

import pathlib
import re
import subprocess
import sys

# A function of each that whoever holds a copy defines.
SIGNS = {
    "gRPC": re.compile(r"grpc_init$"),
    "Abseil": re.compile(r"_ZN4absl\w*5Mutex4LockEv$"),
    "RE2": re.compile(r"_ZN3re23RE2C[12]ERK"),
    "Protobuf": re.compile(r"_ZN6google8protobuf14DescriptorPool14generated_poolEv$"),
}
# Fewer than these; the inferencer and the command line have LibTorch's and OpenCV's beside.
MOST = {"trackfit-extractor": 60, "trackfit-gateway": 30, "trackfit-health": 30}


def loaded_by(program):
    said = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    assert "not found" not in said, said
    lines = said.splitlines()
    return len(lines), [match[1] for match in (re.search(r"(/\S+) \(0x", line) for line in lines) if match]


def held_by(file, *flags):
    symbols = subprocess.run(["nm", "--defined-only", *flags, file], capture_output=True, text=True).stdout
    names = [line.split()[2].split("@")[0] for line in symbols.splitlines() if len(line.split()) == 3]
    return {what for what, sign in SIGNS.items() if any(sign.match(name) for name in names)}


def main():
    binaries = pathlib.Path(sys.argv[1])
    faults = []
    known = {}
    programs = sorted(path for path in binaries.glob("trackfit*") if path.is_file())
    assert {program.name for program in programs} >= MOST.keys(), programs
    for program in programs:
        count, libraries = loaded_by(program)
        print(f"{program.name}: {count} shared libraries")
        if count >= MOST.get(program.name, sys.maxsize):
            faults.append(f"{program.name} loads {count} shared libraries, not fewer than {MOST[program.name]}")
        holders = {what: [program.name] for what in held_by(program)}
        for library in libraries:
            if library not in known:
                known[library] = held_by(library, "-D")
            for what in known[library]:
                holders.setdefault(what, []).append(library)
        for what, where in holders.items():
            if len(where) > 1:
                faults.append(f"{program.name} has {len(where)} copies of {what}: in {', '.join(where)}")
        if program.name in MOST and holders.keys() != SIGNS.keys():
            faults.append(f"{program.name}: only {', '.join(holders)} of {', '.join(SIGNS)} found")
    for fault in faults:
        print(f"FAILED: {fault}")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
