import { OttlaError, TimeSlice } from "@ottla/base";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { type ConnectRest, connectorPath } from "@ottla/connect/rest-client";
import { requireConnect } from "../services/require-connect.ts";
import { type ConnectorRow, type ConnectorStatus, Connectors, statusView } from "../services/connectors.ts";
import { MASKED, maskedFields, maskedOffsets } from "../masking/mask-connect.ts";
import { samplesIn } from "../services/prometheus-samples.ts";
import { pageOf } from "../watch/page-of.ts";
import { seen } from "./answers.ts";
import { visitorOf } from "../access/visitor.ts";
import type { ConsoleContext } from "./console-context.ts";
import { pageQueryOf } from "./page-query.ts";

const LINES_SHOWN_MAX = 300;
const SAMPLES_SHOWN_MAX = 500;
const PREVIEWED = 10;
/** Traces of failures are told of so many parts, each so far; why a part failed is told of all. */
const TRACES_SHOWN_MAX = 20;
const TRACE_CHARS_MAX = 20_000;
const OFFSETS_SHOWN_MAX = 500;

const configShape = z.strictObject({ config: z.record(z.string().max(1_000), z.string().max(1_000_000)) });

/** Connectors of a Connect cluster as lists, one of them in depth, plugins with their settings. Names may be any text, so they are in the query. */
export function connectRoutes(context: ConsoleContext) {
  return new Hono().route("/", connectorRoutes(context)).route("/", pluginRoutes(context));
}

function connectorRoutes({ connect, watch, clock, masking }: ConsoleContext) {
  /** Errors and logs have parts of records in them. */
  const isMasked = (c: Context): boolean => masking.maskerFor(visitorOf(c)) !== undefined;
  const connectors = connect && new Connectors(connect, clock);
  return new Hono()
    .get("/connect/connectors", async (c) => {
      watch.touch();
      const known = requireConnect(connect);
      const all = (await connectors?.rows()) ?? [];
      const rows = isMasked(c) ? all.map((row) => (row.why === undefined ? row : { ...row, why: MASKED })) : all;
      const page = await pageOf(new TimeSlice(clock), rows, ({ name }) => name, column, pageQueryOf(c.req.query()));
      return c.json({ ...page, url: known.url });
    })
    .get("/connect/connector", async (c) => {
      watch.touch();
      const known = requireConnect(connect);
      const name = c.req.query("name") ?? "";
      const config = await known.get<Readonly<Record<string, string>>>(connectorPath(name, "/config"));
      const [status, offsets, topics] = await Promise.all([
        seen(known.get<ConnectorStatus>(connectorPath(name, "/status"))),
        seen(offsetsOf(known, name).then((found) => (isMasked(c) ? maskedOffsets(found) : found))),
        seen(known.get<Readonly<Record<string, { readonly topics: readonly string[] }>>>(connectorPath(name, "/topics"))),
      ]);
      return c.json({
        name,
        config,
        type: status.value?.type ?? "unknown",
        status: status.value && statusView(status.value.connector, isMasked(c), TRACE_CHARS_MAX),
        statusRefused: status.refused,
        tasks: tasksView(status.value?.tasks ?? [], isMasked(c)),
        offsets: offsets.value === null ? offsets : { ...offsets, value: offsets.value.slice(0, OFFSETS_SHOWN_MAX) },
        offsetCount: offsets.value?.length ?? null,
        topics: topics.value?.[name]?.topics ?? [],
        deadLetterTopic: config["errors.deadletterqueue.topic.name"] ?? null,
      });
    })
    .get("/connect/logs", async (c) => {
      watch.touch();
      const name = c.req.query("name") ?? "";
      return c.json({ lines: await linesOf(requireConnect(connect), name, isMasked(c)) });
    })
    .get("/connect/metrics", async (c) => {
      watch.touch();
      const text = await requireConnect(connect).text("/metrics");
      const name = c.req.query("name") ?? "";
      return c.json({ samples: text === undefined ? null : samplesIn(text, ({ connector }) => connector === name, SAMPLES_SHOWN_MAX) });
    });
}

function pluginRoutes({ connect, watch, masking, desk }: ConsoleContext) {
  return new Hono()
    .get("/connect/plugins", async (c) => {
      watch.touch();
      const plugins =
        await requireConnect(connect).get<readonly { readonly class: string; readonly type: string; readonly version?: string }[]>(
          "/connector-plugins",
        );
      return c.json({ plugins: plugins.filter(({ type }) => type === "source" || type === "sink") });
    })
    .post("/connect/validate", async (c) => {
      watch.touch();
      const { config } = configShape.parse(await c.req.json());
      const className = config["connector.class"] ?? "";
      const answer = (await requireConnect(connect).send(
        "PUT",
        `/connector-plugins/${encodeURIComponent(className)}/config/validate`,
        config,
      )) as Validated;
      return c.json({ errorCount: answer.error_count, groups: answer.groups, settings: answer.configs.map(settingView) });
    })
    .post("/connect/preview", async (c) => {
      // It runs a connector, which does what its settings say.
      desk.requireWritable();
      masking.requireUnmasked(visitorOf(c), "What a connector would read");
      watch.touch();
      const { config } = configShape.parse(await c.req.json());
      const answer = await requireConnect(connect)
        .send("PUT", `/ottla/preview?limit=${PREVIEWED}`, config)
        .catch((error: unknown) => {
          if (error instanceof OttlaError && error.code === "NOT_FOUND")
            throw new OttlaError("NO_PREVIEW", "This Connect makes no previews: they are Ottla's own.");
          throw error;
        });
      const { records, is_end: isEnd } = answer as { readonly records: readonly PreviewedRecord[]; readonly is_end: boolean };
      return c.json({ records, isEnd });
    });
}

/** A connector may have hundreds of tasks, and all of them fail alike. */
function tasksView(tasks: ConnectorStatus["tasks"], isMasked: boolean) {
  let traces = 0;
  return tasks.map((task) => {
    const chars = task.trace !== undefined && traces++ < TRACES_SHOWN_MAX ? TRACE_CHARS_MAX : 0;
    return { id: task.id, ...statusView(task, isMasked, chars) };
  });
}

async function offsetsOf(connect: ConnectRest, connector: string): Promise<readonly object[]> {
  return (await connect.get<{ readonly offsets: readonly object[] }>(connectorPath(connector, "/offsets"))).offsets;
}

interface PreviewedRecord {
  readonly read: unknown;
  readonly steps: readonly { readonly transform: string; readonly record: unknown }[];
  readonly written?: {
    readonly topic: string;
    readonly key: string | null;
    readonly value: string | null;
    readonly headers: readonly string[];
  };
  readonly failure?: string;
}

interface Validated {
  readonly error_count: number;
  readonly groups: readonly string[];
  readonly configs: readonly {
    readonly definition: {
      readonly name: string;
      readonly type: string;
      readonly required: boolean;
      readonly default_value: string | null;
      readonly importance: string;
      readonly documentation: string;
      readonly group: string | null;
      readonly display_name: string | null;
    };
    readonly value: {
      readonly value: string | null;
      readonly recommended_values: readonly string[];
      readonly errors: readonly string[];
      readonly visible: boolean;
    };
  }[];
}

function settingView({ definition, value }: Validated["configs"][number]) {
  return {
    name: definition.name,
    title: definition.display_name ?? definition.name,
    type: definition.type,
    isRequired: definition.required,
    byDefault: definition.default_value,
    importance: definition.importance,
    documentation: definition.documentation,
    group: definition.group,
    value: value.value,
    recommended: value.recommended_values.slice(0, 100),
    errors: value.errors,
    isVisible: value.visible,
  };
}

/** The last lines of the worker about a connector; null: this Connect does not tell them. */
async function linesOf(connect: ConnectRest, connector: string, isMasked: boolean) {
  const query = new URLSearchParams({ connector, limit: String(LINES_SHOWN_MAX) });
  try {
    const { lines } = await connect.get<{
      readonly lines: readonly {
        readonly timestampMs: number;
        readonly level: string;
        readonly message: string;
        readonly fields: object;
      }[];
    }>(`/ottla/logs?${query}`);
    return lines.map(({ timestampMs, level, message, fields }) => ({
      atMs: timestampMs,
      level,
      message: isMasked ? MASKED : message,
      fields: JSON.stringify(isMasked ? maskedFields(fields) : fields),
    }));
  } catch (error) {
    if (error instanceof OttlaError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

function column(row: ConnectorRow, name: string): string | number | undefined {
  return Object.hasOwn(row, name) ? row[name as keyof ConnectorRow] : undefined;
}
