"""The provider `azure-native`, planned: nothing is sent anywhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from sandbox.providers.azure_native import functions, identities
from sandbox.providers.azure_native.facts import facts_of, settled_of, text_of
from sandbox.providers.azure_native.subscription import NONE, Subscription
from sandbox.providers.plan import config
from sandbox.providers.plan.checking import Checker
from sandbox.providers.plan.planned import Planned
from sandbox.providers.plan.provider import PlanProvider
from sandbox.providers.plan.sdk import ResourceType, Sdk
from sandbox.providers.resource import Checked, Resource
from sandbox.providers.values import Properties, Value, as_text

_FIXED: Final[Mapping[str, frozenset[str]]] = {
    "azure-native:authorization:RoleAssignment": frozenset({"principalId", "roleDefinitionId", "principalType"}),
    "azure-native:dbforpostgresql:Server": frozenset({"administratorLogin", "createMode", "sourceServerResourceId"}),
    "azure-native:containerservice:ManagedCluster": frozenset({"dnsPrefix", "nodeResourceGroup"}),
    "azure-native:network:PublicIPAddress": frozenset({"zones"}),
}
"""Inputs beside path and location that the API takes only when the resource is made. Source: what Terraform's provider
azurerm makes a resource anew for (2026-11-24); the mode in which a server is made is the project's own addition. What
is neither here nor in the path is taken to be updated."""


class AzureProvider(PlanProvider):
    """Resources of Azure."""

    name = "azure-native"
    sdk = "pulumi_azure_native"
    fills_lists = False  # they tell what has been attached to a resource since

    def __init__(self) -> None:
        # The enumerations are generated from the very API version that the SDK calls.
        super().__init__(Sdk("azure-native", "pulumi_azure_native"), Checker(open_lists_count=True))
        self._subscription = Subscription()

    def check_config(self, inputs: Properties) -> Checked:
        """Hold the settings against the SDK's types."""
        return Checked(inputs, config.problems(self.checker, self.name, self.types.settings(), inputs))

    def configure(self, inputs: Properties) -> None:
        """Take subscription, tenant and location; there is nothing to log in to."""
        settings = config.parsed(self.types.settings(), inputs)

        def text(key: str, variable: str) -> str | None:
            return as_text(settings.get(key)) or os.environ.get(variable)

        self._subscription = Subscription(
            id=text("subscriptionId", "ARM_SUBSCRIPTION_ID") or NONE,
            tenant=text("tenantId", "ARM_TENANT_ID") or NONE,
            location=text("location", "ARM_LOCATION"),
        )

    def name_property(self, kind: ResourceType) -> str | None:
        """The input that names the resource."""
        return identities.name_property(kind)

    def is_named_automatically(self, kind: ResourceType) -> bool:
        """Azure names nothing by itself, so the official provider always does."""
        key = identities.name_property(kind)
        return key is not None and not kind.inputs[key].required

    def automatic_name(self, kind: ResourceType, resource: Resource, digits: str) -> str:
        """As the official provider makes it: the name in the program and eight digits; a UUID for a role assignment."""
        if kind.name == "RoleAssignment":
            return "-".join((digits[:8], digits[8:12], f"4{digits[13:16]}", f"8{digits[17:20]}", digits[20:32]))
        return f"{resource.name}{digits[:8]}"

    def replacing(self, kind: ResourceType) -> frozenset[str]:
        """All that is in the resource's path, its location, and what else the API does not change."""
        fixed = {*identities.path_properties(kind), *_FIXED.get(kind.token, ())}
        return frozenset(fixed | ({"location"} if "location" in kind.inputs else set()))

    def id_of(self, planned: Planned) -> str:
        """The path in the REST API."""
        return identities.id_of(planned, self._subscription)

    def facts(self, planned: Planned, id: str) -> Mapping[str, Value]:
        """Endpoints, identities and the like."""
        return facts_of(planned, id, self._subscription)

    def settled(self, planned: Planned) -> Mapping[str, Value]:
        """Name and location."""
        return settled_of(planned, self._subscription)

    def text(self, planned: Planned, name: str) -> str | None:
        """UUIDs and names in Azure's domains."""
        return text_of(planned, name, self._subscription)

    def invoke(self, token: str, args: Properties) -> Properties:
        """Functions that need no subscription to be answered."""
        return functions.answer(token, args, self._subscription, self.types, self.checker)
