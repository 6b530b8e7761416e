#!/usr/bin/python3
"""Grafana's dashboards in deploy/grafana are as Grafana takes them, and panels explain themselves. Run in the source tree."""

import copy
import pathlib
import re
import unittest

import expressions
import yaml

TYPES = {"timeseries", "stat", "table", "heatmap"}
UNITS = {"none", "short", "s", "percentunit", "ops", "bytes"}
COLUMNS = 24
DASHBOARD_KEYS = {"uid", "title", "description", "tags", "schemaVersion", "version", "editable", "graphTooltip", "refresh",
                  "time", "timezone", "links", "annotations", "templating", "panels"}
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def overlap(a, b):
    return a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]


def complaints_about_panel(panel):
    if panel["type"] not in TYPES:
        yield f"type {panel['type']}"
    for key in ("title", "description"):
        if not panel.get(key, "").strip():
            yield f"no {key}"
    if panel.get("datasource") != DATASOURCE:
        yield "another data source than the dashboard's"
    unit = panel["fieldConfig"]["defaults"].get("unit")
    if unit not in UNITS:
        yield f"unit {unit}"
    position = panel["gridPos"]
    x, y, w, h = (position[key] for key in "xywh")
    if min(x, y) < 0 or min(w, h) <= 0 or x + w > COLUMNS:
        yield f"lies at {position}"
    if not panel.get("targets"):
        yield "no expression"
    references = [target.get("refId") for target in panel.get("targets", [])]
    if len(set(references)) != len(references):
        yield "two targets have one refId"
    for target in panel.get("targets", []):
        if not target.get("expr", "").strip():
            yield "no expression"
        if not target.get("legendFormat", "").strip():
            yield "no legend"
        # A legend's label must be one that the expression leaves.
        groups = expressions.grouping_labels(target.get("expr", ""))
        for label in re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", "")):
            if re.search(r"\bby\s*\(", target["expr"]) and label not in groups:
                yield f"its legend names {label}, which is summed over"


def complaints_about(dashboard):
    if dashboard.keys() != DASHBOARD_KEYS:
        yield f"keys that are missing or too many: {sorted(dashboard.keys() ^ DASHBOARD_KEYS)}"
    if dashboard["schemaVersion"] < 39:
        yield "an old schemaVersion"
    variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
    if variables.get("datasource", {}).get("query") != "prometheus" or variables["datasource"]["type"] != "datasource":
        yield "no variable for the data source"
    panels = dashboard["panels"]
    ids = [panel["id"] for panel in panels]
    if len(set(ids)) != len(ids):
        yield "two panels have one id"
    for panel in panels:
        for complaint in complaints_about_panel(panel):
            yield f"{panel.get('title')}: {complaint}"
    for number, panel in enumerate(panels):
        for other in panels[:number]:
            if overlap(panel["gridPos"], other["gridPos"]):
                yield f"{panel['title']} lies over {other['title']}"


class Dashboards(unittest.TestCase):
    def test_each_is_as_grafana_takes_it(self):
        found = expressions.dashboards()
        self.assertGreaterEqual(len(found), 5)
        for path, dashboard in found.items():
            self.assertEqual([*complaints_about(dashboard)], [], path)
        for key in ("uid", "title"):
            values = [dashboard[key] for dashboard in found.values()]
            self.assertEqual(len(values), len(set(values)), f"two dashboards have one {key}")

    def test_each_disorder_is_named(self):
        good = next(iter(expressions.dashboards().values()))

        def spoil(change):
            dashboard = copy.deepcopy(good)
            change(dashboard["panels"])
            return "\n".join(complaints_about(dashboard))

        self.assertIn("one id", spoil(lambda panels: panels[1].update(id=panels[0]["id"])))
        self.assertIn("lies over", spoil(lambda panels: panels[1].update(gridPos=panels[0]["gridPos"])))
        self.assertIn("lies at", spoil(lambda panels: panels[0]["gridPos"].update(x=20)))
        self.assertIn("unit parsecs", spoil(lambda panels: panels[0]["fieldConfig"]["defaults"].update(unit="parsecs")))
        self.assertIn("no expression", spoil(lambda panels: panels[0]["targets"][0].update(expr=" ")))
        self.assertIn("no expression", spoil(lambda panels: panels[0].update(targets=[])))
        self.assertIn("no description", spoil(lambda panels: panels[0].update(description="")))
        self.assertIn("summed over", spoil(lambda panels: panels[0]["targets"][0].update(
            expr="sum by (job) (up)", legendFormat="{{instance}}")))

    def test_provisioning_finds_them(self):
        folder = pathlib.Path("deploy/grafana/provisioning")
        sources = yaml.safe_load((folder / "datasources/prometheus.yml").read_text())["datasources"]
        self.assertIn("prometheus", [source["type"] for source in sources])
        options = yaml.safe_load((folder / "dashboards/trackfit.yml").read_text())["providers"][0]["options"]
        grafana = yaml.safe_load(pathlib.Path("docker-compose.yml").read_text())["services"]["grafana"]
        self.assertIn(f"./{expressions.DASHBOARDS}:{options['path']}:ro", grafana["volumes"])
        self.assertIn(f"./{folder}:/etc/grafana/provisioning:ro", grafana["volumes"])
        self.assertRegex(grafana["image"], r"^grafana/grafana-oss:\d+\.\d+\.\d+$")
        home = pathlib.Path(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
        self.assertTrue((expressions.DASHBOARDS / home.name).exists())


class Expressions(unittest.TestCase):
    """What the other tests here read out of expressions."""

    def test_series_are_found(self):
        expression = ('sum by (le) (rate(a_bucket{x="1",y=~"b|c"}[5m])) / on (x) (n:o:p offset 1d) > 2e6 '
                      "and min_over_time(d[1h]) unless up == 1")
        self.assertEqual([*expressions.selectors(expression)],
                         [("a_bucket", [("x", "=", "1"), ("y", "=~", "b|c")]), ("n:o:p", []), ("d", []), ("up", [])])
        self.assertEqual(expressions.grouping_labels(expression), {"le", "x"})

    def test_unknown_names_are_told(self):
        labels = {"trackfit_frames_total": {"status": {"pose"}.__contains__}}
        sources = {"a": 'rate(trackfit_frames_total{status="pose",job="trackfit-gateway"}[5m])', "b": "trackfit_frames",
                   "c": 'trackfit_frames_total{status=~"pose|POSE"}', "d": 'trackfit_frames_total{state="pose"}',
                   "e": "sum by (colour) (trackfit_frames_total)", "f": 'up{job="gateway"}', "g": " "}
        original = expressions.sources
        expressions.sources = lambda: sources.items()
        try:
            self.assertEqual([*expressions.unknown_names(labels)],
                             ["b: there is no trackfit_frames", 'c: trackfit_frames_total never has status="POSE"',
                              "d: trackfit_frames_total has no label state", "e: groups by colour, which no metric has",
                              'f: up never has job="gateway"', "g: there is no expression"])
        finally:
            expressions.sources = original


if __name__ == "__main__":
    unittest.main()
