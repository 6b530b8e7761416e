#!/usr/bin/python3
"""Holds docs/metrics.md against the three servers: streams, makes mistakes, and compares what /metrics shows with the tables; and
holds Prometheus' rules and Grafana's dashboards in deploy/ against these: what they ask for is there, and rows name their alerts.

    metrics_vocabulary.py SCRATCH GATEWAY EXTRACTOR INFERENCER      (run in the source tree)

Each server is HOST:GRPC_PORT:METRICS_PORT. SCRATCH holds frames/*.jpg, a squat at 30 frames a second. Exit status 77: skipped.

A new metric needs a row in the table of its server and nothing here. A metric that only appears when something breaks gets a † there.
"""

import functools
import importlib
import itertools
import pathlib
import re
import sys
import time
import urllib.request

try:
    import grpc
except ImportError:
    print("skipped: python3-grpcio is not installed")
    sys.exit(77)

sys.path[:0] = [str(pathlib.Path(folder).resolve()) for folder in ("tests/interop", "tests/observability")]
import analyze_client  # noqa: E402
import expressions  # noqa: E402

PAGE = pathlib.Path("docs/metrics.md")
SERVERS = ("gateway", "extractor", "inferencer")
SECTIONS = {"Every server": SERVERS, "Gateway": ("gateway",), "Extractor": ("extractor",), "Inferencer": ("inferencer",)}
CODES = {code.name for code in grpc.StatusCode}
HOSTILE = ["x" * 1000, 'squat"} 1\ntrackfit_forged_total{a="', "../../squat", "SQUAT", "unknown", "other"]


def read(pattern, text):
    match = re.fullmatch(pattern, text)
    if not match:
        sys.exit(f'{PAGE}: "{text}" is not of the form {pattern}')
    return match.groups()


def conditions():
    """The codes that deploy/exercises names."""
    return {code for path in pathlib.Path("deploy/exercises").glob("*.yaml")
            for code in re.findall(r"\bcode: *(\w+)", path.read_text())}


class Metric:
    """A row of the page: labels are {name: (listed values, named sets)}."""

    def __init__(self, cells, exercises, coached):
        name, self.type, labels, _, alerts = cells
        self.name, self.on_events = read(r"`(trackfit_[a-z0-9_]+)`( †)?", name)
        self.alerts = {read(r"\[(\w+)\]\(runbook\.md#(\w+)\)", alert) for alert in filter(None, alerts.split(", "))}
        self.labels = {}
        sets = {"an exercise": exercises.__contains__, "a coached one": coached.__contains__,
                "a condition": conditions().__contains__, "a code": CODES.__contains__,
                "a version": re.compile(r"\d+(\.\d+)*").fullmatch, "a model": re.compile(r"[\w.-]{1,64}").fullmatch,
                "a tenant": re.compile(r"[\w.-]{1,64}").fullmatch}
        for label in filter(None, labels.split("; ")):
            key, values = read(r"`(\w+)`: (.+)", label)
            listed = set(re.findall(r"`([^`]+)`", values))
            named = [value for value in values.split(", ") if not value.startswith("`")]
            self.labels[key] = (listed, [sets[value] for value in named])

    def may_have(self, label, value):
        listed, named = self.labels[label]
        return value in listed or any(is_in(value) for is_in in named)


def read_page(exercises, coached):
    """{server: {name: Metric}}."""
    documented = {server: {} for server in SERVERS}
    servers = ()
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            servers = SECTIONS.get(line[3:], ())
        elif servers and line.startswith("| `"):
            metric = Metric([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]], exercises, coached)
            for server in servers:
                assert metric.name not in documented[server], f"{metric.name} has two rows for the {server}"
                documented[server][metric.name] = metric
    return documented


def scrape(address):
    """{name: (type, [labels of each series], bounds of its buckets)}."""
    host, _, port = address.split(":")
    page = urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=10).read().decode()
    shown = {}
    for line in page.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            shown[name] = (kind, [], set())
        elif line and not line.startswith("#"):
            name, labels = re.match(r"(\w+)(?:\{(.*)\})? ", line).groups()
            if name not in shown:
                name = re.sub(r"_(bucket|sum|count)$", "", name)
            series = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or ""))
            if "le" in series:
                shown[name][2].add(series.pop("le"))
            shown[name][1].append(series)
    return shown


def differences(documented, shown):
    """What the page says and a server does not show, and the other way round."""
    for name in sorted(shown.keys() - documented.keys()):
        yield f"{name} has no row"
    for name, metric in documented.items():
        if name not in shown:
            if not metric.on_events:
                yield f"{name} is never shown; where only an event brings it about, mark it with †"
            continue
        kind, series, _ = shown[name]
        if kind != metric.type:
            yield f"{name} is a {kind}, not a {metric.type}"
        for labels in series:
            if labels.keys() != metric.labels.keys():
                yield f"{name} has the labels {sorted(labels)}, not {sorted(metric.labels)}"
                break
            for key, value in labels.items():
                if not metric.may_have(key, value):
                    yield f'{name} has {key}="{value[:80]}", which the page does not list'


def never_seen(documented, shown):
    """Values that the page lists and no server shows."""
    for name in sorted({name for metrics in documented.values() for name in metrics}):
        rows = [documented[server][name] for server in SERVERS if name in documented[server]]
        series = [labels for server in SERVERS for labels in shown[server].get(name, ("", []))[1]]
        if any(row.on_events for row in rows):
            continue
        for key, (listed, named) in rows[0].labels.items():
            if not named:  # `unknown` beside the exercises is one that may come or not
                for value in sorted(listed - {labels.get(key) for labels in series}):
                    yield f'{name}{{{key}="{value}"}} is never shown'


class Traffic:
    """All calls that there are, right ones and hostile ones."""

    def __init__(self, scratch, addresses):
        folder = scratch / "python"
        folder.mkdir()
        analyze_client.compile_contract(folder)
        self.frames = scratch / "frames"
        self.stubs = {}
        for server, address in zip(SERVERS, addresses):
            module = importlib.import_module(f"trackfit.v1.{server}_pb2")
            stubs = importlib.import_module(f"trackfit.v1.{server}_pb2_grpc")
            channel = grpc.insecure_channel(address.rpartition(":")[0])
            stub = getattr(stubs, f"{server.capitalize()}ServiceStub")(channel)
            self.stubs[server] = (stub, module)

    def analyze(self, expected, messages):
        stub, module = self.stubs["gateway"]
        requests = itertools.chain([{"config": {"expected_exercise": expected}}], messages)
        return list(stub.Analyze((module.AnalyzeRequest(**request) for request in requests), timeout=120))

    def stream_frames(self):
        """The poses in them, and the exercises that the model and the coach know."""
        pictures = [path.read_bytes() for path in sorted(self.frames.glob("*.jpg"))]
        frames = [{"frame": {"sequence": number, "timestamp_us": number * 33333, "encoded": picture}}
                  for number, picture in enumerate([*pictures, b"no picture"])]
        responses = self.analyze("squat", frames)
        return ([response.frame_result.pose for response in responses if response.frame_result.HasField("pose")],
                set(responses[0].started.exercises), set(responses[0].started.coached_exercises))

    def call_once(self, poses):
        stub, module = self.stubs["extractor"]
        picture = next(self.frames.glob("*.jpg")).read_bytes()
        stub.Extract(module.ExtractRequest(frame={"encoded": picture}), timeout=60)
        stub, module = self.stubs["inferencer"]
        stub.Infer(module.InferRequest(poses=poses), timeout=60)
        return set(stub.GetModel(module.GetModelRequest(), timeout=60).exercises)

    def attack(self, poses):
        """Names exercises that are none, in all places that take a name."""
        stub, module = self.stubs["inferencer"]
        pose_messages = [{"pose": pose} for pose in poses]
        for name in HOSTILE:
            configured = [module.InferStreamRequest(config={"expected_exercise": name}),
                          *(module.InferStreamRequest(pose=pose) for pose in poses)]
            for call in (lambda: self.analyze(name, pose_messages),
                         lambda: stub.Infer(module.InferRequest(poses=poses, expected_exercise=name), timeout=60),
                         lambda: list(stub.InferStream(iter(configured), timeout=60))):
                try:
                    call()
                    sys.exit(f"a session that expects {name!r} is not refused")
                except grpc.RpcError as error:
                    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error


def undocumented_names(documented):
    """Metrics that other files speak of."""
    known = {name for metrics in documented.values() for name in metrics}
    for path in [pathlib.Path("README.md"), pathlib.Path("docs/runbook.md"), *pathlib.Path("deploy/prometheus").glob("*.yml")]:
        for name in sorted(set(re.findall(r"\btrackfit_[a-z0-9_]+", path.read_text()))):
            if re.sub(r"_(bucket|sum|count)$", "", name) not in known:
                yield f"{path} speaks of {name}"


def wrong_alerts(documented):
    """Alerts in the rows of other metrics than those that they rest on."""
    rules = expressions.alerts()
    rows = {metric.name: metric for metrics in documented.values() for metric in metrics.values()}
    for name, metric in rows.items():
        resting = {alert for alert, rule in rules.items() if name in expressions.metrics_behind(rule["expr"])}
        named = {alert for alert, _ in metric.alerts}
        for alert in sorted(resting ^ named):
            yield f"{name}: {alert} {'rests on it, and its row does not say so' if alert in resting else 'does not rest on it'}"
        for alert, anchor in metric.alerts:
            if anchor != alert.lower():
                yield f"{name}: {alert} leads to {anchor}"


def asked_for_in_vain(documented, shown):
    """What rules and dashboards name and no server shows, be it a metric, a label or a value."""
    yield from expressions.unknown_names({name: {key: functools.partial(metric.may_have, key) for key in metric.labels}
                                          for metrics in documented.values() for name, metric in metrics.items()})
    bounds = {name: buckets for page in shown.values() for name, (_, _, buckets) in page.items()}
    for where, expression in expressions.sources():
        for name, matchers in expressions.selectors(expression):
            for label, _, value in matchers:
                if label == "le" and value not in bounds.get(name.removesuffix("_bucket"), {value}):
                    yield f'{where}: {name} has no bucket le="{value}"'


def main():
    scratch, addresses = pathlib.Path(sys.argv[1]), sys.argv[2:]
    traffic = Traffic(scratch, addresses)
    poses, exercises, coached = traffic.stream_frames()
    assert exercises == traffic.call_once(poses)
    traffic.analyze("push_up", ({"pose": pose} for pose in poses))
    traffic.attack(poses)

    documented = read_page(exercises, coached)
    in_files = [*undocumented_names(documented), *wrong_alerts(documented)]
    for _ in range(50):  # a stream is counted a little after its client has seen it end
        shown = {server: scrape(address) for server, address in zip(SERVERS, addresses)}
        found = [f"{server}: {difference}" for server in SERVERS
                 for difference in differences(documented[server], shown[server])]
        found += [*never_seen(documented, shown), *in_files, *asked_for_in_vain(documented, shown)]
        if not found:
            break
        time.sleep(0.1)
    if found:
        sys.exit(f"{PAGE} and the servers differ:\n" + "\n".join(found))
    print(f"{sum(map(len, shown.values()))} metrics as {PAGE} says")


if __name__ == "__main__":
    main()
