#!/usr/bin/env python3
"""What packages hold of the programs' own --help: manual pages, the servers' settings in /etc, completion for bash.

    help_pages.py BIN_FOLDER UNIT_FOLDER VERSION OUT_FOLDER

The units say what the servers' defaults become under systemd. OUT_FOLDER gets man1/, man8/, conf/SERVER.conf and
bash-completion/trackfit. Where the help names files that a program finds beside itself, they say where these are installed:
below /usr. The pages' date is $SOURCE_DATE_EPOCH, if that is set.
"""

import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

SERVERS = ["extractor", "inferencer", "gateway"]
TOOLS = ["trackfit", "trackfit-health", "trackfit-upload-worker"]

CONF_HEAD = """\
# Settings of trackfit-{server}, read when it starts: systemctl restart trackfit-{server}
# A line sets a flag by its environment variable; what is commented out is the default. More: trackfit-{server}(8).
# Everybody on this machine can read this file: keys belong into files of root's, which LoadCredential= passes on
# (systemctl cat trackfit-{server}).
"""

SERVER_FILES = """\
.SH FILES
.TP
.I /etc/trackfit/{server}.conf
Settings for the service, as environment variables.
.TP
.I /lib/systemd/system/trackfit\\-{server}.service
The service; its log is read by journalctl \\-u trackfit\\-{server}.
"""


class Entry:
    """A flag or argument as CLI11 tells it, `--name,--other TYPE=default (Env:NAME)`, and what it does."""

    def __init__(self, head, text):
        self.head = head
        self.text = text
        names, _, self.rest = head.partition(" ")
        self.names = [re.sub(r"\{.*\}", "", name) for name in names.split(",")]
        default = re.match(r"[^=(]*=(.*?)(?: \(Env:|$)", self.rest)
        self.default = default[1] if default else ""
        variable = re.search(r"\(Env:(\w+)\)", self.rest)
        self.variable = variable[1] if variable else None


class Help:
    """What a command says of itself: purpose, usage, groups of entries (that of subcommands among them), and what it ends with."""

    # Groups of entries have such headings; what follows the last of them is the end.
    ENTRY = re.compile(r"^  (\S.*)$")
    MORE = re.compile(r"^ {20,}(\S.*)$")

    def __init__(self, text):
        lines = text.rstrip().splitlines()
        self.purpose = lines[0]
        self.usage = lines[1].removeprefix("Usage: ")
        self.groups = {}
        self.end = []
        group = None
        for number, line in enumerate(lines[2:], 2):
            heading = re.match(r"^(\w[\w ]*):$", line)
            entry, more = self.ENTRY.match(line), self.MORE.match(line)
            if heading and lines[number - 1] == "" and heading[1] != "Examples":
                group = self.groups.setdefault(heading[1], [])
            elif group is not None and more:
                group[-1].text = f"{group[-1].text} {more[1]}".strip()
            elif group is not None and entry:
                group.append(Entry(*(re.split(r" {2,}", entry[1], maxsplit=1) + [""])[:2]))
            elif line or self.end:
                self.end.append(line)
                group = None

    def commands(self):
        return [entry.head for entry in self.groups.get("Subcommands", [])]

    def flags(self):
        return [entry for group in self.groups.values() for entry in group if entry.head.startswith("-")]


class Installation:
    """The programs alone, away from the source tree, so that they name installed places."""

    def __init__(self, bin_folder, root):
        self.root = root
        self.programs = root / "usr/bin"
        self.programs.mkdir(parents=True)
        for name in [*TOOLS, *(f"trackfit-{server}" for server in SERVERS)]:
            shutil.copy2(bin_folder / name, self.programs / name)
        for folder in ("models", "exercises", "web"):
            (root / "usr/share/trackfit" / folder).mkdir(parents=True)

    def help(self, words):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACKFIT_")}
        said = subprocess.run([str(self.programs / words[0]), *words[1:], "--help"], check=True, capture_output=True, text=True,
                              cwd="/", env=environment).stdout
        return Help(said.replace(f"{self.root}/usr", "/usr"))

    def tree(self, words):
        """The help of a command and of all below it, by the words that are typed."""
        found = {tuple(words): self.help(words)}
        for name in found[tuple(words)].commands():
            found |= self.tree([*words, name])
        return found


def troff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def manual(words, said, section, version, see_also, more=""):
    name = "-".join(words)
    date = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or datetime.datetime.now().timestamp()),
                                           datetime.timezone.utc)
    kind = "System Administration" if section == 8 else "User Commands"
    command, _, arguments = said.usage.partition(" [")
    lines = [f'.TH {name.upper()} {section} "{date:%Y-%m-%d}" "TrackFit {version}" "{kind}"',
             ".SH NAME", f"{troff(name)} \\- {troff(said.purpose)}",
             ".SH SYNOPSIS", f".B {troff(command)}", troff(f"[{arguments}"),
             ".SH DESCRIPTION", troff(said.purpose) + "."]
    for title, entries in said.groups.items():
        lines.append(f".SH {title.upper()}" if title in ("Options", "Positionals", "Subcommands") else f".SS {title}")
        for entry in entries:
            lines += [".TP", f"\\fB{', '.join(troff(name) for name in entry.names)}\\fR {troff(entry.rest)}".rstrip(), troff(entry.text)]
    example = False
    for line in said.end:
        if line.startswith("  ") != example:
            example = not example
            lines.append(".EX" if example else ".EE")
        if line == "Examples:":
            lines.append(".SH EXAMPLES")
        elif line:
            lines.append(troff(line))
        elif lines[-1] != ".PP":
            lines.append(".PP")
    if example:
        lines.append(".EE")
    if said.end and "Examples:" not in said.end:
        lines.insert(lines.index(troff(said.end[0])), ".SH NOTES")
    lines += [*more.splitlines(), ".SH SEE ALSO", ",\n".join(f".BR {troff(page)} ({number})" for page, number in see_also)]
    return "\n".join(lines) + "\n"


def unit_environment(unit):
    """What a unit sets, by name."""
    lines = [line.removeprefix("Environment=") for line in unit.read_text().splitlines() if line.startswith("Environment=")]
    return dict(word.split("=", 1) for line in lines for word in line.split())


def settings(server, said, unit):
    fixed = unit_environment(unit)
    lines = [CONF_HEAD.format(server=server)]
    for title, entries in said.groups.items():
        flags = [entry for entry in entries if entry.variable]
        if flags:
            lines.append(f"### {title}\n")
        for flag in flags:
            values = " (true or false)" if any(name.startswith("--no-") for name in flag.names) else ""
            text = f"{', '.join(flag.names)}: {flag.text}{values}"
            lines += [*textwrap.wrap(text, 110, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False),
                      f"#{flag.variable}={fixed.get(flag.variable, flag.default)}", ""]
    return "\n".join(lines)


def completion(tree):
    """Commands and flags of the command line, by what has been typed of them; files otherwise."""
    cases = []
    for words, said in tree.items():
        long = [name for flag in said.flags() for name in flag.names if name.startswith("--")]
        cases.append(f'    "{" ".join(words[1:])}") words="{" ".join([*said.commands(), *long])}" ;;')
    return """\
# Completion of trackfit's commands and flags for bash, made of their --help.
_trackfit() {
  local word=${COMP_WORDS[COMP_CWORD]} typed='' words i
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == -* ]] && break
    typed+="${typed:+ }${COMP_WORDS[i]}"
  done
  while :; do
    words=
    case $typed in
%s
    esac
    [[ -n $words || -z $typed ]] && break
    if [[ $typed == *" "* ]]; then typed=${typed%% *}; else typed=; fi
  done
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _trackfit trackfit
""" % "\n".join(cases)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    bin_folder, units, version, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], pathlib.Path(sys.argv[4])
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(bin_folder, pathlib.Path(folder))
        for server in SERVERS:
            name = f"trackfit-{server}"
            said = installation.help([name])
            see_also = [(f"trackfit-{other}", 8) for other in SERVERS if other != server] + [("trackfit-health", 1)]
            write(out / f"man8/{name}.8", manual([name], said, 8, version, see_also, SERVER_FILES.format(server=server)))
            write(out / f"conf/{server}.conf", settings(server, said, units / f"{name}.service"))
        for tool in TOOLS:
            tree = installation.tree([tool])
            for words, said in tree.items():
                parent = [("-".join(words[:-1]), 1)] if words[1:] else [("trackfit-gateway", 8)]
                below = [("-".join([*words, name]), 1) for name in said.commands()]
                write(out / f"man1/{'-'.join(words)}.1", manual(words, said, 1, version, parent + below))
            if tool == "trackfit":
                write(out / "bash-completion/trackfit", completion(tree))


if __name__ == "__main__":
    main()
