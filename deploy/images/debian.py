"""Debian's packages: which files come from which, of what version and under what licences."""

import functools
import os
import pathlib
import re
import subprocess
import tempfile

from closure import run

DOCUMENTS = pathlib.Path("/usr/share/doc")

# Names in copyright files that are not SPDX's own.
SPDX_NAMES = {
    "apache": "Apache-2.0", "apache-2": "Apache-2.0", "asl-2.0": "Apache-2.0", "expat": "MIT", "mit": "MIT",
    "mit/x11": "MIT", "bsd-2": "BSD-2-Clause", "bsd2": "BSD-2-Clause", "bsd-3": "BSD-3-Clause", "bsd3": "BSD-3-Clause",
    "boost-1.0": "BSL-1.0", "bsl": "BSL-1.0", "boost": "BSL-1.0", "zlib": "Zlib", "isc": "ISC", "unlicense": "Unlicense",
    "openssl": "OpenSSL", "curl": "curl", "cc0": "CC0-1.0", "mpl-2": "MPL-2.0", "artistic": "Artistic-1.0-Perl",
    "zpl-2.1": "ZPL-2.1", "libpng": "Libpng", "ftl": "FTL", "psf-2": "PSF-2.0", "wtfpl": "WTFPL", "icu": "ICU",
}
PLAIN = ["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-4-Clause", "BSL-1.0", "CC0-1.0", "MPL-1.1", "MPL-2.0", "MIT", "ISC",
         "Zlib", "OFL-1.1", "Artistic-2.0", "IJG", "Libpng", "HPND", "NCSA", "X11", "0BSD", "MIT-0", "CC-BY-3.0", "CC-BY-4.0"]
SPDX_NAMES.update({name.lower(): name for name in PLAIN})


def spdx_name(name):
    """The SPDX expression for a licence's name in a copyright file, or None."""
    name = name.lower().rstrip(".")
    if match := re.fullmatch(r"(gpl|lgpl|agpl|gfdl)-?v?(\d)(?:\.(\d))?(\+)?", name):
        family, major, minor, later = match.groups()
        return f"{family.upper()}-{major}.{minor or 0}-{'or-later' if later else 'only'}"
    return SPDX_NAMES.get(name)


def declared_licence(copyright_text):
    """All licences of a machine-readable copyright file as one SPDX expression; NOASSERTION where one is unknown or there is none."""
    if not re.match(r"\s*Format(?:-Specification)?:", copyright_text):
        return "NOASSERTION"
    found = set()
    for line in re.findall(r"^License:[ \t]*(.*)$", copyright_text, re.MULTILINE):
        for name in re.split(r"\s+(?:and/or|and|or|with\s+.*)(?:\s+|$)|,\s*", line.strip()):
            if name:
                found.add(spdx_name(name))
    return " AND ".join(sorted(found)) if found and None not in found else "NOASSERTION"


def owners(paths):
    """{path: package} of files as the dynamic linker names them; the file system has two names for most, and dpkg knows one."""
    names = {}
    for path in paths:
        real = os.path.realpath(path)
        for name in (real, real.removeprefix("/usr"), path, path.removeprefix("/usr")):
            names.setdefault(name, path)
    listed = subprocess.run(["dpkg", "-S", *names], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    found = {}
    for line in listed.splitlines():
        packages, _, name = line.partition(": ")
        if name in names and not line.startswith("diversion "):
            found[names[name]] = packages.split(", ")[0].split(":")[0]
    missing = sorted(set(paths) - set(found))
    if missing:
        raise ValueError(f"of no Debian package: {', '.join(missing)}")
    return found


def package_files(package):
    return [line for line in run("dpkg", "-L", package).splitlines() if os.path.isfile(line)]


@functools.cache
def versions(package):
    """version, architecture, source package and its version."""
    text = run("dpkg-query", "-W", "-f", "${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n", package)
    return text.splitlines()[0].split("\t")


@functools.cache
def copyright_of(package):
    """The text of its copyright file; base images that have thrown these away make us fetch the package once more."""
    path = DOCUMENTS / package / "copyright"
    if path.is_file():
        return path.read_text(errors="replace")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", f"{package}={versions(package)[0]}"],
                       check=True, cwd=folder)
        archive = next(pathlib.Path(folder).glob("*.deb"))
        subprocess.run(["dpkg-deb", "-x", archive, "files"], check=True, cwd=folder)
        documents = pathlib.Path(folder) / "files/usr/share/doc" / package
        if documents.is_symlink():
            return copyright_of(os.readlink(documents))
        return (documents / "copyright").read_text(errors="replace")
