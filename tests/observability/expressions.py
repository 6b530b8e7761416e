"""What Prometheus' rules and Grafana's dashboards in deploy/ ask for: their expressions, and the series that these name."""

import functools
import json
import pathlib
import re

import yaml

RULES = pathlib.Path("deploy/prometheus/rules")
DASHBOARDS = pathlib.Path("deploy/grafana/dashboards")
CONFIG = pathlib.Path("deploy/prometheus/prometheus.yml")
FROM_PROMETHEUS = {"up", "ALERTS"}  # series that it makes itself
RARE = "Empty unless something breaks."  # ends the description of a panel that is

MATCHER = re.compile(r'\s*(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*,?')
# A name, and the braces behind it; neither a function nor a word of the language.
SELECTOR = re.compile(r"(?<![\w:.$])([a-zA-Z_][\w:]*)(?![\w:]*\s*\()(\{[^}]*\})?")
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
WORDS = {"and", "or", "unless", "offset", "bool", "by", "without", "on", "ignoring", "group_left", "group_right", "inf", "nan"}


def rule_files():
    return sorted(RULES.glob("*.yml"))


@functools.cache
def rules(path):
    """All rules of a file, alerts and records."""
    return [rule for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]


def all_rules():
    return [rule for path in rule_files() for rule in rules(path)]


def records():
    return {rule["record"]: rule["expr"] for rule in all_rules() if "record" in rule}


def alerts():
    return {rule["alert"]: rule for rule in all_rules() if "alert" in rule}


@functools.cache
def dashboards():
    """{path: dashboard}."""
    return {path: json.loads(path.read_text()) for path in sorted(DASHBOARDS.glob("*.json"))}


def panels(dashboard):
    """Those that show data, and those in collapsed rows."""
    for panel in dashboard["panels"]:
        yield from panel.get("panels", [])
        if panel["type"] not in ("row", "text"):
            yield panel


def expand(expression):
    """With Grafana's variables as in a dashboard that shows the last quarter of an hour."""
    for name, value in {"$__rate_interval": "30s", "$__interval": "15s", "$__range": "15m"}.items():
        expression = expression.replace(name, value)
    return expression


def selectors(expression):
    """(name, [(label, operator, value)]) of each series that is asked for."""
    bare = re.sub(r"#.*", "", expression)
    bare = GROUPING.sub(" ", bare)
    bare = re.sub(r"\[[^\]]*\]", " ", bare)
    # What is in quotes outside of braces is an argument of a function.
    bare = re.sub(r'\{[^}]*\}|"(?:[^"\\]|\\.)*"', lambda match: match[0] if match[0][0] == "{" else " ", bare)
    bare = re.sub(r"\boffset\s+\w+", " ", bare)
    for name, braces in SELECTOR.findall(bare):
        if name.lower() not in WORDS:
            yield name, MATCHER.findall(braces[1:-1])


def grouping_labels(expression):
    return {label.strip() for inside in GROUPING.findall(expression) for label in inside.split(",") if label.strip()}


def metrics_behind(expression, known_records=None):
    """The servers' metrics that an expression rests on, through recording rules too."""
    known_records = records() if known_records is None else known_records
    found = set()
    for name, _ in selectors(expression):
        if name in known_records:
            found |= metrics_behind(known_records[name], known_records)
        else:
            found.add(re.sub(r"_(bucket|sum|count)$", "", name))
    return found


@functools.cache
def jobs():
    return {job["job_name"] for job in yaml.safe_load(CONFIG.read_text())["scrape_configs"]}


def alternatives(operator, value):
    """The values that a matcher names. Of a regular expression only lists are taken apart."""
    values = value.split("|") if operator in ("=~", "!~") else [value]
    return [each for each in values if each and not re.search(r"[.*+?()\[\]\\^$]", each)]


def sources():
    """(where, expression) of all rules and panels."""
    for path in rule_files():
        for rule in rules(path):
            yield f"{path}: {rule.get('alert') or rule['record']}", rule["expr"]
    for path, dashboard in dashboards().items():
        for panel in panels(dashboard):
            for target in panel.get("targets", []):
                yield f"{path}: {panel['title']}", expand(target.get("expr", ""))


def unknown_names(labels_of):
    """What rules and panels name and nobody shows. labels_of: {metric: {label: whether it may have a value}}."""
    known_records = records()
    job_names = jobs()
    common = {"job": job_names.__contains__, "instance": lambda _: True,
              "le": re.compile(r"[\d.]+|\+Inf").fullmatch}
    of_alerts = {"alertname": alerts().__contains__, "alertstate": {"pending", "firing"}.__contains__}
    label_names = {label for labels in labels_of.values() for label in labels} | common.keys()
    for where, expression in sources():
        if not expression.strip():
            yield f"{where}: there is no expression"
        for label in sorted(grouping_labels(expression) - label_names):
            yield f"{where}: groups by {label}, which no metric has"
        for name, matchers in selectors(expression):
            metric = re.sub(r"_(bucket|sum|count)$", "", name)
            if name in known_records or name in FROM_PROMETHEUS:
                known = {**common, **(of_alerts if name == "ALERTS" else {})}
            elif metric in labels_of:
                known = {**labels_of[metric], **common}
            else:
                yield f"{where}: there is no {name}"
                continue
            for label, operator, value in matchers:
                if label not in known:
                    yield f"{where}: {name} has no label {label}"
                    continue
                for each in alternatives(operator, value):
                    if not known[label](each):
                        yield f'{where}: {name} never has {label}="{each}"'
