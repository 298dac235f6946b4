"""Which configuration of the policy pack a stack gets."""

from __future__ import annotations

from pathlib import Path

from automation.policies import PolicyPack, configuration, flags


def test_the_environment_of_the_stack_file_chooses_the_configuration(tmp_path: Path) -> None:
    pack = tmp_path / "policies"
    (pack / "environments").mkdir(parents=True)
    staging = pack / "environments" / "staging.json"
    staging.write_text("{}")
    file = tmp_path / "Pulumi.any-name.yaml"
    file.write_text("config:\n  jarvis:environment: staging\n")
    assert configuration(pack, file) == staging
    file.write_text("config:\n  jarvis:environment: production\n")
    assert configuration(pack, file) is None
    file.write_text("")
    assert configuration(pack, file) is None


def test_the_engine_gets_one_configuration_a_pack_or_none() -> None:
    pack = Path("pack")
    assert PolicyPack(pack, None).options == {"policy_packs": ["pack"], "policy_pack_configs": []}
    assert PolicyPack(pack, Path("x.json")).options["policy_pack_configs"] == ["x.json"]


def test_plain_pulumi_gets_the_pack_by_its_folder(tmp_path: Path) -> None:
    pack = tmp_path / "policies"
    file = tmp_path / "Pulumi.production.yaml"
    file.write_text("config:\n  jarvis:environment: production\n")
    assert flags(pack, file) == ["--policy-pack", str(pack)]
    (pack / "environments").mkdir(parents=True)
    (pack / "environments" / "production.json").write_text("{}")
    assert flags(pack, file)[2:] == ["--policy-pack-config", str(pack / "environments" / "production.json")]
