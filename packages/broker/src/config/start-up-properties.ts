import { ConfigError, OttlaError, parseJavaProperties } from "@ottla/base";
import { brokerConfigDef } from "./broker-configs.ts";

/** The static layer of a broker's settings, and what a person should hear of it. */
export interface StartUpProperties {
  readonly settings: ReadonlyMap<string, string>;
  /** Names that nothing knows; kept, as a plugin or a newer version may. */
  readonly unknown: readonly string[];
  /** Names that are known and change nothing in Ottla. */
  readonly withoutEffect: readonly string[];
}

/**
 * Merges a properties file's text and `name=value` settings, which go before it, and checks every known name.
 * Throws `INVALID_CONFIG` with one sentence per fault.
 */
export function readStartUpProperties(fileText: string, assignments: readonly string[]): StartUpProperties {
  const settings = parseJavaProperties(fileText);
  for (const assignment of assignments) {
    const equals = assignment.indexOf("=");
    if (equals < 1) throw new ConfigError(assignment, `"${assignment}" is no setting; write name=value.`);
    settings.set(assignment.slice(0, equals).trim(), assignment.slice(equals + 1));
  }
  const report = brokerConfigDef.check(settings);
  if (report.errors.length > 0) throw new OttlaError("INVALID_CONFIG", report.errors.map((error) => error.message).join(" "));
  return {
    settings,
    // A listener's own settings carry its name in front.
    unknown: [...report.unknown.keys()].filter((name) => !name.startsWith("listener.name.")),
    withoutEffect: [...report.parsed.keys()].filter((name) => brokerConfigDef.get(name)?.effect === "none"),
  };
}
