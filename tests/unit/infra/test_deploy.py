"""What the files of ``infra/deploy`` must hold, checked without any engine; the tools' own checks are in ``test_deploy_tools.py``."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.cli import COMMANDS
from infra.docs import ROOT
from infra.settings import SettingsError, read_settings
from streams.topics import RECEIVED

DEPLOY = ROOT / "infra" / "deploy"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]["version"]
ONCE = {"prepare", "clocks-key", "topics"}
PROCESSES = {"web", "relay", "worker", "clocks"}
WRITES_ITS_OWN_FOLDERS = {"kafka", "elasticsearch"}
PINNED = re.compile(r"[\w./-]+:v?\d+\.\d+[\w.-]*")

Document = dict[str, Any]


def documents(folder: str) -> list[Document]:
    """Every YAML document below a folder of ``infra/deploy``."""
    return [each for path in sorted((DEPLOY / folder).rglob("*.yaml")) for each in yaml.safe_load_all(path.read_text("utf8"))]


def compose() -> Document:
    return yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text("utf8"))


def base() -> list[Document]:
    return [each for each in documents("kubernetes/base") if each["kind"] != "Kustomization"]


def workloads(found: list[Document]) -> Iterator[tuple[str, Document]]:
    return ((each["metadata"]["name"], each["spec"]["template"]["spec"]) for each in found if each["kind"] in ("Deployment", "Job"))


def settings_problem(environment: Mapping[str, str]) -> str:
    """Why the product would not start with these variables; empty if it would."""
    try:
        read_settings(environment)
    except SettingsError as error:
        return str(error)
    return ""


# ---- Compose ----


def service_problems(stack: Document) -> Iterator[str]:
    """What must hold for each service of the stack, whoever made its image."""
    for name, service in stack["services"].items():
        if not PINNED.fullmatch(service["image"]):
            yield f"{name}: {service['image']} is not pinned"
        if service.get("cap_drop") != ["ALL"] or service.get("security_opt") != ["no-new-privileges:true"]:
            yield f"{name}: keeps rights that it does not need"
        if not re.fullmatch(r"[1-9]\d*:\d+", service.get("user", "")):
            yield f"{name}: runs as root"
        if not service.get("read_only") and name not in WRITES_ITS_OWN_FOLDERS:
            yield f"{name}: can write to its image"
        if {"cpus", "memory"} != set(service.get("deploy", {}).get("resources", {}).get("limits", {})):
            yield f"{name}: may take the whole machine"
        if not service["healthcheck"].get("test") and name not in ONCE:
            yield f"{name}: nobody sees whether it is well"
        if any(not port.startswith("127.0.0.1:") for port in service.get("ports", [])):
            yield f"{name}: is reachable past the proxy"
        if "ports" in service and name not in ("web", "grafana"):
            yield f"{name}: is reachable from outside"
        if "outside" in service["networks"] and "ports" not in service and name != "clocks":
            yield f"{name}: has a way out that it does not need"
        if gone := set(service.get("depends_on", [])) - set(stack["services"]):
            yield f"{name}: waits for {gone}"


def product_problems(stack: Document) -> Iterator[str]:
    """What must hold for the services that run the product."""
    ours = {name: service for name, service in stack["services"].items() if service["image"].startswith("tipstream:")}
    if set(ours) != PROCESSES | ONCE:
        yield f"the services are {sorted(ours)}"
    for name, service in ours.items():
        if service["image"] != f"tipstream:{VERSION}":
            yield f"{name}: the image is not of version {VERSION}"
        if "entrypoint" in service:
            continue  # it copies a key, and is looked at below
        if service["command"][0] not in COMMANDS or (name in PROCESSES and service["command"] != [name]):
            yield f"{name}: runs {service['command']}"
        if problem := settings_problem(service["environment"]):
            yield f"{name}: {problem}"
        if any("keys" in str(volume) for volume in service["volumes"]) != (name in ("web", "prepare", "clocks")):
            yield f"{name}: has the keys, or lacks them"
        for target in ("/tmp", "/data"):
            if not any(mount.startswith(target) for mount in service["tmpfs"]):
                yield f"{name}: cannot write to {target}"
    if ours["worker"]["stop_grace_period"] != "60s":
        yield "worker: has no time to end its batch"


def test_the_stack_is_sound() -> None:
    assert [*service_problems(compose()), *product_problems(compose())] == []


def services(change: Callable[[Document], object]) -> Callable[[Document], object]:
    return lambda stack: change(stack["services"])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (services(lambda s: s["postgres"].update(image="postgres:latest")), "postgres: postgres:latest is not pinned"),
        (services(lambda s: s["kafka"].update(image="apache/kafka")), "kafka: apache/kafka is not pinned"),
        (services(lambda s: s["web"].pop("cap_drop")), "web: keeps rights that it does not need"),
        (services(lambda s: s["relay"].pop("security_opt")), "relay: keeps rights that it does not need"),
        (services(lambda s: s["worker"].update(user="0:0")), "worker: runs as root"),
        (services(lambda s: s["clocks"].update(read_only=False)), "clocks: can write to its image"),
        (services(lambda s: s["grafana"].pop("deploy")), "grafana: may take the whole machine"),
        (services(lambda s: s["web"].update(healthcheck={"disable": True})), "web: nobody sees whether it is well"),
        (services(lambda s: s["web"].update(ports=["8080:8080"])), "web: is reachable past the proxy"),
        (services(lambda s: s["postgres"].update(ports=["127.0.0.1:5432:5432"])), "postgres: is reachable from outside"),
        (services(lambda s: s["relay"]["networks"].append("outside")), "relay: has a way out that it does not need"),
        (services(lambda s: s["web"].update(depends_on={"gone": {}})), "web: waits for {'gone'}"),
        (services(lambda s: s["web"].update(image="tipstream:0.0.9")), f"web: the image is not of version {VERSION}"),
        (services(lambda s: s["relay"].update(command=["relais"])), "relay: runs ['relais']"),
        (services(lambda s: s["web"]["environment"].update(TIPSTREAM_HEALTH_PROT="1")), "web: TIPSTREAM_HEALTH_PROT is no setting"),
        (services(lambda s: s["web"]["environment"].update(TIPSTREAM_HEALTH_PORT="x")), "web: TIPSTREAM_HEALTH_PORT must be a whole"),
        (services(lambda s: s["worker"]["volumes"].append("keys:/data/keys")), "worker: has the keys, or lacks them"),
        (services(lambda s: s["web"].update(volumes=[])), "web: has the keys, or lacks them"),
        (services(lambda s: s["web"].update(tmpfs=["/data"])), "web: cannot write to /tmp"),
        (services(lambda s: s["worker"].update(stop_grace_period="10s")), "worker: has no time to end its batch"),
    ],
)
def test_an_unsound_stack_is_found(change: Callable[[Document], object], problem: str) -> None:
    stack = deepcopy(compose())  # what YAML shares by anchors stands apart
    stack["services"] = {name: deepcopy(service) for name, service in stack["services"].items()}
    change(stack)
    assert [found for found in (*service_problems(stack), *product_problems(stack)) if found.startswith(problem)]


def test_only_web_and_clocks_open_what_is_sealed() -> None:
    """Stack and cluster give keys to these alone: whatever else used the sealer would seal with keys that are thrown away.

    Commands are given by a person, where the keys are.
    """
    processes = (path for path in (ROOT / "infra").rglob("*.py") if path.parent.name != "commands")
    users = {path.name for path in processes if "core.sealer" in path.read_text("utf8")}
    assert users == {"web.py", "hooks_app.py"}


def test_the_process_that_calls_out_has_no_key_of_contact_details() -> None:
    services = compose()["services"]
    assert [name for name, service in services.items() if any(str(each).startswith("keys:") for each in service.get("volumes", ()))] == [
        "prepare",
        "web",
        "clocks-key",
    ]
    assert services["clocks-key"]["entrypoint"] == ["sh", "-c", "install -m 600 /from/server.key /data/keys/server.key"]
    clocks = (ROOT / "infra" / "deploy" / "kubernetes" / "base" / "clocks.yaml").read_text("utf8")
    assert "items: [{key: server.key, path: server.key}]" in clocks


def test_engines_have_the_versions_of_the_tests() -> None:
    images = {name: service["image"] for name, service in compose()["services"].items()}
    tested = ROOT / "tests" / "services"
    assert f"<version>{images['kafka'].partition(':')[2]}</version>" in (tested / "kafka" / "pom.xml").read_text("utf8")
    assert images["elasticsearch"].partition(":")[2] in (tested / "elasticsearch" / "pom.xml").read_text("utf8")


# ---- Kubernetes ----


def pod_problems(found: list[Document]) -> Iterator[str]:
    """What must hold for every pod, beside what the cluster's own profile ``restricted`` demands."""
    for name, pod in workloads(found):
        if pod["securityContext"] | {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}} != pod["securityContext"]:
            yield f"{name}: its pod may run as root"
        if pod["enableServiceLinks"] or pod["automountServiceAccountToken"]:
            # A service whose name begins with "tipstream" would come as variables TIPSTREAM_..., which the product refuses.
            yield f"{name}: gets variables or a token of the cluster"
        if any(volume["name"] == "keys" for volume in pod["volumes"]) != (name in ("web", "clocks")):
            yield f"{name}: has the keys, or lacks them"
        for container in (*pod.get("initContainers", []), *pod["containers"]):
            context = container["securityContext"]
            if context != {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}:
                yield f"{name}: a container has rights that it does not need"
            if container["image"] != "tipstream":
                yield f"{name}: {container['image']} does not get its tag from the kustomization"
            if not {"requests", "limits"} <= set(container["resources"]):
                yield f"{name}: may take the whole node"
            missing = {mount["name"] for mount in container["volumeMounts"]} - {volume["name"] for volume in pod["volumes"]}
            if missing:
                yield f"{name}: mounts {missing}, which is no volume"
        command = pod["containers"][0]["args"][0]
        if command not in COMMANDS or command != {"prepare": "init"}.get(name, name):
            yield f"{name}: runs {command}"


def deployment_problems(found: list[Document]) -> Iterator[str]:
    """What must hold for every process that runs all the time."""
    deployments = {each["metadata"]["name"]: each for each in found if each["kind"] == "Deployment"}
    if set(deployments) != PROCESSES:
        yield f"the deployments are {sorted(deployments)}"
    for name, each in deployments.items():
        container = each["spec"]["template"]["spec"]["containers"][0]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if container.get(probe, {}).get("httpGet", {}).get("port") not in ports:
                yield f"{name}: has no {probe}"
        if ports["health"] != 9464:
            yield f"{name}: its metrics are not where the settings say"
        if each["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"] != name:
            yield f"{name}: selects other pods"
    if deployments["worker"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] < 60:
        yield "worker: has no time to end its batch"
    if "replicas" in deployments["worker"]["spec"]:
        yield "worker: every apply would undo what the autoscaler did"
    if deployments["clocks"]["spec"]["strategy"] != {"type": "Recreate"} or deployments["clocks"]["spec"]["replicas"] != 1:
        yield "clocks: there may be two"
    guarded = {
        each["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"] for each in found if each["kind"] == "PodDisruptionBudget"
    }
    if guarded != PROCESSES - {"clocks"}:
        yield f"budgets guard {sorted(guarded)}"


def network_problems(found: list[Document]) -> Iterator[str]:
    """Deny by default; whoever may talk is named; no rule is open to all."""
    policies = {each["metadata"]["name"]: each["spec"] for each in found if each["kind"] == "NetworkPolicy"}
    if policies.get("deny-all") != {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}:
        yield "what no rule names is not denied"
    for name, policy in policies.items():
        for way, peers in (("ingress", "from"), ("egress", "to")):
            for rule in policy.get(way, []):
                if not rule.get("ports") or not rule.get(peers):
                    yield f"{name}: is open to all"
                if any("podSelector" in peer for peer in rule.get(peers, [])):
                    yield f"{name}: kustomize would add our name to the pods of others"
    (search, kafka) = ([*_components(policies[name]["podSelector"])] for name in ("to-search", "to-kafka"))
    if "web" in kafka or "web" not in search:
        yield "web: accepts through Kafka, or cannot search"


def _components(selector: Document) -> Iterator[str]:
    for expression in selector["matchExpressions"]:
        yield from expression["values"]


def problems_of_cluster(found: list[Document]) -> list[str]:
    return [*pod_problems(found), *deployment_problems(found), *network_problems(found)]


def test_the_cluster_is_sound() -> None:
    assert problems_of_cluster(base()) == []


def named(kind: str, name: str) -> Callable[[list[Document]], Document]:
    return lambda found: next(each["spec"] for each in found if (each["kind"], each["metadata"]["name"]) == (kind, name))


def pod(name: str) -> Callable[[list[Document]], Document]:
    return lambda found: dict(workloads(found))[name]


def container(name: str) -> Callable[[list[Document]], Document]:
    return lambda found: pod(name)(found)["containers"][0]


@pytest.mark.parametrize(
    ("place", "change", "problem"),
    [
        (pod("web"), lambda p: p["securityContext"].pop("runAsNonRoot"), "web: its pod may run as root"),
        (pod("web"), lambda p: p.update(enableServiceLinks=True), "web: gets variables or a token of the cluster"),
        (pod("relay"), lambda p: p["volumes"].append({"name": "keys"}), "relay: has the keys, or lacks them"),
        (container("clocks"), lambda c: c["securityContext"].pop("readOnlyRootFilesystem"), "clocks: a container has rights"),
        (container("web"), lambda c: c.update(image="tipstream:latest"), "web: tipstream:latest does not get its tag"),
        (container("topics"), lambda c: c["resources"].pop("limits"), "topics: may take the whole node"),
        (container("worker"), lambda c: c["volumeMounts"].append({"name": "x"}), "worker: mounts {'x'}"),
        (container("relay"), lambda c: c.update(args=["web"]), "relay: runs web"),
        (container("web"), lambda c: c.pop("livenessProbe"), "web: has no livenessProbe"),
        (container("web"), lambda c: c["readinessProbe"]["httpGet"].update(port="htpp"), "web: has no readinessProbe"),
        (container("relay"), lambda c: c["ports"][0].update(containerPort=9000), "relay: its metrics are not where"),
        (pod("worker"), lambda p: p.update(terminationGracePeriodSeconds=30), "worker: has no time to end its batch"),
        (named("Deployment", "worker"), lambda s: s.update(replicas=2), "worker: every apply would undo"),
        (named("Deployment", "clocks"), lambda s: s.update(replicas=2), "clocks: there may be two"),
        (named("Deployment", "web"), lambda s: s["selector"]["matchLabels"].update({"app.kubernetes.io/component": "x"}), "web: selects"),
        (
            named("PodDisruptionBudget", "web"),
            lambda s: s["selector"]["matchLabels"].update({"app.kubernetes.io/component": "x"}),
            "budgets",
        ),
        (named("NetworkPolicy", "deny-all"), lambda s: s.update(policyTypes=["Ingress"]), "what no rule names is not denied"),
        (named("NetworkPolicy", "to-kafka"), lambda s: s["egress"][0].pop("to"), "to-kafka: is open to all"),
        (named("NetworkPolicy", "names"), lambda s: s["egress"][0]["to"][0].update(podSelector={}), "names: kustomize would add"),
        (named("NetworkPolicy", "to-kafka"), lambda s: s["podSelector"]["matchExpressions"][0]["values"].append("web"), "web: accepts"),
    ],
)
def test_an_unsound_cluster_is_found(
    place: Callable[[list[Document]], Document], change: Callable[[Document], object], problem: str
) -> None:
    found = base()
    change(place(found))
    assert [each for each in problems_of_cluster(found) if each.startswith(problem)]


def test_the_settings_of_the_cluster_are_settings() -> None:
    lines = (DEPLOY / "kubernetes" / "base" / "settings.env").read_text("utf8").splitlines()
    environment = dict(line.split("=", 1) for line in lines)
    assert settings_problem(environment) == ""
    settings = read_settings(environment)
    assert (settings.health_host, settings.health_port, settings.policy_dir) == ("0.0.0.0", 9464, "/policy")
    named_in_pods = {each["name"] for _, pod in workloads(base()) for each in pod["containers"][0].get("env", [])}
    assert settings_problem(dict.fromkeys(named_in_pods, "")) == ""
    assert "TIPSTREAM_DATABASE_URL" in named_in_pods


def test_a_misspelt_setting_is_found() -> None:
    assert settings_problem({"TIPSTREAM_KAFKA_BOOSTRAP": "x"}).startswith("TIPSTREAM_KAFKA_BOOSTRAP is no setting; did you mean")


def test_no_more_workers_than_partitions() -> None:
    scaled = {each["kind"]: each["spec"] for each in documents("kubernetes") if each["kind"] in ("HorizontalPodAutoscaler", "ScaledObject")}
    assert scaled["HorizontalPodAutoscaler"]["maxReplicas"] == scaled["ScaledObject"]["maxReplicaCount"] == RECEIVED.partitions
    assert scaled["ScaledObject"]["scaleTargetRef"]["name"] == scaled["HorizontalPodAutoscaler"]["scaleTargetRef"]["name"] == "worker"


def test_every_file_of_the_cluster_is_used() -> None:
    for path in (DEPLOY / "kubernetes").rglob("kustomization.yaml"):
        kustomization = yaml.safe_load(path.read_text("utf8"))
        beside = {each.name for each in path.parent.glob("*.yaml")} - {"kustomization.yaml", "secrets.example.yaml"}
        assert beside <= set(kustomization.get("resources", [])), path
        for other in (*kustomization.get("resources", []), *kustomization.get("components", [])):
            assert (path.parent / other).exists(), other
    tags = yaml.safe_load((DEPLOY / "kubernetes" / "base" / "kustomization.yaml").read_text("utf8"))["images"]
    assert tags == [{"name": "tipstream", "newTag": VERSION}]


# ---- the image ----


def instructions(path: Path) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, each with its arguments on one line."""
    lines = [line for line in path.read_text("utf8").splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word, rest) for line in joined.splitlines() for word, _, rest in [line.partition(" ")]]


def test_the_image_is_sound() -> None:
    found = instructions(DEPLOY / "docker" / "Dockerfile")
    assert all(PINNED.fullmatch(rest.split()[0]) for word, rest in found if word == "FROM")
    assert [rest for word, rest in found if word == "USER"] == ["10001:10001"]
    assert dict(found)["ENTRYPOINT"] == '["tipstream"]'
    assert dict(found)["CMD"] == '["serve"]'
    assert "/health/live" in dict(found)["HEALTHCHECK"]
    labels = dict(pair.split("=", 1) for word, rest in found if word == "LABEL" for pair in shlex.split(rest))
    assert labels["org.opencontainers.image.version"] == VERSION
    variables = [pair.split("=", 1) for word, rest in found if word == "ENV" for pair in shlex.split(rest)]
    assert settings_problem(dict(variables)) == ""
    assert any("--require-hashes" in rest for word, rest in found if word == "RUN")


def test_the_image_holds_the_product_and_nothing_else() -> None:
    found = instructions(DEPLOY / "docker" / "Dockerfile")
    copied = {name for word, rest in found if word == "COPY" and "--from" not in rest for name in rest.split()[:-1]}
    packages = {"triage", "ingest", "models", "streams", "infra"}
    assert copied == packages | {"requirements.lock", "pyproject.toml", "README.md", "LICENSE", "NOTICE"}
    lines = (DEPLOY / "docker" / "Dockerfile.dockerignore").read_text("utf8").splitlines()
    assert "*" in lines
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == copied
    assert {"infra/deploy/compose/secrets", "infra/deploy/compose/policy"} <= set(lines)
