#!/usr/bin/python3
"""A Prometheus that scrapes real servers at work has something to show for every panel and every recording rule of deploy/.

    live_test.py FOLDER_OF_THE_EXECUTABLES [--seconds S]        (run in the source tree; exit status 77: skipped)

Clients send frames and skeletons, come and go, and post a video (`trackfit load`). Panels whose description says that they are
empty unless something breaks need only be understood, and so do alerts.
"""

import argparse
import json
import math
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import expressions
import yaml

sys.path.insert(0, str(pathlib.Path("tests/chaos").resolve()))
from chaos import WEIGHTS, Server, require, say  # noqa: E402


class Prometheus:
    """Debian's, with the rules of deploy/, in a hurry."""

    def __init__(self, scratch, servers):
        config = yaml.safe_load(expressions.CONFIG.read_text())
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "2s"}
        config["rule_files"] = [str(path.resolve()) for path in expressions.rule_files()]
        del config["alerting"]
        config["scrape_configs"] = [
            {"job_name": f"trackfit-{server.name}", "static_configs": [{"targets": [f"127.0.0.1:{server.ports['metrics']}"]}]}
            for server in servers]
        require({job["job_name"] for job in config["scrape_configs"]} == expressions.jobs(), "jobs are not those of deploy/")
        path = scratch / "prometheus.yml"
        path.write_text(yaml.safe_dump(config))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        log = (scratch / "prometheus.log").open("w")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={path}", f"--storage.tsdb.path={scratch / 'tsdb'}",
             f"--web.listen-address={self.address}"],
            stdout=log, stderr=log)
        self.wait_until_ready()

    def wait_until_ready(self):
        deadline = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=5):
                    return
            except OSError:
                require(self.process.poll() is None and time.monotonic() < deadline, "Prometheus does not start")
                time.sleep(0.1)

    def get(self, path, **parameters):
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["error"]) from error

    def samples(self, expression):
        """Values that are numbers."""
        values = [float(sample["value"][1]) for sample in self.get("query", query=expression)["result"]]
        return [value for value in values if not math.isnan(value)]


def complaints(prometheus):
    """Panels and rules that fail, or are empty and should not be."""
    for path, dashboard in expressions.dashboards().items():
        for panel in expressions.panels(dashboard):
            for target in panel["targets"]:
                where = f"{path.name}: {panel['title']}, {target['refId']}"
                try:
                    found = prometheus.samples(expressions.expand(target["expr"]))
                except ValueError as error:
                    yield f"{where}: {error}"
                    continue
                if not found and not panel["description"].endswith(expressions.RARE):
                    yield f"{where} is empty: {target['expr']}"
    for group in prometheus.get("rules")["groups"]:
        for rule in group["rules"]:
            if rule["health"] != "ok":
                yield f"{rule['name']}: {rule['health']}, {rule.get('lastError')}"
    for name in expressions.records():
        if not prometheus.samples(name):
            yield f"{name} is empty"


def post(address, clip):
    request = urllib.request.Request(f"http://{address}/v1/analyze", data=clip.read_bytes(), method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


def run(options, scratch, servers, started):
    extractor, inferencer, gateway = servers
    clip = scratch / "squat.mp4"
    subprocess.run([options.binaries / "trackfit", "synthesize", "--exercise", "squat", "--repetitions", "2", "--output", clip],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for server in servers:
        if server is gateway:
            server.flags += ("--extractor", extractor.address, "--inferencer", inferencer.address)
        server.start()
    prometheus = Prometheus(scratch, servers)
    started.append(prometheus.process)

    def clients(*flags):
        log = (scratch / "clients.log").open("a")
        started.append(subprocess.Popen(
            [options.binaries / "trackfit", "load", clip, "--gateway", gateway.address, "--seconds", str(options.seconds + 30),
             "--sessions", "2", "--fps", "12", "--churn", "0.3", "--expected", "squat", "--no-compare", "--quiet", *flags],
            stdout=log, stderr=log))

    clients("--pose-model", "lite")
    clients("--poses")
    post(f"127.0.0.1:{gateway.ports['http']}", clip)
    deadline = time.monotonic() + options.seconds
    found = ["nothing was looked at"]
    while found and time.monotonic() < deadline:
        time.sleep(2)
        require(all(process.poll() is None for process in started), "a client or Prometheus has ended before its time")
        found = [*complaints(prometheus)]
    require(not found, "\n".join(["Prometheus shows not all that it should:", *found]))
    # It would have told.
    require(not prometheus.samples('trackfit_frames_total{status="nothing"}'), "empty is not seen as empty")
    return sum(len(panel["targets"]) for dashboard in expressions.dashboards().values()
               for panel in expressions.panels(dashboard))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries", type=pathlib.Path, help="folder of the executables")
    parser.add_argument("--seconds", type=float, default=45, help="until all must be there (default %(default)s)")
    options = parser.parse_args()
    if not shutil.which("prometheus"):
        print("skipped: Prometheus is not installed")
        return 77
    if not WEIGHTS.exists():
        print("skipped: no BlazePose weights; run tools/setup")
        return 77
    with tempfile.TemporaryDirectory(prefix="trackfit-live-") as folder:
        scratch = pathlib.Path(folder)
        servers = [Server(options.binaries, scratch, "extractor", "--model", "lite", "--drain-grace", "1"),
                   Server(options.binaries, scratch, "inferencer", "--drain-grace", "1"),
                   Server(options.binaries, scratch, "gateway", "--http-listen", "127.0.0.1:0", "--drain-grace", "1")]
        started = []  # beside them
        try:
            panels = run(options, scratch, servers, started)
        except AssertionError as error:
            say(f"FAILED: {error}")
            for log in sorted(scratch.glob("*.log")):
                print(f"-- {log.name}\n" + "\n".join(log.read_text().splitlines()[-15:]))
            return 1
        finally:
            for process in started:
                process.terminate()
                process.wait(timeout=30)
            for server in reversed(servers):
                if server.process and server.process.poll() is None:
                    server.end(signal.SIGTERM)
    say(f"{panels} expressions of panels and {len(expressions.all_rules())} rules: all have something to show")
    return 0


if __name__ == "__main__":
    sys.exit(main())
