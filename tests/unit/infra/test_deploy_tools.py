"""The files of ``infra/deploy`` before the tools that know their formats: hadolint, the Compose specification, the schemas of Kubernetes,
the grammar of PromQL, and kustomize where ``kubectl`` is installed. None of them needs an engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.deploy.dashboard import dashboard
from infra.docs import ROOT

if not os.environ.get("CI"):  # there a tool that is missing is an error
    for name in ("compose_spec", "kubernetes_validate", "promql_parser"):
        pytest.importorskip(name, reason="install requirements-dev.lock to check the files for deployment with their tools")

import compose_spec
import kubernetes_validate
import promql_parser

DEPLOY = ROOT / "infra" / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
RELEASES = ("1.31", "1.37")
"""The oldest that the manifests are written for, and the newest whose schemas we have."""
FOREIGN = {"Kustomization", "Component", "ScaledObject", "PodMonitor"}
"""Kinds that are no part of Kubernetes itself."""


def dockerfile_problems(path: Path) -> str:
    """What hadolint says."""
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    hadolint = shutil.which("hadolint", path=beside) or "hadolint"
    return subprocess.run([hadolint, path], capture_output=True, text=True, check=False).stdout


def test_hadolint_has_nothing_to_say(tmp_path: Path) -> None:
    dockerfile = DEPLOY / "docker" / "Dockerfile"
    assert dockerfile_problems(dockerfile) == ""
    (tmp_path / "Dockerfile").write_text(dockerfile.read_text("utf8").replace("python:3.11.14-slim-bookworm\n", "python:latest\n"))
    assert "DL3007" in dockerfile_problems(tmp_path / "Dockerfile")


def check_stack(stack: Any) -> None:
    """Raises ``ValueError`` for what the Compose specification does not know."""
    compose_spec.PyCompose.from_yaml(yaml.safe_dump(stack)).validate()


def test_the_stack_follows_the_compose_specification() -> None:
    stack = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text("utf8"))
    check_stack(stack)
    stack["services"]["web"]["stop_grace"] = "30s"
    with pytest.raises(ValueError, match="stop_grace"):
        check_stack(stack)


def manifests(text: str) -> Iterator[dict[str, Any]]:
    return (each for each in yaml.safe_load_all(text) if each["kind"] not in FOREIGN)


def raw_manifests() -> list[dict[str, Any]]:
    return [each for path in sorted(KUBERNETES.rglob("*.yaml")) for each in manifests(path.read_text("utf8"))]


@pytest.mark.parametrize("release", RELEASES)
def test_the_manifests_follow_the_schemas(release: str) -> None:
    for manifest in raw_manifests():
        kubernetes_validate.validate(manifest, release, strict=True)


def test_a_manifest_that_does_not_is_found() -> None:
    deployment = next(each for each in raw_manifests() if each["kind"] == "Deployment")
    deployment["spec"]["template"]["spec"]["terminationGraceSeconds"] = 60
    with pytest.raises(kubernetes_validate.ValidationError, match="terminationGraceSeconds"):
        kubernetes_validate.validate(deployment, RELEASES[-1], strict=True)


def built(folder: Path) -> list[dict[str, Any]]:
    """What kustomize makes of a folder. Skips where there is none."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl here: install it to have the overlays put together")
    found = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 0, found.stderr
    return list(yaml.safe_load_all(found.stdout))


@pytest.mark.parametrize("overlay", ["base", "overlays/small", "overlays/large"])
def test_an_overlay_is_put_together(overlay: str) -> None:
    found = built(KUBERNETES / overlay)
    for manifest in found:
        if manifest["kind"] not in FOREIGN:
            kubernetes_validate.validate(manifest, RELEASES[-1], strict=True)
    images = {c["image"] for each in found if each["kind"] == "Deployment" for c in each["spec"]["template"]["spec"]["containers"]}
    assert len(images) == 1
    assert all(each["metadata"]["namespace"] == "tipstream" for each in found if each["kind"] != "Namespace")
    peers = [peer for each in found if each["kind"] == "NetworkPolicy" for rule in each["spec"].get("egress", []) for peer in rule["to"]]
    assert not [peer for peer in peers if "podSelector" in peer]


def test_keda_takes_the_place_of_the_autoscaler(tmp_path: Path) -> None:
    shutil.copytree(KUBERNETES, tmp_path / "kubernetes")
    overlay = tmp_path / "kubernetes" / "overlays" / "own"
    overlay.mkdir()
    (overlay / "kustomization.yaml").write_text("resources: [../../base]\ncomponents: [../../components/keda]\n")
    kinds = {each["kind"] for each in built(overlay)}
    assert "ScaledObject" in kinds
    assert "HorizontalPodAutoscaler" not in kinds


def queries() -> list[str]:
    """Every query of alerts, dashboard and autoscaler; Grafana's own variable stands for a time."""
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf8"))["groups"]
    scaled = yaml.safe_load((KUBERNETES / "components" / "keda" / "scaled-object.yaml").read_text("utf8"))
    drawn = [target["expr"] for panel in json.loads(dashboard())["panels"] for target in panel.get("targets", [])]
    return [
        *(rule["expr"] for group in groups for rule in group["rules"]),
        *(query.replace("$__rate_interval", "5m") for query in drawn),
        *(trigger["metadata"]["query"] for trigger in scaled["spec"]["triggers"]),
    ]


def test_the_queries_are_queries() -> None:
    for query in queries():
        promql_parser.parse(query)
    with pytest.raises(ValueError):
        promql_parser.parse(queries()[0] + ")")
