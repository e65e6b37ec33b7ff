/** Why a registry would refuse a schema. */
export interface Incompatibility {
  /** One sentence each, with where in the schema. */
  readonly reasons: readonly string[];
  /** The version that it was compared with, where the registry says so. */
  readonly version: number | null;
  /** Levels under which it would be taken, where the registry says so: Ottla's does. */
  readonly passesUnder: string | null;
}

const PART = /^\{(\w+): ?'?([\s\S]*?)'?\}$/;
const REASON = /^\{errorType:'([^']*)', description:'([\s\S]*?)'(?:, additionalInfo:'([\s\S]*?)')?\}$/;

/** Reads the messages of a check (`verbose=true`), which are half JSON; what is of another form is a reason as it is. */
export function readIncompatibility(messages: readonly string[]): Incompatibility {
  const reasons: string[] = [];
  let version: number | null = null;
  let passesUnder: string | null = null;
  for (const message of messages) {
    const [, errorType, description, where] = REASON.exec(message) ?? [];
    if (errorType !== undefined) {
      reasons.push(`${description || errorType}${where ? ` (${where})` : ""}`);
      continue;
    }
    const [, name, value = ""] = PART.exec(message) ?? [];
    if (name === "oldSchemaVersion") version = Number(value);
    else if (name === "passesUnder") passesUnder = value;
    else if (name !== "oldSchema" && name !== "compatibility" && name !== "validateFields") reasons.push(message);
  }
  return { reasons, version, passesUnder };
}
