#!/usr/bin/python3
"""Prometheus' rules in deploy/prometheus/rules do what they say: `promtool test rules`, and each of them has a test there.

    rules_test.py        (run in the source tree; exit status 77: skipped)

An alert needs a case in which it fires and one in which it does not; a recording rule, an expression that asks for it.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import expressions
import yaml

TESTS = pathlib.Path("tests/observability/rules")
RUNBOOK = pathlib.Path("docs/runbook.md")
SEVERITIES = {"critical", "warning", "info"}


def untested(rules, tests):
    """What the tests leave out."""
    cases = [case for test in tests for case in test.get("alert_rule_test", [])]
    fires = {case["alertname"] for case in cases if case.get("exp_alerts")}
    rests = {case["alertname"] for case in cases if not case.get("exp_alerts")}
    asked = " ".join(case["expr"] for test in tests for case in test.get("promql_expr_test", []) if case["exp_samples"])
    for rule in rules:
        if "alert" in rule:
            if rule["alert"] not in fires:
                yield f"in no test {rule['alert']} fires"
            if rule["alert"] not in rests:
                yield f"in no test {rule['alert']} does not fire"
        elif not re.search(rf"(?<![\w:]){rule['record']}(?![\w:])", asked):
            yield f"no test asks for {rule['record']}"


def anchors(markdown):
    """The names by which a page's headings are linked to, of those in plain letters."""
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", markdown, re.MULTILINE)}


class Rules(unittest.TestCase):
    def run_tool(self, *words):
        run = subprocess.run(words, capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return run.stdout

    def test_configuration_is_accepted(self):
        found = self.run_tool("promtool", "check", "config", str(expressions.CONFIG))
        self.assertIn(f"{len(expressions.rule_files())} rule files found", found)

    def test_each_file_passes_its_tests(self):
        for path in expressions.rule_files():
            with self.subTest(path.name):
                self.run_tool("promtool", "test", "rules", str(TESTS / f"{path.stem}_test.yml"))

    def test_each_rule_has_a_test(self):
        for path in expressions.rule_files():
            tests = yaml.safe_load((TESTS / f"{path.stem}_test.yml").read_text())["tests"]
            self.assertEqual([*untested(expressions.rules(path), tests)], [], path.name)

    def test_a_rule_without_a_test_is_named(self):
        rules = [{"alert": "A"}, {"alert": "B"}, {"record": "x:y"}]
        tests = [{"alert_rule_test": [{"alertname": "A", "exp_alerts": [{}]}, {"alertname": "B", "exp_alerts": []}],
                  "promql_expr_test": [{"expr": "x:y:z", "exp_samples": [{}]}]}]
        self.assertEqual([*untested(rules, tests)],
                         ["in no test A does not fire", "in no test B fires", "no test asks for x:y"])

    def test_a_wrong_expectation_fails(self):
        path = TESTS / "models_test.yml"
        with tempfile.TemporaryDirectory() as folder:
            spoilt = pathlib.Path(folder) / "test.yml"
            text = path.read_text().replace("../../../deploy", str(pathlib.Path("deploy").resolve()))
            spoilt.write_text(text.replace("'2 versions of the gateway", "'3 versions of the gateway"))
            self.assertNotEqual(spoilt.read_text(), text)
            self.assertNotEqual(subprocess.run(["promtool", "test", "rules", spoilt], capture_output=True).returncode, 0)

    def test_alerts_say_what_to_do(self):
        text = RUNBOOK.read_text()
        headings = anchors(text)
        self.assertEqual({*re.findall(r"^### (\w+)$", text, re.MULTILINE)}, expressions.alerts().keys(), "headings and alerts")
        self.assertLessEqual({*re.findall(r"\]\(#([\w-]+)\)", text)}, headings, "links within the page")
        names = [rule["alert"] for rule in expressions.all_rules() if "alert" in rule]
        self.assertEqual(len(names), len(set(names)), "two alerts have one name")
        for name, rule in expressions.alerts().items():
            with self.subTest(name):
                self.assertIn(rule["labels"]["severity"], SEVERITIES)
                self.assertEqual(rule["annotations"].keys(), {"summary", "description", "runbook"})
                self.assertIn("$value", rule["annotations"]["description"])
                self.assertEqual(rule["annotations"]["runbook"], f"{RUNBOOK}#{name.lower()}")
                self.assertIn(name.lower(), headings, f"{RUNBOOK} has no heading {name}")


class Alertmanager(unittest.TestCase):
    @unittest.skipUnless(shutil.which("amtool"), "amtool is not installed")
    def test_configuration_is_accepted(self):
        run = subprocess.run(["amtool", "check-config", "deploy/alertmanager/alertmanager.yml"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_every_route_leads_to_a_receiver_and_every_rule_of_silence_to_an_alert(self):
        config = yaml.safe_load(pathlib.Path("deploy/alertmanager/alertmanager.yml").read_text())
        receivers = {receiver["name"] for receiver in config["receivers"]}
        routes = [config["route"], *config["route"].get("routes", [])]
        self.assertLessEqual({route["receiver"] for route in routes if "receiver" in route}, receivers)
        matchers = [matcher for rule in config["inhibit_rules"] for matcher in rule["source_matchers"] + rule["target_matchers"]]
        names = [name for matcher in matchers if matcher.startswith("alertname")
                 for name in re.search(r'"(.*)"', matcher)[1].split("|")]
        self.assertTrue(names)
        self.assertLessEqual(set(names), expressions.alerts().keys())


if __name__ == "__main__":
    if not shutil.which("promtool"):
        print("skipped: promtool is not installed")
        sys.exit(77)
    unittest.main()
