import type { Logger } from "@ottla/base";
import { type ConfigShape, configKeysOf } from "../plugin/config-shape.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import { fail } from "./connector-check.ts";

/** A logger that keeps what it is told. */
export function keepingLogger(lines: string[]): Logger {
  const keep = (message: string, fields?: unknown): void => void lines.push(`${message} ${fields === undefined ? "" : shown(fields)}`);
  return { debug: keep, info: keep, warn: keep, error: keep };
}

/** The texts that must stand nowhere: values of settings that are secrets. Shorter ones stand everywhere. */
export function secretsIn(config: ConfigShape, properties: ConnectorProperties): readonly string[] {
  return configKeysOf(config)
    .filter(({ type }) => type === "password")
    .map(({ name }) => properties[name] ?? "")
    .filter((text) => text.length >= 4);
}

export function checkHidden(secrets: readonly string[], words: readonly string[]): void {
  for (const secret of secrets) {
    const shownIn = words.find((word) => word.includes(secret));
    if (shownIn !== undefined)
      fail(
        `The secret of a setting is shown: "${shownIn.replaceAll(secret, "[secret]").slice(0, 200)}". Logs, findings and errors end in places that many read; name the setting, not its value.`,
      );
  }
}

/** An error with its causes, as logs show it. */
export function allWords(error: unknown): string {
  if (!(error instanceof Error)) return shown(error);
  const cause = error.cause === undefined ? "" : ` ${allWords(error.cause)}`;
  return `${error.message} ${error.stack ?? ""}${cause}`;
}

function shown(value: unknown): string {
  try {
    return JSON.stringify(value, (_name, part: unknown) => (typeof part === "bigint" ? part.toString() : part)) ?? "";
  } catch {
    return String(value);
  }
}
