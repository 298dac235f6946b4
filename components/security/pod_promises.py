"""What every Pod of the stack's namespace keeps to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from components.security.images import like, tagged, within
from components.security.pods import ALL_CONTAINERS, CONDITIONS, POD, POD_MAKERS, RUNNING_CONTAINERS
from components.security.promise import Check, Expression, Promise

_IMAGES: Final = Expression(
    "images",
    "variables.containers.map(c, {'of': string(c.name), 'reference': string(c.spec.?image.orValue(''))})"
    " + variables.pod.?volumes.orValue([]).filter(v, has(v.image))"
    ".map(v, {'of': 'volume ' + v.name, 'reference': string(v.image.?reference.orValue(''))})",
)
_NAMED: Final = Expression(
    "named",
    "variables.images.map(i, {'text': i.of + ' (' + i.reference + ')', 'full': "
    "!i.reference.contains('/') ? 'docker.io/library/' + i.reference"
    " : !i.reference.split('/')[0].matches(r'[.:]|^localhost$') ? 'docker.io/' + i.reference"
    " : i.reference.matches(r'^(index\\.)?docker\\.io/[^/]*$') ? 'docker.io/library/' + i.reference.split('/')[1]"
    " : i.reference.startsWith('index.docker.io/') ? i.reference.substring(6)"
    " : i.reference})",
)
"""The images under their full names, as `images.full_name` has them."""
_IMAGE_VARIABLES: Final = (POD, ALL_CONTAINERS, _IMAGES, _NAMED)
_RESOURCE_FIELDS: Final = "[['requests', 'cpu'], ['requests', 'memory'], ['limits', 'cpu'], ['limits', 'memory']]"


def fixed_versions(mutable_tags: Sequence[str], allowed: Sequence[str]) -> Promise:
    """No tag of `mutable_tags`, and not none, on images that no pattern of `allowed` means."""
    exceptions = f" && !i.full.matches(r'{like(allowed)}')" if allowed else ""
    moving = f"!i.full.contains('@') && i.full.matches(r'{tagged(mutable_tags)}'){exceptions}"
    return Promise(
        name="image-tags",
        title="Every image names a fixed version.",
        reason="A tag that is moved starts another program at the next restart, and no rollback brings the first back.",
        resources=POD_MAKERS,
        conditions=CONDITIONS,
        variables=(*_IMAGE_VARIABLES, Expression("moving", f"variables.named.filter(i, {moving}).map(i, i.text)")),
        checks=(
            Check(
                "variables.moving.size() == 0",
                "An image has no tag or one that is moved from build to build: name a fixed version, or a digest.",
                "'The image of ' + variables.moving.join(', ') + ' has no tag or one that is moved from build to build:"
                " name a fixed version, or a digest (@sha256:...).'",
            ),
        ),
    )


def known_registries(allowed: Sequence[str]) -> Promise:
    """Only images under one of the prefixes."""
    foreign = f"variables.named.filter(i, !i.full.matches(r'{within(allowed)}')).map(i, i.text)"
    fix = f"take it from {', '.join(allowed)}, or add its registry to jarvis:security admission.registries.allowed."
    return Promise(
        name="registries",
        title="Every image comes from a registry that is on the list.",
        reason="An image that nobody vouches for runs with the rights and the network of the stack.",
        resources=POD_MAKERS,
        conditions=CONDITIONS,
        variables=(*_IMAGE_VARIABLES, Expression("foreign", foreign)),
        checks=(
            Check(
                "variables.foreign.size() == 0",
                f"An image is from no allowed registry: {fix}",
                f"'The image of ' + variables.foreign.join(', ') + ' is from no allowed registry: {fix}'",
            ),
        ),
    )


def _none(cel: str, what: str, fix: str) -> Check:
    """That the list of names is empty."""
    return Check(f"{cel}.size() == 0", f"Something {what}: {fix}", f"{cel}.join(', ') + ' {what}: {fix}'")


def no_privileges() -> Promise:
    """Nothing of the node's own: what Pod Security refuses on Pods is refused on their templates as well."""
    fields = "['hostNetwork', 'hostPID', 'hostIPC'].filter(f, variables.pod[?f].orValue(false))"
    privileged = (
        "variables.containers.filter(c, c.spec.?securityContext.?privileged.orValue(false)"
        " || c.spec.?securityContext.?windowsOptions.?hostProcess.orValue(false)).map(c, c.name)"
    )
    paths = "variables.pod.?volumes.orValue([]).filter(v, has(v.hostPath)).map(v, 'volume ' + v.name)"
    ports = (
        "variables.containers.filter(c, c.spec.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) != 0))"
        ".map(c, c.name)"
    )
    return Promise(
        name="privileges",
        title="No container has the node's rights.",
        reason="Whoever breaks out of such a container has the node, and every Pod and Secret on it.",
        resources=POD_MAKERS,
        conditions=CONDITIONS,
        variables=(POD, ALL_CONTAINERS),
        checks=(
            _none(privileged, "is privileged", "leave securityContext.privileged out."),
            _none(fields, "is set, which shares a namespace with the node", "leave it out."),
            _none(paths, "is a path of the node (hostPath)", "use an emptyDir or a PersistentVolumeClaim."),
            _none(ports, "takes a port of the node (hostPort)", "reach it by a Service."),
        ),
    )


def bounded_resources() -> Promise:
    """CPU and memory, requests and limits, of every container that may have them."""
    lacking = (
        f"variables.containers.map(c, {{'name': c.name, 'lacks': dyn({_RESOURCE_FIELDS}"
        ".filter(f, !c.spec.?resources[?f[0]][?f[1]].hasValue()).map(f, f[0] + '.' + f[1]))})"
        ".filter(c, c.lacks.size() > 0).map(c, c.name + ' (' + c.lacks.join(', ') + ')')"
    )
    return Promise(
        name="resources",
        title="Every container says what it needs and the most that it may have.",
        reason="A container without limits starves its neighbours; one without requests is put where there is no room.",
        resources=POD_MAKERS,
        conditions=CONDITIONS,
        variables=(POD, RUNNING_CONTAINERS, Expression("lacking", lacking)),
        checks=(
            Check(
                "variables.lacking.size() == 0",
                "A container has not all its resources: set requests and limits of cpu and memory.",
                "'Resources are missing of ' + variables.lacking.join(', ') + ': set requests and limits of cpu and"
                " memory.'",
            ),
        ),
    )
