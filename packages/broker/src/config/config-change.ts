import { ConfigError, type ConfigKey, parseConfig } from "@ottla/base";
import { STRING_BYTES_MAX } from "@ottla/protocol";

/** What an edit does, in the numbers of IncrementalAlterConfigs. */
export const ConfigOperation = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const;

/** One edit of one key. */
export interface ConfigEdit {
  readonly name: string;
  readonly operation: number;
  readonly value: string | null;
}

/** The overrides a resource would have, or why not. `kind` says which error code fits. */
export type ConfigDecision = { readonly kind: "accepted"; readonly configs: ReadonlyMap<string, string> } | ConfigRefusal;

/** Finds what is known of a name; undefined where nothing is. */
export type KeyLookup = (name: string) => ConfigKey | undefined;

interface ConfigRefusal {
  /** `malformed`: the request itself is wrong. `invalid`: a value is. `not-a-list`: the operation does not fit the key. */
  readonly kind: "malformed" | "invalid" | "not-a-list";
  readonly message: string;
}

/**
 * What a resource's overrides become through edits, all or none. APPEND and SUBTRACT work on lists alone; where the list is not set yet they
 * start from `inherited`, the value that counts now. An entry that is there is not appended twice. Values are kept in their canonical text.
 * Deleting what is not set is no error. Whether the result may be is another question: see config-rules.ts.
 */
export function decideConfigChange(
  keyOf: KeyLookup,
  current: ReadonlyMap<string, string>,
  edits: readonly ConfigEdit[],
  inherited: (name: string) => string | null,
): ConfigDecision {
  const repeated = repeatedName(edits);
  if (repeated !== undefined) return { kind: "malformed", message: `The configuration ${repeated} is named more than once.` };
  const configs = new Map(current);
  for (const edit of edits) {
    const refusal = applyEdit(keyOf, configs, edit, inherited);
    if (refusal) return refusal;
  }
  return { kind: "accepted", configs };
}

/** As {@link decideConfigChange} for AlterConfigs, which replaces the whole set. */
export function decideConfigReplacement(
  keyOf: KeyLookup,
  settings: readonly { readonly name: string; readonly value: string | null }[],
): ConfigDecision {
  const edits = settings.map(({ name, value }) => ({ name, value, operation: ConfigOperation.SET }));
  return decideConfigChange(keyOf, new Map(), edits, () => null);
}

function applyEdit(
  keyOf: KeyLookup,
  configs: Map<string, string>,
  edit: ConfigEdit,
  inherited: (name: string) => string | null,
): ConfigRefusal | undefined {
  const { name, operation, value } = edit;
  if (operation === ConfigOperation.DELETE) {
    configs.delete(name);
    return undefined;
  }
  if (value === null)
    return { kind: "malformed", message: `The configuration ${name} needs a value; to go back to the default, delete it.` };
  switch (operation) {
    case ConfigOperation.SET:
      return put(keyOf, configs, name, value);
    case ConfigOperation.APPEND:
    case ConfigOperation.SUBTRACT:
      break;
    default:
      return {
        kind: "malformed",
        message: `${operation} is no operation on a configuration; use 0 (set), 1 (delete), 2 (append) or 3 (subtract).`,
      };
  }
  const isAppend = operation === ConfigOperation.APPEND;
  if (keyOf(name)?.type !== "list") {
    return { kind: "not-a-list", message: `${name} is no list, so nothing can be ${isAppend ? "appended to" : "subtracted from"} it.` };
  }
  const entries = new Set(split(configs.get(name) ?? inherited(name) ?? ""));
  const named = new Set(value.split(",").map((entry) => entry.trim()));
  const changed = isAppend ? [...new Set([...entries, ...named])] : [...entries].filter((entry) => !named.has(entry));
  // An empty entry beside others must reach the check; alone it would read as the empty list.
  return isAppend && named.has("")
    ? { kind: "invalid", message: `An empty entry cannot be appended to ${name}.` }
    : put(keyOf, configs, name, changed.join(","));
}

function put(keyOf: KeyLookup, configs: Map<string, string>, name: string, value: string): ConfigRefusal | undefined {
  const bytes = Buffer.byteLength(value);
  if (bytes > STRING_BYTES_MAX)
    return { kind: "invalid", message: `The value of ${name} would have ${bytes} bytes; a value has at most ${STRING_BYTES_MAX}.` };
  const key = keyOf(name);
  if (!key) {
    configs.set(name, value);
    return undefined;
  }
  try {
    configs.set(name, parseConfig(key, value).text ?? "");
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return { kind: "invalid", message: error.message };
    throw error;
  }
}

function split(text: string): string[] {
  return text === "" ? [] : text.split(",");
}

function repeatedName(edits: readonly ConfigEdit[]): string | undefined {
  const names = new Set<string>();
  for (const { name } of edits) {
    if (names.has(name)) return name;
    names.add(name);
  }
  return undefined;
}
