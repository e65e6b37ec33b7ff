import { nearName, OttlaError } from "@ottla/base";
import { STRING_BYTES_MAX } from "@ottla/protocol";
import { brokerConfigDef } from "./broker-configs.ts";

/** What a person should hear of the properties that a broker was started with. */
export interface StartUpReport {
  /** Names that nothing knows, and the known name that was perhaps meant; they are kept, as a plugin or a newer version may know them. */
  readonly unknown: readonly { readonly name: string; readonly near: string | undefined }[];
  /** Names that are known and change nothing in Ottla. */
  readonly withoutEffect: readonly string[];
}

/** Checks every property with a known name. Throws `INVALID_CONFIG` with one sentence per fault. */
export function checkStartUpProperties(settings: ReadonlyMap<string, string>): StartUpReport {
  for (const [name, value] of settings) {
    // Answers carry both.
    if (Buffer.byteLength(name) > STRING_BYTES_MAX || Buffer.byteLength(value) > STRING_BYTES_MAX)
      throw new OttlaError(
        "INVALID_CONFIG",
        `The property ${name.slice(0, 100)} is too long; name and value have at most ${STRING_BYTES_MAX} bytes.`,
      );
  }
  const report = brokerConfigDef.check(settings);
  if (report.errors.length > 0) throw new OttlaError("INVALID_CONFIG", report.errors.map((error) => error.message).join(" "));
  const known = Array.from(brokerConfigDef.keys, ({ name }) => name);
  return {
    unknown: [...report.unknown.keys()]
      // A listener's own settings carry its name in front.
      .filter((name) => !name.startsWith("listener.name."))
      .map((name) => ({ name, near: nearName(name, known) })),
    withoutEffect: [...report.parsed.keys()].filter((name) => brokerConfigDef.get(name)?.effect === "none"),
  };
}
