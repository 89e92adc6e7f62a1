"""The pages of ``docs/reference``, made from the code, so that they cannot say anything else than it does."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import groupby

import click
import msgspec

from infra.api_reference import parts as api_parts
from infra.cli import COMMANDS, tipstream
from infra.log import ALLOWED
from infra.settings import reference as settings_page
from ingest.schema import json_schema
from streams.envelope import Envelope
from streams.metrics import METRICS, PREFIX, SECONDS
from streams.records import QueueEnvelope
from streams.topics import TOPICS
from triage.domain.events import SCHEMA_VERSIONS, EventType
from triage.taxonomy.taxonomy import ENTITY_TYPES, FLAGS, Category, Indicator, Taxonomy, load_taxonomy

_EVENT_COMMENT = re.compile(r'= "(?P<type>[a-z.]+)"  # (?P<when>.+); key: (?P<key>\w+)')
_KINDS = {"string": "text", "boolean": "true or false", "number": "number", "null": "null"}


def pages() -> Mapping[str, str]:
    """Every generated page by its file name."""
    taxonomy = load_taxonomy()
    makers: Mapping[str, Callable[[], str]] = {
        "settings.md": settings_page,
        "commands.md": commands_page,
        "categories.md": lambda: categories_page(taxonomy),
        "indicators.md": lambda: indicators_page(taxonomy),
        "events.md": events_page,
        "topics.md": topics_page,
        "metrics.md": metrics_page,
        "tip-schema.md": tip_schema_page,
        "api.md": api_page,
        "log-fields.md": log_fields_page,
        "model.md": model_page,
    }
    return {name: make() for name, make in makers.items()}


def api_page() -> str:
    """Every address of the partner API."""
    made = (part if isinstance(part, str) else _table(*part) for part in api_parts())
    return _page([_head("Partner API", "ingest/api/endpoints.py"), *made])


def commands_page() -> str:
    """Every command with its usage and options."""
    parent = click.Context(tipstream, info_name="tipstream")
    parts = [
        _head("Commands", "infra/cli.py"),
        "`tipstream COMMAND --help` says the same.",
        _table(("command", "what it does"), _command_rows()),
    ]
    for name in COMMANDS:
        command = tipstream.get_command(parent, name)
        if command is None:
            raise LookupError(f"infra/cli.py names the command {name!r}, but its module has none of that name")
        parts += _command_parts(command, name, parent)
    return _page(parts)


def categories_page(taxonomy: Taxonomy) -> str:
    """Categories, levels of urgency, flags and kinds of entities."""
    rows = (
        (f"`{c.id}`", c.title, str(c.nature), c.definition, c.handlers, _never_beside(c, taxonomy)) for c in taxonomy.categories.values()
    )
    levels = ((str(level), title, taxonomy.urgency_meanings[level]) for level, title in taxonomy.urgency_titles.items())
    return _page(
        [
            _head("Categories", "triage/taxonomy"),
            "A tip can have several. `nature` decides what may happen to it: `enforcement`; `care` (services first, police only "
            "on danger); `boundary` (no enforcement queue by default); `none` (nothing to act on). Reports keep this order.",
            _table(("id", "title", "nature", "definition", "who usually handles it", "never beside"), rows),
            "## Urgency",
            "How soon a person must look. Rules and model may only raise it; a person lowers it, with a reason. The policy sets targets.",
            _table(("level", "title", "meaning"), levels),
            "## Flags",
            _code(FLAGS),
            "## Entities",
            _code(ENTITY_TYPES),
        ]
    )


def indicators_page(taxonomy: Taxonomy) -> str:
    """Every indicator, by facet."""
    found = sorted(taxonomy.indicators.values(), key=lambda indicator: indicator.facet)
    parts = [
        _head("Indicators", "triage/taxonomy/indicators.yaml"),
        f"{len(found)} kinds of evidence. Weight 5 is a legal element or a disclosure, 4 strong, 3 moderate, 2 weak, 1 context; "
        "a negative one speaks against. A dash before a category: the indicator speaks against it.",
        "*No lift* marks what is shown but never raises a tip by itself: context and counter-evidence. *Bias* marks signs that are "
        "known to harm people who did nothing; they never lift either. What the source codes stand for is in [Sources](../sources.md); "
        "merging, wording, facets and weights are ours.",
    ]
    for facet, members in groupby(found, key=lambda indicator: indicator.facet):
        columns = ("id", "what it is", "weight", "categories", "mark", "sources")
        parts += [f"## {facet}", _table(columns, map(_indicator_row, members))]
    return _page(parts)


def events_page() -> str:
    """Every type of event."""
    written = {match["type"]: match for match in _EVENT_COMMENT.finditer(inspect.getsource(EventType))}
    rows = ((f"`{type_}`", written[type_]["when"], written[type_]["key"], str(SCHEMA_VERSIONS[type_])) for type_ in EventType)
    return _page(
        [
            _head("Events", "triage/domain/events.py"),
            "Facts in one order. Each has an id, a type, a key, a time, the id of the tip that it traces, a version and a flat payload of "
            "ids, levels and desks: never text of a tip, never a contact detail. Order is promised per key.",
            _table(("type", "when it is appended", "key", "version"), rows),
        ]
    )


def topics_page() -> str:
    """Every topic, and the JSON schemas of what stands on them."""
    rows = (
        (
            f"`{topic.name}.<desk>`" if topic.per_desk else f"`{topic.name}`",
            topic.purpose,
            _code(topic.types) or "(any)",
            topic.key,
            str(topic.partitions),
            f"{topic.retention.days} days" if topic.retention else "for ever",
            "newest of each key kept" if topic.compacted else "",
        )
        for topic in TOPICS
    )
    queue_schema, schema = (json.dumps(msgspec.json.schema(form), indent=2) for form in (QueueEnvelope, Envelope))
    return _page(
        [
            _head("Topics", "streams/topics.py"),
            "What other systems can read where Kafka is set. The key keeps records in order; a record can come twice, with the same `id`. "
            "Headers repeat `id`, `type` and `trace`. No record holds a contact detail; text of a tip stands only on the topic of a desk "
            "that may read its case, and in it what tells who the sender is, is replaced by tokens. Names begin with "
            "`TIPSTREAM_KAFKA_PREFIX`. How to listen, and who needs which rights: [run on Kafka](../how-to/run-on-kafka.md).",
            _table(("topic", "what it tells", "types", "key", "partitions", "kept", "compacted"), rows),
            "## JSON schema of the queues",
            "On `queues.<desk>`. `details` is null where the desk may no longer read the case.",
            f"```json\n{queue_schema}\n```",
            "## JSON schema of all other topics",
            "Unknown fields may come with any release; pass over them. A dead letter is the record as it came, with headers `dead-line`, "
            "`dead-error`, `dead-tries`, `dead-source` (topic, partition, offset) and `dead-at`.",
            f"```json\n{schema}\n```",
        ]
    )


def metrics_page() -> str:
    """Every metric of every process."""
    rows = ((f"`{PREFIX}{m.name}`", m.meaning, m.process, str(m.kind), _code(m.labels)) for m in METRICS)
    buckets = ", ".join(f"{seconds:g}" for seconds in SECONDS)
    return _page(
        [
            _head("Metrics", "streams/metrics.py"),
            "Each process serves them at `/metrics` on `TIPSTREAM_HEALTH_HOST` and `TIPSTREAM_HEALTH_PORT`, in the text format of "
            "Prometheus; no label holds anything from a tip. `make docs` also makes the dashboard from this table "
            "(`infra/deploy/grafana/dashboard.json`). The alerts are in `infra/deploy/prometheus/alerts.yaml`; what to do about each is "
            "in the [runbook](../how-to/runbook.md).",
            _table(("metric", "what it tells", "process", "kind", "labels"), rows),
            f"A histogram of durations has the buckets {buckets} seconds. A level that cannot be looked up just now, such as one in "
            "a database that does not answer, is absent.",
        ]
    )


def tip_schema_page() -> str:
    """The fields of a tip on the wire, in tables and as JSON schema."""
    schema = json_schema()
    defined: Mapping[str, Mapping[str, object]] = schema["$defs"]
    parts = [
        _head("Tip schema", "ingest/submission.py"),
        "What `POST /api/v1/tips` takes. Only `narrative` is required; an optional field may be left out or null, which means the same. An "
        "unknown field is refused. There is no field for race, ethnicity or nationality, by design. "
        "A running product publishes this schema at `/api/v1/schema/tip.json`.",
    ]
    for name in sorted(defined, key=lambda name: name != "Submission"):
        properties = defined[name].get("properties")
        if isinstance(properties, dict):
            required = _listed(defined[name], "required")
            rows = ((f"`{f}`" + " (required)" * (f in required), _type(takes, defined)) for f, takes in properties.items())
            description = str(defined[name].get("description", "")).replace("``", "`")
            parts += [f"## {_title(name)}", description, _table(("field", "takes"), rows)]
    return _page([*parts, "## JSON schema", f"```json\n{json.dumps(schema, indent=2)}\n```"])


def log_fields_page() -> str:
    """Every field that a log line may carry."""
    return _page(
        [
            _head("Log fields", "infra/log.py"),
            "Logs go to standard error, one JSON object a line. Every line has `at`, `level`, `from` (the module) and `message` "
            "(a constant text). Beside them only the fields below get through, so that no text of a tip can reach a log by accident. "
            "An exception shows its kind (`error`) and place (`where`), never its text.",
            _code(sorted(ALLOWED)),
        ]
    )


def model_page() -> str:
    """What the manifest of the packaged model says of it."""
    manifest = json.loads((files("models") / "artifact" / "manifest.json").read_text("utf8"))
    facts = {name: value for name, value in manifest.items() if name not in ("heads", "cutoffs")}
    cuts = ((f"`{head}`", *(f"{cut:.2f}" for cut in cutoffs)) for head, cutoffs in manifest["cutoffs"].items())
    return _page(
        [
            _head("Model", "models/artifact/manifest.json"),
            "The model that comes with this version. `held_out` are figures over the labelled corpus in which no tip was scored by a model "
            "that had seen a tip of the same writer. Read the [model card](../model-card.md) before you rely on them.",
            _table(("what", "value"), _flat(facts)),
            "## Thresholds",
            "The probability from which a head counts as an answer, as possible and as likely.",
            _table(("head", "answer", "possible", "likely"), cuts),
        ]
    )


def _flat(values: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"`{before}{name}`", str(value)


def _command_rows() -> Iterable[tuple[str, str]]:
    return ((f"[`{name}`](#{name})", sentence) for name, (_, sentence) in COMMANDS.items())


def _command_parts(command: click.Command, name: str, parent: click.Context, depth: int = 2) -> Iterator[str]:
    """What one command does and takes, then the same of the commands below it."""
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    title = context.command_path.removeprefix("tipstream ")
    yield from (f"{'#' * depth} {title}", f"```\n{usage}\n```", inspect.cleandoc(command.help or ""))
    options = [record for option in command.params if (record := option.get_help_record(context))]
    if options:
        yield _table(("option", "what it does"), ((f"`{written}`", sentence) for written, sentence in options))
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _command_parts(command.commands[inner], inner, context, depth + 1)


def _never_beside(category: Category, taxonomy: Taxonomy) -> str:
    others = [name for name in taxonomy.categories if name != category.id]
    excluded = [name for name in others if name in category.excludes]
    kept = [name for name in others if name not in category.excludes]
    return f"anything but {_code(kept)}" if len(kept) < len(excluded) else _code(excluded)


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _indicator_row(indicator: Indicator) -> tuple[str, ...]:
    categories = [f"`{name}`" for name in indicator.supports] + [f"-`{name}`" for name in indicator.opposes]
    mark = "bias" if indicator.bias else "" if indicator.lifts else "no lift"
    return f"`{indicator.id}`", indicator.definition, str(indicator.weight), ", ".join(categories), mark, ", ".join(indicator.sources)


def _type(schema: Mapping[str, object], defined: Mapping[str, Mapping[str, object]]) -> str:
    """What a field takes, in words."""
    if isinstance(options := schema.get("anyOf"), list):
        return " or ".join(_type(option, defined) for option in options if option.get("type") != "null")
    if isinstance(reference := schema.get("$ref"), str):
        name = reference.rpartition("/")[2]
        choices = defined[name].get("enum")
        return _code(choices) if isinstance(choices, list) else f"[{_title(name)}](#{_title(name).lower()})"
    if schema.get("type") == "array":
        return f"a list of up to {schema['maxItems']}: {_type(_items(schema), defined)}"
    least, most = schema.get("minimum"), schema.get("maximum")
    limits = f" from {least:,} to {most:,}" if least is not None and most is not None else ""
    length = f" of up to {schema['maxLength']:,} characters" if "maxLength" in schema else ""
    return f"{_KINDS[str(schema['type'])]}{length}{limits}"


def _listed(schema: Mapping[str, object], key: str) -> list[object]:
    found = schema.get(key)
    return found if isinstance(found, list) else []


def _items(schema: Mapping[str, object]) -> Mapping[str, object]:
    items = schema["items"]
    if not isinstance(items, dict):
        raise TypeError("a list in the tip schema does not say what it holds")
    return items


def _title(name: str) -> str:
    return "Tip" if name == "Submission" else name.removesuffix("In")


def _head(title: str, source: str) -> str:
    return f"# {title}\n\nGenerated from `{source}`; `make docs` writes it anew."


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in (columns, *rows)]
    return "\n".join([lines[0], "|---" * len(columns) + "|", *lines[1:]])


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"
