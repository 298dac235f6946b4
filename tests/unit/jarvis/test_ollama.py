"""Ollama: storage, models, GPU, several instances."""

from __future__ import annotations

from tests.unit.jarvis.support import app_settings, container_of, deployed, job, pod_of, variables_of

GPU = {"count": 2, "runtimeClass": "nvidia", "nodeSelector": {"gpu": "yes"}}


def test_models_live_on_a_claim_of_the_set_size() -> None:
    graph = deployed(app_settings(ollama={"storage": {"size": "50Gi", "storageClass": "fast-ssd"}}))
    claim, server = graph.one("PersistentVolumeClaim", "ollama-models"), graph.one("Deployment", "ollama")
    assert claim.inputs["spec"]["resources"]["requests"] == {"storage": "50Gi"}
    assert claim.inputs["spec"]["storageClassName"] == "fast-ssd"
    (volume,) = [v for v in pod_of(server)["volumes"] if v["name"] == "models"]
    assert volume["persistentVolumeClaim"]["claimName"] == "ollama-models"
    variables = variables_of(container_of(server))
    (mount,) = [m for m in container_of(server)["volumeMounts"] if m["name"] == "models"]
    assert variables["OLLAMA_MODELS"] == "=" + mount["mountPath"]
    assert variables["OLLAMA_HOST"] == "=0.0.0.0:11434"
    assert server.inputs["spec"]["strategy"] == {"type": "Recreate"}


def test_only_the_claim_is_protected() -> None:
    graph = deployed(protect=True)
    assert {r.object_name for r in graph.resources if r.protect} == {"ollama-models"}
    assert {r.object_name for r in graph.resources if r.retain_on_delete} == {"ollama-models"}
    assert not [r for r in deployed().resources if r.protect or r.retain_on_delete]


def test_models_are_pulled_once_the_server_answers() -> None:
    graph = deployed(app_settings(ollama={"models": ["llama3.2:3b", "qwen3:8b"], "pullDeadlineSeconds": 1800}))
    pull = job(graph, "ollama-pull")
    assert container_of(pull)["command"] == [
        *("sh", "-ec", 'for model in "$@"; do ollama pull "$model"; done', "pull"),
        *("llama3.2:3b", "qwen3:8b"),
    ]
    assert variables_of(container_of(pull)) == {"HOME": "=/tmp", "OLLAMA_HOST": "=http://ollama:11434"}
    assert pull.inputs["spec"]["activeDeadlineSeconds"] == 1800
    assert {graph.one("Deployment", "ollama").urn, graph.one("Service", "ollama").urn} <= pull.dependencies


def test_a_changed_list_is_pulled_anew() -> None:
    names = {job(deployed(app_settings(ollama={"models": m})), "ollama-pull").object_name for m in (["a"], ["a", "b"])}
    assert len(names) == 2


def test_no_models_no_pull() -> None:
    assert not [j for j in deployed().of_kind("Job") if j.object_name.startswith("ollama")]


def test_gpu_is_asked_for_and_its_nodes_tolerated() -> None:
    server = deployed(app_settings(ollama={"gpu": GPU})).one("Deployment", "ollama")
    resources = container_of(server)["resources"]
    assert resources["limits"]["nvidia.com/gpu"] == resources["requests"]["nvidia.com/gpu"] == "2"
    assert resources["limits"]["memory"] == "4Gi"
    assert pod_of(server)["runtimeClassName"] == "nvidia"
    assert pod_of(server)["nodeSelector"] == {"gpu": "yes"}
    assert pod_of(server)["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]


def test_no_gpu_by_default() -> None:
    pod = pod_of(deployed().one("Deployment", "ollama"))
    assert not {"runtimeClassName", "nodeSelector", "tolerations"} & pod.keys()
    assert "nvidia.com/gpu" not in pod["containers"][0]["resources"]["limits"]


def test_one_instance_is_the_base_url() -> None:
    config = deployed().one("ConfigMap", "jarvis-config").inputs["data"]
    assert config["OLLAMA_BASE_URL"] == "http://ollama.jarvis-test.svc:11434"
    assert "OLLAMA_CLUSTER_URLS" not in config


def test_several_instances_are_the_cluster_urls() -> None:
    graph = deployed(app_settings(ollama={"instances": 2, "models": ["a"]}))
    config = graph.one("ConfigMap", "jarvis-config").inputs["data"]
    assert config["OLLAMA_CLUSTER_URLS"] == (
        "http://ollama.jarvis-test.svc:11434,http://ollama-2.jarvis-test.svc:11434"
    )
    assert "OLLAMA_BASE_URL" not in config
    for name in ("ollama", "ollama-2"):
        graph.one("Deployment", name)
        graph.one("Service", name)
        graph.one("PersistentVolumeClaim", f"{name}-models")
    assert variables_of(container_of(job(graph, "ollama-2-pull")))["OLLAMA_HOST"] == "=http://ollama-2:11434"
