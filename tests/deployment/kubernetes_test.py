#!/usr/bin/python3
"""deploy/kubernetes fits the API of Kubernetes, with no field that it does not know, and the images.

    kubernetes_test.py FOLDER_OF_THE_EXECUTABLES        (run in the source tree)

`Objects` is what of kustomize the overlays need, so that nothing must be installed; where there is a kustomize, the two are compared.
"""

import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import yaml

BINARIES = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else "build/release/bin")
HERE = pathlib.Path(__file__).parent
ROOT = pathlib.Path("deploy/kubernetes")
SERVERS = ("extractor", "inferencer", "gateway")


def merge(target, patch):
    """A strategic merge: objects by field, lists of named objects by name, null removes."""
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict) and isinstance(target.get(key), dict):
            merge(target[key], value)
        elif isinstance(value, list) and isinstance(target.get(key), list) and value and isinstance(value[0], dict):
            named = {item.get("name"): item for item in target[key]}
            for item in reversed(value):
                if item.get("name") in named:
                    merge(named[item["name"]], item)
                else:
                    target[key].insert(0, copy.deepcopy(item))
        else:
            target[key] = copy.deepcopy(value)


def replace(target, pointer, value):
    *parents, last = pointer.strip("/").split("/")
    for key in parents:
        target = target[int(key)] if isinstance(target, list) else target[key]
    assert last in target, pointer
    target[last] = value


class Objects:
    """What a folder with a kustomization makes, by (kind, name)."""

    def __init__(self, folder):
        settings = yaml.safe_load((folder / "kustomization.yaml").read_text())
        self.found = {}
        for resource in settings["resources"]:
            path = (folder / resource).resolve()
            if path.is_dir():
                self.found.update(Objects(path).found)
                continue
            for item in yaml.safe_load_all(path.read_text()):
                key = (item["kind"], item["metadata"]["name"])
                assert key not in self.found, key
                self.found[key] = item
        for change in settings.get("replicas", []):
            self.found["Deployment", change["name"]]["spec"]["replicas"] = change["count"]
        for patch in settings.get("patches", []):
            content = yaml.safe_load((folder / patch["path"]).read_text())
            if isinstance(content, dict):
                merge(self.found[content["kind"], content["metadata"]["name"]], content)
            else:
                for (kind, _), item in self.found.items():
                    if kind == patch["target"]["kind"]:
                        for operation in content:
                            assert operation["op"] == "replace", operation
                            replace(item, operation["path"], operation["value"])
        if "namespace" in settings:
            for (kind, _), item in self.found.items():
                if kind != "Namespace":
                    item["metadata"]["namespace"] = settings["namespace"]

    def deployment(self, name):
        return self.found["Deployment", name]["spec"]["template"]["spec"]

    def container(self, name):
        (container,) = self.deployment(name)["containers"]
        return container


def complaints(items):
    node = subprocess.run(["node", "kubernetes_schemas.mjs"], input=json.dumps(items), stdout=subprocess.PIPE, text=True, check=True, cwd=HERE)
    return node.stdout.splitlines()


def kustomizations():
    return sorted(path.parent for path in ROOT.rglob("kustomization.yaml"))


def whole():
    """Those that can be applied: components only add to them."""
    return [folder for folder in kustomizations() if "components" not in folder.parts]


class Kubernetes(unittest.TestCase):
    def test_everything_fits_the_schemas(self):
        self.assertGreaterEqual(len(kustomizations()), 4)
        self.assertEqual(complaints([item for folder in kustomizations() for item in Objects(folder).found.values()]), [])

    def test_the_schemas_know_what_is_wrong(self):
        deployment = Objects(ROOT / "base").found["Deployment", "gateway"]

        def wrong(**fields):
            item = copy.deepcopy(deployment)
            item["spec"]["template"]["spec"]["containers"][0].update(fields)
            return " ".join(complaints([item]))
        self.assertIn("nobody knows /spec/template/spec/containers/0/livenessprobe", wrong(livenessprobe={}))
        self.assertIn('containerPort type {"type":"integer"}', wrong(ports=[{"containerPort": "8000"}]))
        self.assertIn("missingProperty", wrong(env=[{"value": "x"}]))
        self.assertIn("knows no Deploiment", " ".join(complaints([{**deployment, "kind": "Deploiment"}])))

    def test_files_that_no_kustomization_names_are_documented(self):
        named = {ROOT / "components/autoscaling/prometheus_adapter.yaml"}
        for folder in kustomizations():
            settings = yaml.safe_load((folder / "kustomization.yaml").read_text())
            named |= {folder / name for name in settings["resources"]} | {folder / patch["path"] for patch in settings.get("patches", [])}
        self.assertEqual([path for path in ROOT.rglob("*.yaml") if path.name != "kustomization.yaml" and path not in named], [])

    def test_pods_have_no_rights(self):
        for folder in whole():
            for name in SERVERS:
                objects = Objects(folder)
                pod, container = objects.deployment(name), objects.container(name)
                self.assertTrue(pod["securityContext"]["runAsNonRoot"])
                self.assertFalse(pod["automountServiceAccountToken"])
                self.assertFalse(pod["enableServiceLinks"], "TRACKFIT_... of the cluster's would be taken for flags")
                self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])
                self.assertEqual(container["securityContext"]["capabilities"], {"drop": ["ALL"]})
                self.assertIn("memory", container["resources"]["limits"])

    def test_services_lead_to_ports_that_containers_have(self):
        objects = Objects(ROOT / "base")
        for name in SERVERS:
            ports = {port["name"] for port in objects.container(name)["ports"]}
            service = objects.found["Service", name]["spec"]
            self.assertLessEqual({port["targetPort"] for port in service["ports"]}, ports)
            self.assertEqual(service.get("clusterIP") == "None", name != "gateway")
            self.assertEqual(service["selector"], objects.found["PodDisruptionBudget", name]["spec"]["selector"]["matchLabels"])
        dockerfile = pathlib.Path("deploy/Dockerfile").read_text()
        for name in SERVERS:
            exposed = set(re.search(rf"AS (?:any-)?{name}\n.*?EXPOSE ([\d ]+)", dockerfile, re.DOTALL)[1].split())
            self.assertEqual({str(port["containerPort"]) for port in objects.container(name)["ports"]}, exposed)

    def test_the_environment_is_of_flags_that_there_are(self):
        for folder in whole():
            for name in SERVERS:
                said = subprocess.run([BINARIES / f"trackfit-{name}", "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
                flags = {"TRACKFIT_" + flag.upper().replace("-", "_") for flag in re.findall(r"--([a-z][a-z-]+)", said)}
                used = {item["name"] for item in Objects(folder).container(name).get("env", [])}
                self.assertEqual(used - flags, set(), (folder, name))

    def test_with_tls_probes_bring_a_certificate(self):
        objects = Objects(ROOT / "overlays/tls")
        for name in SERVERS:
            for probe in ("startupProbe", "readinessProbe"):
                self.assertNotIn("grpc", objects.container(name)[probe])
                self.assertEqual(objects.container(name)[probe]["exec"]["command"][0], "trackfit-health")
            mounted = {mount["name"] for mount in objects.container(name)["volumeMounts"]}
            self.assertEqual(mounted, {volume["name"] for volume in objects.deployment(name)["volumes"]})

    def test_autoscalers_ask_for_metrics_that_there_are(self):
        documented = pathlib.Path("docs/metrics.md").read_text()
        adapter = yaml.safe_load((ROOT / "components/autoscaling/prometheus_adapter.yaml").read_text())
        offered = {rule.get("name", {}).get("as") or re.match(r"\w+", rule["seriesQuery"])[0] for rule in adapter["rules"]}
        for rule in adapter["rules"]:
            self.assertIn(f"`{re.match(r'[a-z_]+?(?=_bucket|{)', rule['seriesQuery'])[0]}", documented)
        for (kind, _), item in Objects(ROOT / "components/autoscaling").found.items():
            self.assertEqual(kind, "HorizontalPodAutoscaler")
            for metric in item["spec"]["metrics"]:
                self.assertIn(metric["pods"]["metric"]["name"], offered)

    @unittest.skipUnless(shutil.which("kustomize"), "there is no kustomize")
    def test_kustomize_makes_the_same(self):
        for folder in whole():
            made = subprocess.run(["kustomize", "build", folder], check=True, stdout=subprocess.PIPE, text=True).stdout
            items = {(item["kind"], item["metadata"]["name"]): item for item in yaml.safe_load_all(made)}
            self.assertEqual(items.keys(), Objects(folder).found.keys())
            for key, item in items.items():
                self.assertEqual(item["spec"] if key[0] != "Namespace" else {}, Objects(folder).found[key].get("spec", {}), key)


if __name__ == "__main__":
    unittest.main()
