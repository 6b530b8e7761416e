#!/usr/bin/python3
"""Dockerfile, docker-compose and what else starts the servers name flags, targets and files that there are, and open nothing else.

    configurations_test.py FOLDER_OF_THE_EXECUTABLES        (run in the source tree)
"""

import fnmatch
import json
import pathlib
import re
import subprocess
import sys
import unittest

import yaml

BINARIES = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else "build/release/bin")
DOCKERFILE = pathlib.Path("deploy/Dockerfile").read_text()
COMPOSE = yaml.safe_load(pathlib.Path("docker-compose.yml").read_text())
SERVERS = ("extractor", "inferencer", "gateway")


def stages():
    """{name: instructions} of the Dockerfile, continued lines joined."""
    text = re.sub(r"\\\n(?:\s*#.*\n)*", "", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    found = {}
    for line in text.splitlines():
        if match := re.match(r"FROM (\S+) AS (\S+)", line):
            current = found[match[2]] = [("FROM", match[1])]
        elif line and found:
            current.append(tuple(line.split(maxsplit=1)))
    return found


def inherited(name):
    """The instructions of a stage and of those that it is built on, the latest last."""
    own = stages()[name]
    base = own[0][1]
    return (inherited(base) if base in stages() else []) + own


def last(name, instruction):
    found = [rest for word, rest in inherited(name) if word == instruction]
    return found[-1] if found else None


def ignored():
    return [line for line in pathlib.Path(".dockerignore").read_text().splitlines() if line and not line.startswith("#")]


def kept():
    return [rule.removeprefix("!") for rule in ignored() if rule.startswith("!")]


def flags_of(program):
    said = subprocess.run([BINARIES / program, "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return set(re.findall(r"--([a-z][a-z-]+)", said))


def environment_names(program):
    return {"TRACKFIT_" + flag.upper().replace("-", "_") for flag in flags_of(program)}


def published(service):
    return [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", port) for port in service.get("ports", [])]


class Images(unittest.TestCase):
    def test_version_is_that_of_the_project(self):
        version = re.search(r"^project\(\w+ VERSION ([\d.]+)", pathlib.Path("CMakeLists.txt").read_text(), re.MULTILINE)[1]
        self.assertEqual(set(re.findall(r"^ARG VERSION=(.*)$", DOCKERFILE, re.MULTILINE)), {version})

    def test_each_is_from_nothing_says_what_it_is_and_runs_without_rights(self):
        for name in ("extractor", "inferencer", "gateway", "gateway-uploads", "trackfit", "prometheus", "alertmanager"):
            self.assertEqual(inherited(name)[0], ("FROM", "scratch"), name)
            self.assertIn(last(name, "USER"), ("10001:10001", "prometheus"))
            self.assertIsNotNone(last(name, "ENTRYPOINT"), name)
            labels = " ".join(rest for word, rest in inherited(name) if word == "LABEL")
            for label in ("title", "description", "version", "revision", "licenses"):
                self.assertIn(f"org.opencontainers.image.{label}=", labels, name)
            if name != "trackfit":
                self.assertTrue(last(name, "HEALTHCHECK"), name)
                self.assertIn("CMD [", last(name, "HEALTHCHECK"))  # there is no shell

    def test_what_is_copied_is_there_and_in_the_context(self):
        dropped = [rule for rule in ignored() if not rule.startswith("!") and rule != "*"]
        for name, instructions in stages().items():
            for word, rest in instructions:
                if word != "COPY" or "--from" in rest:
                    continue
                for source in rest.split()[:-1]:
                    self.assertTrue(pathlib.Path(source).exists(), f"{name} copies {source}")
                    kept_by = [path for path in kept() if f"{source}/".startswith(f"{path}/") or path.startswith(f"{source}/")]
                    self.assertTrue(kept_by, f"{name} copies {source}, which .dockerignore leaves out")
                    self.assertFalse([rule for rule in dropped if fnmatch.fnmatch(source, rule)])

    def test_what_the_build_reads_is_copied_into_it(self):
        copied = [source for word, rest in stages()["build"] if word == "COPY" for source in rest.split()[:-1]]
        for word, rest in stages()["build"]:
            if word == "RUN":
                built = set(re.findall(r"(trackfit-[\w-]+|\btrackfit\b)", rest.split("--target")[1].split("&&")[0]))
        for path in pathlib.Path(".").glob("*/*/CMakeLists.txt"):
            if path.parts[0] in ("libs", "services", "tools"):
                self.assertTrue(any(str(path).startswith(f"{folder}/") for folder in copied), path)
                self.assertTrue(any(str(path).startswith(f"{folder}/") for folder in kept()), f"{path} and .dockerignore")
        used = set(re.findall(r"--program build/(\S+)", DOCKERFILE))
        self.assertEqual(used, built)

    def test_their_environment_is_of_flags_that_there_are(self):
        for name in SERVERS:
            found = re.findall(r"(TRACKFIT_\w+)=", " ".join(rest for word, rest in inherited(name) if word == "ENV"))
            self.assertGreater(len(found), 3)
            self.assertEqual(set(found) - environment_names(f"trackfit-{name}"), set(), name)


class Compose(unittest.TestCase):
    def test_services_are_hardened_and_limited(self):
        for name, service in COMPOSE["services"].items():
            self.assertTrue(service["read_only"], name)
            self.assertEqual(service["cap_drop"], ["ALL"], name)
            self.assertEqual(service["security_opt"], ["no-new-privileges:true"], name)
            if "profiles" not in service or name == "grafana":
                self.assertIn("memory", service["deploy"]["resources"]["limits"], name)
                self.assertIn("pids", service["deploy"]["resources"]["limits"], name)

    def test_only_the_gateway_is_published_and_dashboards_to_this_machine(self):
        open_to_all = {}
        for name, service in COMPOSE["services"].items():
            for port in published(service):
                if not port.startswith("127.0.0.1:"):
                    open_to_all.setdefault(name, set()).add(port)
        self.assertEqual(open_to_all, {"gateway": {"8000:8000", "8080:8080"}})

    def test_they_are_built_from_targets_that_there_are(self):
        for name, service in COMPOSE["services"].items():
            if "build" in service:
                target = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", service["build"]["target"])
                self.assertIn(target, stages(), name)

    def test_their_arguments_are_those_of_the_dockerfile(self):
        arguments = set(re.findall(r"^ARG (\w+)", DOCKERFILE, re.MULTILINE))
        for service in COMPOSE["services"].values():
            if "build" in service:
                self.assertLessEqual(set(service["build"]["args"]), arguments)

    def test_prometheus_scrapes_the_ports_of_the_images(self):
        config = yaml.safe_load(pathlib.Path("deploy/prometheus/prometheus.yml").read_text())
        for job in config["scrape_configs"]:
            (target,) = job["dns_sd_configs"]
            (name,) = target["names"]
            self.assertIn(f"TRACKFIT_METRICS_LISTEN=0.0.0.0:{target['port']}", json.dumps(stages()) + json.dumps(inherited(name)))
            self.assertIn(str(target["port"]), last(name, "EXPOSE").split())


class Secured(unittest.TestCase):
    OVERLAY = yaml.safe_load(pathlib.Path("compose.tls.yml").read_text())

    def test_servers_are_told_of_flags_that_there_are_and_of_secrets_that_they_get(self):
        self.assertEqual(set(self.OVERLAY["services"]), set(SERVERS))
        for name, service in self.OVERLAY["services"].items():
            self.assertEqual(set(service["environment"]) - environment_names(f"trackfit-{name}"), set(), name)
            used = set(re.findall(r"/run/secrets/([\w.]+)", json.dumps(service)))
            self.assertEqual(used, set(service["secrets"]), name)
            self.assertLessEqual(used, set(self.OVERLAY["secrets"]))
            probe = {word.removeprefix("--") for word in service["healthcheck"]["test"] if word.startswith("--")}
            self.assertLessEqual(probe, flags_of("trackfit-health"))


class Swarm(unittest.TestCase):
    STACK = yaml.safe_load(pathlib.Path("deploy/swarm/stack.yml").read_text())["services"]

    def test_services_are_those_of_compose_with_their_images(self):
        compose = {name: service for name, service in COMPOSE["services"].items() if "profiles" not in service}
        self.assertEqual(self.STACK.keys(), compose.keys())
        for name, service in self.STACK.items():
            self.assertEqual(service["image"], "${TRACKFIT_REGISTRY:-}" + compose[name]["image"], name)
            self.assertEqual(service["deploy"]["resources"]["limits"], compose[name]["deploy"]["resources"]["limits"], name)
            self.assertTrue(service["read_only"], name)
            self.assertEqual(service["cap_drop"], ["ALL"], name)

    def test_names_lead_to_all_replicas_and_only_gateways_are_published(self):
        for name, service in self.STACK.items():
            self.assertEqual(service["deploy"]["endpoint_mode"], "dnsrr", name)
            self.assertEqual("ports" in service, name == "gateway")
        self.assertEqual({(port["published"], port["mode"]) for port in self.STACK["gateway"]["ports"]}, {(8000, "host"), (8080, "host")})

    def test_replicas_are_changed_one_at_a_time(self):
        for name in SERVERS:
            update = self.STACK[name]["deploy"]["update_config"]
            self.assertEqual((update["parallelism"], update["failure_action"]), (1, "rollback"))
            self.assertEqual(update["order"], "stop-first" if name == "gateway" else "start-first")  # a port is one gateway's


if __name__ == "__main__":
    unittest.main()
