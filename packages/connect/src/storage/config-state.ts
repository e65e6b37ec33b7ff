import { SESSION_KEY_BYTES, type SessionKey, SIGNATURE_ALGORITHM } from "../access/worker-signature.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";

/** What somebody wants of a connector, as Connect's config topic says it. */
export type TargetState = "STARTED" | "PAUSED" | "STOPPED";

/** A record of the config topic; a null value takes back what its key said. */
export interface ConfigRecord {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>> | null;
}

/** A connector as it is wanted. */
export interface WantedConnector {
  readonly properties: ConnectorProperties;
  readonly target: TargetState;
  /** Its tasks' properties, as the last complete set says; empty before there is one. */
  readonly tasks: readonly ConnectorProperties[];
}

/** What a request for a restart says (KIP-745). */
export interface RestartRequest {
  readonly connector: string;
  readonly includeTasks: boolean;
  readonly onlyFailed: boolean;
}

/** What a record came to. */
export type ConfigChange =
  | { readonly kind: "connector"; readonly connector: string }
  | ({ readonly kind: "restart" } & RestartRequest)
  /** A logger of every worker gets a level (KIP-976). */
  | { readonly kind: "logger"; readonly logger: string; readonly level: string }
  | { readonly kind: "none" };

/** Its record's key, as Apache's workers write it (KIP-507). */
const SESSION_KEY = "session-key";
const SESSION_KEYS_KEPT = 2;
/** A record that says more is of nobody. */
const TASKS_MAX = 10_000;

interface Entry {
  properties: ConnectorProperties | undefined;
  target: TargetState;
  tasks: readonly ConnectorProperties[];
  /** Tasks that no commit has made a set of yet. */
  readonly loose: Map<number, ConnectorProperties>;
  fencedTasks: number;
}

/** All that the config topic says: a fold over its records, in their order. Only {@link apply} changes it. */
export class ConfigState {
  readonly #entries = new Map<string, Entry>();
  /** Undefined: one came or went since it was made. */
  #names: readonly string[] | undefined;
  #sessionKeys: readonly SessionKey[] = [];

  /** Keys that workers sign with, the newest first; what was signed with the one before may still be on its way. */
  get sessionKeys(): readonly SessionKey[] {
    return this.#sessionKeys;
  }

  /** Sorted. */
  names(): readonly string[] {
    this.#names ??= [...this.#entries].flatMap(([name, { properties }]) => (properties === undefined ? [] : [name])).toSorted();
    return this.#names;
  }

  get(connector: string): WantedConnector | undefined {
    const entry = this.#entries.get(connector);
    if (entry?.properties === undefined) return undefined;
    return { properties: entry.properties, target: entry.target, tasks: entry.tasks };
  }

  /** How many tasks of earlier generations may still write exactly once (KIP-618). */
  fencedTasks(connector: string): number {
    return this.#entries.get(connector)?.fencedTasks ?? 0;
  }

  apply({ key, value }: ConfigRecord): ConfigChange {
    if (key === SESSION_KEY) {
      const found = sessionKeyIn(value);
      if (found !== undefined) this.#sessionKeys = [found, ...this.#sessionKeys].slice(0, SESSION_KEYS_KEPT);
      return { kind: "none" };
    }
    const [kind, rest] = splitKey(key);
    switch (kind) {
      case "connector":
        return this.#connector(rest, value);
      case "target-state":
        return this.#target(rest, value);
      case "task":
        return this.#task(rest, value);
      case "commit":
        return this.#commit(rest, value);
      case "tasks-fencing":
        this.#entry(rest).fencedTasks = numberIn(value, "task-count") ?? numberIn(value, "tasks") ?? 0;
        return { kind: "none" };
      case "logger-cluster": {
        const level = value?.["level"];
        return typeof level === "string" ? { kind: "logger", logger: rest, level } : { kind: "none" };
      }
      case "restart-connector":
        if (value === null) return { kind: "none" };
        return {
          kind: "restart",
          connector: rest,
          includeTasks: value["include-tasks"] === true,
          onlyFailed: value["only-failed"] === true,
        };
      case undefined:
        return { kind: "none" };
    }
  }

  #entry(connector: string): Entry {
    let entry = this.#entries.get(connector);
    if (entry === undefined) {
      entry = { properties: undefined, target: "STARTED", tasks: [], loose: new Map(), fencedTasks: 0 };
      this.#entries.set(connector, entry);
    }
    return entry;
  }

  #connector(connector: string, value: ConfigRecord["value"]): ConfigChange {
    const properties = propertiesIn(value);
    if (properties === undefined) {
      const gone = this.#entries.get(connector);
      this.#entries.delete(connector);
      this.#names = undefined;
      if (gone === undefined) return { kind: "none" };
      // Tasks of it that are cut off somewhere still write, until one that follows under the same name shuts them out.
      if (gone.fencedTasks > 0) this.#entry(connector).fencedTasks = gone.fencedTasks;
      if (gone.properties === undefined) return { kind: "none" };
    } else {
      const entry = this.#entry(connector);
      // What came behind a deletion is of the one that was deleted.
      if (entry.properties === undefined) {
        entry.tasks = [];
        this.#names = undefined;
      }
      entry.properties = properties;
    }
    return { kind: "connector", connector };
  }

  #target(connector: string, value: ConfigRecord["value"]): ConfigChange {
    if (value === null) return { kind: "none" };
    const state = value["state.v2"] ?? value["state"];
    if (state !== "STARTED" && state !== "PAUSED" && state !== "STOPPED") return { kind: "none" };
    // It is written before the config it belongs to where a connector begins in another state (KIP-980).
    const entry = this.#entry(connector);
    entry.target = state;
    return entry.properties === undefined ? { kind: "none" } : { kind: "connector", connector };
  }

  #task(rest: string, value: ConfigRecord["value"]): ConfigChange {
    const [, connector = "", number = ""] = /^(.*)-(\d+)$/s.exec(rest) ?? [];
    const properties = propertiesIn(value);
    if (number !== "" && Number(number) < TASKS_MAX && properties !== undefined)
      this.#entry(connector).loose.set(Number(number), properties);
    return { kind: "none" };
  }

  #commit(connector: string, value: ConfigRecord["value"]): ConfigChange {
    const count = numberIn(value, "tasks");
    if (count === undefined) return { kind: "none" };
    const entry = this.#entry(connector);
    const tasks: ConnectorProperties[] = [];
    for (let number = 0; number < count; number++) {
      const properties = entry.loose.get(number) ?? entry.tasks[number];
      // Compaction may leave a part of a set; whoever has the connector writes a new one.
      if (properties === undefined) return { kind: "none" };
      tasks.push(properties);
    }
    entry.tasks = tasks;
    entry.loose.clear();
    return { kind: "connector", connector };
  }
}

/** The records that make a set of tasks, its commit last. */
export function taskRecords(connector: string, tasks: readonly ConnectorProperties[]): ConfigRecord[] {
  return [
    ...tasks.map((properties, number) => ({ key: `task-${connector}-${number}`, value: { properties } })),
    { key: `commit-${connector}`, value: { tasks: tasks.length } },
  ];
}

/** The record that says what is wanted of a connector; old workers read `state`, which knows no STOPPED. */
export function targetRecord(connector: string, target: TargetState): ConfigRecord {
  return {
    key: `target-state-${connector}`,
    value: { state: target === "STOPPED" ? "PAUSED" : target, "state.v2": target },
  };
}

/** The record of a key that workers sign with. */
export function sessionKeyRecord({ key, createdMs }: SessionKey): ConfigRecord {
  return {
    key: SESSION_KEY,
    value: { key: key.toString("base64"), algorithm: SIGNATURE_ALGORITHM, "creation-timestamp": createdMs },
  };
}

function sessionKeyIn(value: ConfigRecord["value"]): SessionKey | undefined {
  const { key, algorithm, "creation-timestamp": createdMs } = value ?? {};
  if (typeof key !== "string" || algorithm !== SIGNATURE_ALGORITHM || typeof createdMs !== "number") return undefined;
  const bytes = Buffer.from(key, "base64");
  return bytes.length < SESSION_KEY_BYTES ? undefined : { key: bytes, createdMs };
}

const KINDS = ["connector", "target-state", "task", "commit", "tasks-fencing", "restart-connector", "logger-cluster"] as const;

function splitKey(key: string): [(typeof KINDS)[number] | undefined, string] {
  // A longer kind before one that it begins with: "tasks-fencing-" is not "task-".
  const kind = KINDS.find((each) => key.startsWith(`${each}-`));
  return kind === undefined ? [undefined, ""] : [kind, key.slice(kind.length + 1)];
}

function propertiesIn(value: ConfigRecord["value"]): ConnectorProperties | undefined {
  const properties = value?.["properties"];
  if (typeof properties !== "object" || properties === null) return undefined;
  return Object.fromEntries(Object.entries(properties).flatMap(([name, text]) => (typeof text === "string" ? [[name, text]] : [])));
}

function numberIn(value: ConfigRecord["value"], name: string): number | undefined {
  const number = value?.[name];
  return Number.isSafeInteger(number) && (number as number) >= 0 && (number as number) <= TASKS_MAX ? (number as number) : undefined;
}
