"""Where a generated SDK keeps the classes of a type of resource. Only the module that is asked for is imported."""

from __future__ import annotations

import difflib
import importlib
import keyword
import re
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, get_overloads

from sandbox.providers.plan.checking import Checker
from sandbox.providers.plan.shapes import Field, fields_of, outputs_of, parameters_of
from sandbox.providers.resource import ProviderError
from sandbox.providers.values import Properties


@dataclass(frozen=True)
class ResourceType:
    """One type of resource."""

    token: str
    """As in `aws:rds/instance:Instance`."""
    inputs: Mapping[str, Field]
    outputs: Mapping[str, Field]
    documentation: str
    """The SDK's text about the resource, with examples."""

    @property
    def name(self) -> str:
        """The last part of the token."""
        return self.token.rpartition(":")[2]


class Sdk:
    """One SDK; its lookups may come from many threads."""

    def __init__(self, package: str, module: str) -> None:
        """`package` as in the types' tokens (`azure-native`), `module` as Python has it (`pulumi_azure_native`)."""
        self._package = package
        self._module = module
        self._types: dict[str, ResourceType] = {}
        self._lock = threading.Lock()

    def resource(self, token: str) -> ResourceType:
        """The type of a token. Raises ProviderError where the SDK has none."""
        with self._lock:  # importing a lazily loaded module is not safe in several threads
            if token not in self._types:
                self._types[token] = self._read(token)
            return self._types[token]

    def _read(self, token: str) -> ResourceType:
        name = token.rpartition(":")[2]
        module = self._import(token)
        found = getattr(module, name, None)
        if not isinstance(found, type):
            raise ProviderError(_no_such(token, "resource", vars(module)))
        own = vars(sys.modules[found.__module__])
        args = next((own[item] for item in own["__all__"] if item != name and item.endswith("Args")), None)
        inputs = fields_of(args) if isinstance(args, type) else dict[str, Field]()
        constructors = get_overloads(found.__init__)
        text = (constructors[0].__doc__ if constructors else None) or ""
        return ResourceType(token, inputs, outputs_of(found), text)

    def settings(self) -> Mapping[str, Field]:
        """The settings of the provider itself."""
        with self._lock:
            return fields_of(importlib.import_module(self._module).ProviderArgs)

    def check_arguments(self, token: str, args: Properties, checker: Checker) -> None:
        """Raises ProviderError where arguments of a function are not what the SDK's function takes."""
        problems = checker.problems(f"the function {token}", parameters_of(self.function(token)), args)
        if problems:
            raise ProviderError(" ".join(sentence for _, sentence in problems))

    def function(self, token: str) -> Callable[..., Any]:
        """The function of a token such as `aws:index/getRegion:getRegion`. Raises ProviderError where there is none."""
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", token.rpartition(":")[2]).lower()
        with self._lock:
            module = self._import(token)
            found = getattr(module, name, None)
        if not callable(found):
            raise ProviderError(_no_such(token, "function", vars(module)))
        return found

    def _import(self, token: str) -> ModuleType:
        part = token.split(":")[1].split("/", maxsplit=1)[0] if token.count(":") > 1 else "index"
        name = self._module if part == "index" else f"{self._module}.{part}{'_' if keyword.iskeyword(part) else ''}"
        try:
            importlib.import_module(self._module)
            return importlib.import_module(name)
        except ImportError:
            raise ProviderError(
                f"The SDK of `{self._package}` has no module `{part}`, which {token} names. (It is the installed "
                f"package {self._module}.)"
            ) from None


def _no_such(token: str, what: str, there: Mapping[str, object]) -> str:
    package, _, name = token.split(":")
    near = difflib.get_close_matches(name, [key for key in there if not key.startswith("_")], 1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    return f"The SDK of `{package}` has no {what} `{token}`.{hint}"
