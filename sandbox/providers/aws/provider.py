"""The provider `aws`, planned: nothing is sent anywhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from sandbox.providers.aws import functions, identities
from sandbox.providers.aws.account import ACCOUNT, Account
from sandbox.providers.aws.documentation import allowed_values
from sandbox.providers.aws.facts import facts_of, text_of
from sandbox.providers.aws.replacement import inheritable, inherited, replacing
from sandbox.providers.plan import config
from sandbox.providers.plan.checking import Checker
from sandbox.providers.plan.planned import Planned
from sandbox.providers.plan.provider import PlanProvider
from sandbox.providers.plan.sdk import ResourceType, Sdk
from sandbox.providers.resource import Checked, Difference, ProviderError, Resource, State
from sandbox.providers.values import Properties, Value, as_list, as_object, as_text, reveal

_NO_REGION = "The provider `aws` has no region: `pulumi config set aws:region eu-west-3`, or set AWS_REGION."


class AwsProvider(PlanProvider):
    """Resources of AWS."""

    name = "aws"
    sdk = "pulumi_aws"

    def __init__(self) -> None:
        super().__init__(Sdk("aws", "pulumi_aws"), Checker(open_lists_count=False, allowed_values=allowed_values))
        self._account: Account | None = None

    @property
    def account(self) -> Account:
        """Where resources are. Raises ProviderError where no region is set."""
        if self._account is None:
            raise ProviderError(_NO_REGION)
        return self._account

    def check_config(self, inputs: Properties) -> Checked:
        """Hold the settings against the SDK's types."""
        fields = self.types.settings()
        found = config.problems(self.checker, "aws", fields, inputs)
        return Checked(inputs, found)

    def configure(self, inputs: Properties) -> None:
        """Take region and default tags; there is nothing to log in to."""
        settings = config.parsed(self.types.settings(), inputs)
        region = as_text(settings.get("region")) or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if not region:
            return
        tags = as_object(as_object(settings.get("defaultTags")).get("tags"))
        allowed = as_list(settings.get("allowedAccountIds"))
        number = as_text(allowed[0]) if len(allowed) == 1 else None
        self._account = Account(region, number or ACCOUNT, {key: str(reveal(value)) for key, value in tags.items()})

    def name_property(self, kind: ResourceType) -> str | None:
        """The input that names the resource."""
        return identities.name_property(kind)

    def is_named_automatically(self, kind: ResourceType) -> bool:
        """Whether a name is made."""
        return identities.is_named_automatically(kind)

    def automatic_name(self, kind: ResourceType, resource: Resource, digits: str) -> str:
        """As the official provider makes it: the name in the program, a dash, seven digits."""
        del kind
        return f"{resource.name}-{digits[:7]}"

    def replacing(self, kind: ResourceType) -> frozenset[str]:
        """Inputs whose change makes a new resource."""
        return replacing(kind)

    def decisive(self, kind: ResourceType) -> frozenset[str]:
        """What a database may have from its source tells nothing apart."""
        return replacing(kind) - inheritable(kind)

    def diff(self, resource: Resource, state: State, new: Properties) -> Difference:
        """Compare inputs; a database that is promoted, or parted from its backups, stays what it is."""
        found = super().diff(resource, state, new)
        kept = inherited(self.types.resource(resource.type), state.inputs)
        replaces = found.replaces - kept
        return replace(found, replaces=replaces, delete_before_replace=bool(replaces) and found.delete_before_replace)

    def id_of(self, planned: Planned) -> str:
        """The id."""
        return identities.id_of(planned, self._account_of(planned))

    def facts(self, planned: Planned, id: str) -> Mapping[str, Value]:
        """ARN, endpoints and the like."""
        return facts_of(planned, id, self._account_of(planned))

    def settled(self, planned: Planned) -> Mapping[str, Value]:
        """The region, and all tags."""
        account = self._account_of(planned)
        return {"region": account.region, "tagsAll": {**account.default_tags, **as_object(planned.inputs.get("tags"))}}

    def text(self, planned: Planned, name: str) -> str | None:
        """ARNs and names in AWS's domains."""
        return text_of(planned, name, self._account_of(planned))

    def invoke(self, token: str, args: Properties) -> Properties:
        """Functions that need no account to be answered."""
        return functions.answer(token, args, self.account, self.types, self.checker)

    def _account_of(self, planned: Planned) -> Account:
        region = planned.text("region") if "region" in planned.type.inputs else None
        return self.account if region is None else replace(self.account, region=region)
