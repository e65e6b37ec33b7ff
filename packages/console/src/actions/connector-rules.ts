import { OttlaError, shellWord } from "@ottla/base";
import { type ConnectRest, connectorPath } from "@ottla/connect/rest-client";
import { requireConnect } from "../services/require-connect.ts";
import type { ServiceChangeOf } from "./service-change.ts";
import type { Before, ServiceRules, ServiceRulesTable } from "./service-rules.ts";

type Config = Readonly<Record<string, string>>;

/** What Connect shows in place of a secret, which nobody can put back. */
const HIDDEN = "[hidden]";
const VERBS = { RUNNING: "resume", PAUSED: "pause", STOPPED: "stop" } as const;
const WORDS = { RUNNING: "Let", PAUSED: "Pause", STOPPED: "Stop" } as const;

const putConnector: ServiceRules<ServiceChangeOf<"putConnector">> = {
  subject: ({ connector }) => connector,
  sentence: ({ connector, config }, before) => {
    if (before === null) return `Make connector ${connector} of ${config["connector.class"] ?? "no class"}.`;
    const names = changedNames(configOf(before), config);
    return `Change ${names.length} setting${names.length === 1 ? "" : "s"} of connector ${connector}: ${names.slice(0, 20).join(", ")}.`;
  },
  risk: (_change, before) =>
    before === null ? { class: "low" } : { class: "high", why: "Its tasks are stopped and begun again with the new settings." },
  shown: (change, before) => ({ ...change, config: withoutSecrets(change.config, (before?.["secrets"] ?? []) as readonly string[]) }),
  commands: ({ connector, config }, { connect }) => [curl("PUT", `${connect?.url}${connectorPath(connector, "/config")}`, config)],
  look: async ({ connector, config }, services, signal) => {
    const connect = requireConnect(services.connect);
    const plugin = encodeURIComponent(config["connector.class"] ?? "");
    const verdict = (await connect.send("PUT", `/connector-plugins/${plugin}/config/validate`, { ...config, name: connector }, signal)) as {
      readonly error_count: number;
      readonly configs: readonly {
        readonly definition: { readonly type: string };
        readonly value: { readonly name: string; readonly errors: readonly string[] };
      }[];
    };
    if (verdict.error_count > 0) {
      const errors = verdict.configs.flatMap(({ value }) => value.errors.map((error) => `${value.name}: ${error}`));
      throw new OttlaError("INVALID_CONFIG", `Connect refuses these settings. ${errors.slice(0, 20).join(" ")}`);
    }
    const before = await configNow(connect, connector, signal);
    if (before !== null && changedNames(configOf(before), config).length === 0)
      throw new OttlaError("NOTHING_TO_DO", `Connector ${connector} has these settings already.`);
    const secrets = verdict.configs.filter(({ definition }) => definition.type === "PASSWORD").map(({ value }) => value.name);
    return before === null ? null : { ...before, secrets };
  },
  carryOut: async ({ connector, config }, before, services, signal) => {
    await requireConnect(services.connect).send("PUT", connectorPath(connector, "/config"), { ...config, name: connector }, signal);
    if (before === null) return [{ kind: "deleteConnector", connector }];
    const former = configOf(before);
    // A secret that was replaced is known to nobody here.
    const isKnown = changedNames(former, config).every((name) => former[name] !== HIDDEN);
    return isKnown ? [{ kind: "putConnector", connector, config: former }] : undefined;
  },
};

const setConnectorState: ServiceRules<ServiceChangeOf<"setConnectorState">> = {
  subject: ({ connector }) => connector,
  sentence: ({ connector, state }) => `${WORDS[state]} connector ${connector}${state === "RUNNING" ? " go on" : ""}.`,
  risk: ({ state }) =>
    state === "RUNNING"
      ? { class: "low" }
      : {
          class: "low",
          why: state === "STOPPED" ? "Its tasks end; its settings and offsets stay." : "Its tasks wait; nothing is read or written.",
        },
  commands: ({ connector, state }, { connect }) => [curl("PUT", `${connect?.url}${connectorPath(connector, `/${VERBS[state]}`)}`)],
  look: (change, services, signal) => stateNow(requireConnect(services.connect), change.connector, signal),
  carryOut: async ({ connector, state }, before, services, signal) => {
    await requireConnect(services.connect).send("PUT", connectorPath(connector, `/${VERBS[state]}`), undefined, signal);
    const former = before?.["state"];
    return former === "PAUSED" || former === "STOPPED" || former === "RUNNING"
      ? [{ kind: "setConnectorState", connector, state: former }]
      : [{ kind: "setConnectorState", connector, state: "RUNNING" }];
  },
};

const restartConnector: ServiceRules<ServiceChangeOf<"restartConnector">> = {
  subject: ({ connector }) => connector,
  sentence: ({ connector, onlyFailed, task }) =>
    task === undefined
      ? `Begin connector ${connector} anew, with ${onlyFailed ? "its failed tasks" : "all its tasks"}.`
      : `Begin task ${task} of ${connector} anew.`,
  risk: () => ({ class: "low", why: "What was not committed is read or written once more, unless the connector works exactly once." }),
  commands: ({ connector, onlyFailed, task }, { connect }) => [curl("POST", `${connect?.url}${restartPath(connector, onlyFailed, task)}`)],
  look: async ({ connector }, services, signal) => {
    await requireConnect(services.connect).get(connectorPath(connector), signal);
    return {};
  },
  carryOut: async ({ connector, onlyFailed, task }, _before, services, signal) => {
    await requireConnect(services.connect).send("POST", restartPath(connector, onlyFailed, task), undefined, signal);
    return undefined;
  },
};

const resetConnectorOffsets: ServiceRules<ServiceChangeOf<"resetConnectorOffsets">> = {
  subject: ({ connector }) => connector,
  sentence: ({ connector }) => `Forget where connector ${connector} was: it begins from the beginning.`,
  risk: () => ({ class: "high", why: "What it has read or written already comes once more." }),
  commands: ({ connector }, { connect }) => [curl("DELETE", `${connect?.url}${connectorPath(connector, "/offsets")}`)],
  look: async ({ connector }, services, signal) => {
    const connect = requireConnect(services.connect);
    const now = await stateNow(connect, connector, signal);
    if (now?.["state"] !== "STOPPED")
      throw new OttlaError("NOT_STOPPED", `Connector ${connector} must be stopped first: its tasks would write over it.`);
    // Not the places themselves: parts of records stand in them, which masking hides from some.
    const { offsets } = await connect.get<{ readonly offsets: readonly object[] }>(connectorPath(connector, "/offsets"), signal);
    return { places: offsets.length };
  },
  carryOut: async ({ connector }, _before, services, signal) => {
    await requireConnect(services.connect).send("DELETE", connectorPath(connector, "/offsets"), undefined, signal);
    return undefined;
  },
};

const deleteConnector: ServiceRules<ServiceChangeOf<"deleteConnector">> = {
  subject: ({ connector }) => connector,
  sentence: ({ connector }) => `Delete connector ${connector}; what it wrote stays, and so do a source's offsets.`,
  risk: () => ({ class: "high", why: "Nothing is read or written by it any more." }),
  commands: ({ connector }, { connect }) => [curl("DELETE", `${connect?.url}${connectorPath(connector)}`)],
  look: async ({ connector }, services, signal) => {
    const now = await configNow(requireConnect(services.connect), connector, signal);
    if (now === null) throw new OttlaError("NOT_FOUND", `There is no connector ${connector}.`);
    return now;
  },
  carryOut: async ({ connector }, before, services, signal) => {
    await requireConnect(services.connect).send("DELETE", connectorPath(connector), undefined, signal);
    const config = configOf(before);
    return Object.values(config).includes(HIDDEN) ? undefined : [{ kind: "putConnector", connector, config }];
  },
};

/** Changes of Connect. */
export const connectorRules: ServiceRulesTable<
  "putConnector" | "setConnectorState" | "restartConnector" | "resetConnectorOffsets" | "deleteConnector"
> = { putConnector, setConnectorState, restartConnector, resetConnectorOffsets, deleteConnector };

function configOf(before: Before): Config {
  return (before?.["config"] ?? {}) as Config;
}

/** Names that hold secrets, whether or not the connector says so. */
const SECRET_NAME = /password|secret|token|credential|sasl\.jaas\.config|ssl\.key(?!store\.type)/i;

function withoutSecrets(config: Config, secrets: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      secrets.includes(name) || (SECRET_NAME.test(name) && !value.startsWith("${")) ? HIDDEN : value,
    ]),
  );
}

/** Settings that came, went or changed; `name` is the connector's own. */
function changedNames(before: Config, after: Config): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => key !== "name" && before[key] !== after[key]).sort();
}

async function configNow(connect: ConnectRest, connector: string, signal: AbortSignal): Promise<Before> {
  try {
    return { config: await connect.get<Config>(connectorPath(connector, "/config"), signal) };
  } catch (error) {
    if (error instanceof OttlaError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

async function stateNow(connect: ConnectRest, connector: string, signal: AbortSignal): Promise<Before> {
  const { connector: own } = await connect.get<{ readonly connector: { readonly state: string } }>(
    connectorPath(connector, "/status"),
    signal,
  );
  return { state: own.state };
}

function restartPath(connector: string, onlyFailed: boolean, task: number | undefined): string {
  return task === undefined
    ? connectorPath(connector, `/restart?includeTasks=true&onlyFailed=${onlyFailed}`)
    : connectorPath(connector, `/tasks/${task}/restart`);
}

/** One call of Connect's API as a line of a shell. */
function curl(method: string, url: string, body?: unknown): string {
  const words = body === undefined ? [] : ["-H", shellWord("Content-Type: application/json"), "-d", shellWord(JSON.stringify(body))];
  return ["curl", "-X", method, ...words, shellWord(url)].join(" ");
}
