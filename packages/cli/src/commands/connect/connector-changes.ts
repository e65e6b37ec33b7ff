import { OttlaError } from "@ottla/base";
import { hideSecrets } from "@ottla/connect/worker";
import { type ConnectRest, connectorPath } from "../../connect/connect-rest.ts";
import type { ValidationAnswer, WrittenConnector } from "./connector-answers.ts";

const HIDDEN = "[hidden]";

/** A setting that differs; undefined on a side where it is not. Secrets are hidden on both. */
interface Difference {
  readonly setting: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What a file would change of what runs. */
export interface ConnectorChanges {
  readonly outcome: "created" | "changed" | "unchanged";
  readonly differences: readonly Difference[];
  /** Secrets whose running value nobody is shown, so that nobody can say whether the file's is another. */
  readonly unseen: readonly string[];
}

/** Compares what runs with a file. Which settings are secrets is asked of the worker. */
export async function changesOf(
  rest: ConnectRest,
  { name, config }: WrittenConnector,
  report: ValidationAnswer,
): Promise<ConnectorChanges> {
  const before = await runningConfig(rest, name);
  const secrets = new Set(report.configs.flatMap(({ definition, value }) => (definition?.type === "PASSWORD" ? [value.name] : [])));
  const [was, is] = [hideSecrets(before ?? {}, secrets), hideSecrets(config, secrets)];
  const differences: Difference[] = [];
  const unseen: string[] = [];
  for (const setting of [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted()) {
    const [old, next] = [before?.[setting], config[setting]];
    if (old === next) continue;
    if (old === HIDDEN && next !== undefined && is[setting] === HIDDEN) unseen.push(setting);
    else differences.push({ setting, before: was[setting], after: is[setting] });
  }
  const outcome = before === undefined ? "created" : differences.length === 0 ? "unchanged" : "changed";
  return { outcome, differences, unseen };
}

/** The worker's report on a file's settings. */
export async function validated(rest: ConnectRest, config: Readonly<Record<string, string>>): Promise<ValidationAnswer> {
  const plugin = encodeURIComponent(config["connector.class"] ?? "none");
  return (await rest.send("PUT", `/connector-plugins/${plugin}/config/validate`, config)) as ValidationAnswer;
}

async function runningConfig(rest: ConnectRest, name: string): Promise<Readonly<Record<string, string>> | undefined> {
  const names = await rest.get("/connectors");
  if (!Array.isArray(names)) throw new OttlaError("CONNECT_ANSWER_UNREADABLE", "What answers is no Connect: its connectors are no list.");
  return names.includes(name) ? await rest.get<Readonly<Record<string, string>>>(connectorPath(name, "/config")) : undefined;
}
