"""The files to deploy with are valid, and say what this version of the server understands."""

import json
import re
import subprocess
import tomllib
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from app.settings import load_settings
from tests.node_scripts import ROOT

KUBERNETES = ROOT / "docs" / "deploy" / "kubernetes"
COMPOSE = ROOT / "docs" / "deploy" / "compose.yaml"
OPERATIONS = ROOT / "docs" / "operations.md"
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
CIPHER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def resources() -> list[dict[str, Any]]:
    files = sorted(KUBERNETES.glob("*.yaml"))
    return [each for file in files for each in yaml.safe_load_all(file.read_text())]


def pods() -> list[dict[str, Any]]:
    return [
        each["spec"]["template"]["spec"]
        for each in resources()
        if "template" in each.get("spec", {})
    ]


@pytest.mark.parametrize("resource", resources(), ids=lambda each: f"{each['kind']}")
def test_resource_is_what_kubernetes_takes(resource: dict[str, Any]) -> None:
    kubernetes_validate.validate(resource, "1.37", strict=True)


def test_pods_run_without_rights_and_write_only_to_tmp() -> None:
    assert len(pods()) == 3
    for pod in pods():
        [container] = pod["containers"]
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/tmp"]  # noqa: S108
        # Else a service named scheduler breaks the start.
        assert pod["enableServiceLinks"] is False


def test_pods_run_commands_of_the_image_of_this_version() -> None:
    containers = [container for pod in pods() for container in pod["containers"]]

    assert {each["image"] for each in containers} == {f"scheduler:{VERSION}"}
    assert sorted(each["args"] for each in containers) == [["migrate"], ["serve"], ["worker"]]


def test_selectors_find_the_pods() -> None:
    labels = [
        each["spec"]["template"]["metadata"]["labels"]
        for each in resources()
        if each["kind"] == "Deployment"
    ]
    for each in resources():
        selector = each.get("spec", {}).get("selector")
        if selector is not None:
            assert selector.get("matchLabels", selector) in labels
    [autoscaler] = [each for each in resources() if each["kind"] == "HorizontalPodAutoscaler"]
    names = [each["metadata"]["name"] for each in resources() if each["kind"] == "Deployment"]
    assert autoscaler["spec"]["scaleTargetRef"]["name"] in names


def test_settings_of_kubernetes_and_compose_start_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    [kubernetes] = [each["data"] for each in resources() if each["kind"] == "ConfigMap"]
    secret = {
        "SCHEDULER_MONGODB_URI": "mongodb+srv://cluster.example.com",
        "SCHEDULER_VENDOR_CIPHER_KEYS": CIPHER_KEY,
    }
    compose = yaml.safe_load(COMPOSE.read_text())["services"]["api"]["environment"]
    for environment in ({**kubernetes, **secret}, compose):
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            assert load_settings().environment.value == "production"


def test_compose_runs_three_members_and_starts_servers_after_the_migrations() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]

    members = [name for name in services if name.startswith("mongo")]
    [_, _, _, _, script] = services["mongo-1"]["healthcheck"]["test"]
    assert re.findall(r'host: "([^"]+)"', script) == members
    assert len(members) == 3
    for name in ("api", "worker"):
        assert services[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"}
        }
        assert services[name]["read_only"]
    assert services["api"]["image"] == f"scheduler:{VERSION}"


def test_commands_of_the_page_name_the_secret_the_pods_read() -> None:
    page = OPERATIONS.read_text()

    names = {
        reference["secretRef"]["name"]
        for pod in pods()
        for reference in pod["containers"][0]["envFrom"]
        if "secretRef" in reference
    }
    assert [f"kubectl create secret generic {name}" in page for name in names] == [True]
    [job] = [each for each in resources() if each["kind"] == "Job"]
    assert f"job/{job['metadata']['name']}" in page
    files = {file.name for file in KUBERNETES.glob("*.yaml")}
    assert set(re.findall(r"kubernetes/([a-z]+\.yaml)", page)) == files


@pytest.mark.parametrize("script", ["settings-reference", "entity-diagram"])
def test_generated_parts_of_pages_are_current(script: str) -> None:
    done = subprocess.run(
        [ROOT / "scripts" / script, "--check"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_image_is_labelled_with_its_version() -> None:
    label = re.search(r'image.version="([^"]+)"', (ROOT / "Dockerfile").read_text())

    assert label is not None
    assert label[1] == VERSION


def test_bill_of_materials_names_every_locked_package_and_is_the_same_again() -> None:
    bills = [
        subprocess.check_output([ROOT / "scripts" / "sbom"], stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]

    bill = json.loads(bills[0])
    lock = (ROOT / "requirements" / "runtime.txt").read_text()
    pinned = re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", lock, flags=re.MULTILINE)
    assert bill["specVersion"] == "1.6"
    assert [(each["name"], each["version"]) for each in bill["components"]] == pinned
    assert bills[0] == bills[1]
