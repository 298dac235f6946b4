"""The web application firewall of a gateway of Azure's."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import network

from components.cloud.azure.contract import AzureFoundation
from components.exposure.azure_web_settings import AzureWebExposure


def create_firewall(
    settings: AzureWebExposure,
    *,
    cdn_id: pulumi.Input[str] | None,
    cloud: AzureFoundation,
    parent: pulumi.Resource,
) -> network.WebApplicationFirewallPolicy:
    """Microsoft's rules, and where there is a CDN, the rule that nobody goes past it to its hosts."""
    upload, modes = settings.upload_mb, network.WebApplicationFirewallMode
    name = f"waf-{settings.name}"
    return network.WebApplicationFirewallPolicy(
        "firewall",
        custom_rules=None if cdn_id is None else [_only_by_cdn(cdn_id, settings.cdn_hosts)],
        location=cloud.location,
        managed_rules=network.ManagedRulesDefinitionArgs(
            managed_rule_sets=[
                network.ManagedRuleSetArgs(
                    rule_set_type="Microsoft_DefaultRuleSet", rule_set_version=settings.firewall.rule_set
                ),
                network.ManagedRuleSetArgs(rule_set_type="Microsoft_BotManagerRuleSet", rule_set_version="1.1"),
            ]
        ),
        policy_name=name,
        policy_settings=network.PolicySettingsArgs(
            file_upload_enforcement=upload is not None,
            file_upload_limit_in_mb=upload,
            max_request_body_size_in_kb=None if upload is None else 2000,
            mode=modes.PREVENTION if settings.firewall.mode == "prevention" else modes.DETECTION,
            request_body_check=True,
            request_body_enforcement=upload is not None,
            state=network.WebApplicationFirewallEnabledState.ENABLED,
        ),
        resource_group_name=cloud.resource_group,
        tags=cloud.tags(name),
        opts=cloud.child_of(parent),
    )


def _only_by_cdn(cdn_id: pulumi.Input[str], hosts: Sequence[str]) -> network.WebApplicationFirewallCustomRuleArgs:
    """Source: https://learn.microsoft.com/azure/frontdoor/origin-security (2026-11-24)."""
    operators, headers = network.WebApplicationFirewallOperator, network.WebApplicationFirewallMatchVariable
    return network.WebApplicationFirewallCustomRuleArgs(
        action=network.WebApplicationFirewallAction.BLOCK,
        match_conditions=[
            network.MatchConditionArgs(
                match_values=list(hosts),
                match_variables=[network.MatchVariableArgs(variable_name=headers.REQUEST_HEADERS, selector="Host")],
                operator=operators.EQUAL,
                transforms=[network.WebApplicationFirewallTransform.LOWERCASE],
            ),
            network.MatchConditionArgs(
                match_values=[cdn_id],
                match_variables=[
                    network.MatchVariableArgs(variable_name=headers.REQUEST_HEADERS, selector="X-Azure-FDID")
                ],
                negation_conditon=True,
                operator=operators.EQUAL,
            ),
        ],
        name="OnlyByFrontDoor",
        priority=10,
        rule_type=network.WebApplicationFirewallRuleType.MATCH_RULE,
    )
