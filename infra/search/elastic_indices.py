"""Which indices hold the cases: the current one and, during a rebuild, the one that is built beside it.

An index is ``<prefix>-cases-000007``. The alias ``<prefix>-cases-<format>`` names the current one, ``<prefix>-cases-<format>-next`` the
one being built. The format is part of the aliases' names, so that an index of another version is never read by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from infra.search.elastic_client import engine_answers, error_type
from infra.search.elastic_mapping import MAPPING, SETTINGS, format_name
from triage.domain.errors import Unavailable


class OtherFormat(Unavailable):
    """The indices that are there were built by another version of the product."""

    def __init__(self, prefix: str) -> None:
        super().__init__(f"the indices {prefix}-cases-* were built by another version. Run 'tipstream reindex' to build them anew.")


class CaseIndices:
    """Names and aliases; knows nothing of what is in an index."""

    def __init__(self, client: Elasticsearch, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._numbered = re.compile(re.escape(prefix) + r"-cases-(\d{6})")
        self.current = f"{prefix}-cases-{format_name()}"
        self.building = f"{self.current}-next"

    def exist(self) -> bool:
        """Whether there is a current index. Raises ``OtherFormat`` if those that are there are of another version."""
        return self._has_current(self._aliases())

    def targets(self) -> dict[str, str]:
        """The indices that take documents now, each with the alias under which it does; makes the first one if there is none."""
        found = self._aliases()
        if not self._has_current(found):
            self._create(self.current, found)  # or another process does, under the same number
            found = self._aliases()
        return {index: alias for index, aliases in found.items() for alias in aliases & {self.current, self.building}}

    def create_next(self) -> str:
        """Make an index to be built, and return its name; the others that are no current one are removed."""
        self.remove_others(self._currents())
        while (name := self._create(self.building, self._aliases())) is None:
            pass  # the first put of a process took the number
        return name

    def swap(self, name: str) -> None:
        """Make the index ``name``, which was built, the current one, in one step. Fails if it was removed meanwhile."""
        actions: list[dict[str, Any]] = [{"remove": {"index": index, "alias": self.current}} for index in self._currents()]
        actions += [{"add": {"index": name, "alias": self.current}}, {"remove": {"index": name, "alias": self.building}}]
        with engine_answers("the search index cannot be swapped"):
            self._client.indices.update_aliases(actions=actions)

    def remove_others(self, kept: set[str]) -> None:
        """Remove every index of cases but these."""
        self.remove(set(self._aliases()) - kept)

    def remove(self, names: set[str]) -> None:
        """Remove the indices; those that are gone are no error."""
        with engine_answers("older search indices cannot be removed"):
            for name in sorted(names):
                self._client.options(ignore_status=404).indices.delete(index=name)

    def _has_current(self, found: Mapping[str, set[str]]) -> bool:
        if any(self.current in aliases for aliases in found.values()):
            return True
        if any(not aliases <= {self.building} for aliases in found.values()):
            raise OtherFormat(self._prefix)
        return False

    def _currents(self) -> set[str]:
        """The current index of whatever version: to be kept until another takes its place."""
        return {index for index, aliases in self._aliases().items() if any(not alias.endswith("-next") for alias in aliases)}

    def _create(self, alias: str, found: Mapping[str, set[str]]) -> str | None:
        """Make an index with ``alias`` under the number after those of ``found``; None if another process did, with whatever alias.

        That the number follows from what was found keeps two processes that found no current index from making two.
        """
        number = max((int(index.rpartition("-")[2]) for index in found), default=0) + 1
        name = f"{self._prefix}-cases-{number:06d}"
        with engine_answers("a search index cannot be made"):
            try:
                self._client.indices.create(index=name, settings=SETTINGS, mappings=MAPPING, aliases={alias: {}})
            except ApiError as error:
                if error_type(error) == "resource_already_exists_exception":
                    return None
                raise
        return name

    def _aliases(self) -> dict[str, set[str]]:
        """Every index of cases, with its aliases."""
        with engine_answers("the search indices cannot be listed"):
            found = self._client.indices.get_alias(index=f"{self._prefix}-cases-*").body
        return {index: set(each["aliases"]) for index, each in found.items() if self._numbered.fullmatch(index)}
