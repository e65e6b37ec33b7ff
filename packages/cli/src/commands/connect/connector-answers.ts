import { basename } from "node:path";
import { readText } from "../../access-files.ts";
import { UsageError } from "../../command.ts";

/** As Connect's REST API answers it. */
export interface ConnectorStatus {
  readonly name: string;
  readonly type: string;
  readonly connector: PartStatus;
  readonly tasks: readonly (PartStatus & { readonly id: number })[];
}

interface PartStatus {
  readonly state: string;
  readonly worker_id: string;
  readonly trace?: string;
}

/** What a worker says of settings. */
export interface ValidationAnswer {
  readonly error_count: number;
  readonly configs: readonly {
    readonly definition?: { readonly type: string };
    readonly value: { readonly name: string; readonly errors: readonly string[] };
  }[];
  readonly warnings?: readonly string[];
}

/** A connector as a file says it. */
export interface WrittenConnector {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** The connector of a JSON file: settings alone, named after `name` or the file, or `{"name", "config"}`. Throws {@link UsageError}. */
export function readConnectorFile(path: string): WrittenConnector {
  let value: unknown;
  try {
    value = JSON.parse(readText(path, "the connector's file"));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${path} cannot be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`${path} holds no connector; it is a JSON object of settings.`);
  const { name, config } = value as { readonly name?: unknown; readonly config?: unknown };
  const settings = typeof config === "object" && config !== null ? config : value;
  const texts = Object.fromEntries(
    Object.entries(settings).map(([key, each]: [string, unknown]) => {
      if (typeof each === "object") throw new UsageError(`${path}: the setting "${key}" is a text.`);
      return [key, typeof each === "string" ? each : JSON.stringify(each)];
    }),
  );
  const called = typeof name === "string" ? name : (texts["name"] ?? basename(path).replace(/\.[^.]*$/, ""));
  return { name: called, config: { ...texts, name: called } };
}
