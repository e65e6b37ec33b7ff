import { ConnectError } from "../../../connect-error.ts";

/** A filter of rows for the tables that an expression names. */
export interface SnapshotCondition {
  /** Regular expression of `schema.table`. */
  readonly collection: string;
  /** SQL behind `WHERE`. */
  readonly filter: string;
}

/** What somebody asks the connector to do; Debezium's signals. */
export type Signal =
  | {
      readonly kind: "execute-snapshot";
      readonly id: string;
      /** Regular expressions of `schema.table`. */
      readonly collections: readonly string[];
      readonly conditions: readonly SnapshotCondition[];
      /** The column that rows are read by in place of the key. */
      readonly surrogateKey?: string | undefined;
    }
  /** `collections` empty: all of it. */
  | { readonly kind: "stop-snapshot"; readonly id: string; readonly collections: readonly string[] }
  | { readonly kind: "pause-snapshot" | "resume-snapshot"; readonly id: string }
  | { readonly kind: "log"; readonly id: string; readonly message: string };

const COLLECTIONS_MAX = 1000;
/** Each record's offset carries what is asked for; a topic's records have a bound. */
const DATA_CHARACTERS_MAX = 65_536;

/**
 * Reads a signal's id, type and data (JSON).
 * @throws ConnectError CONNECT_DATA: what is wrong with it.
 */
export function readSignal(id: string, type: string, data: string | null): Signal {
  if ((data?.length ?? 0) > DATA_CHARACTERS_MAX)
    throw wrong(id, `its data have ${data!.length} characters, more than ${DATA_CHARACTERS_MAX}.`);
  const fields = fieldsOf(id, data);
  switch (type) {
    case "execute-snapshot":
      return executeSnapshot(id, fields);
    case "stop-snapshot":
      onlyIncremental(id, fields);
      return { kind: type, id, collections: collectionsOf(id, fields) };
    case "pause-snapshot":
    case "resume-snapshot":
      onlyIncremental(id, fields);
      return { kind: type, id };
    case "log":
      return { kind: type, id, message: textOf(id, fields, "message") ?? "" };
    default:
      throw wrong(id, `there is no type "${type}". There are execute-snapshot, stop-snapshot, pause-snapshot, resume-snapshot, log.`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function executeSnapshot(id: string, fields: Fields): Signal {
  onlyIncremental(id, fields);
  const collections = collectionsOf(id, fields);
  if (collections.length === 0) throw wrong(id, 'it names no table: "data-collections" is to be an array of schema.table.');
  const surrogateKey = textOf(id, fields, "surrogate-key");
  return {
    kind: "execute-snapshot",
    id,
    collections,
    conditions: conditionsOf(id, fields),
    ...(surrogateKey !== undefined && { surrogateKey }),
  };
}

function onlyIncremental(id: string, fields: Fields): void {
  const type = textOf(id, fields, "type") ?? "incremental";
  if (type.toLowerCase() !== "incremental") throw wrong(id, `its snapshot's type is "${type}"; there is only "incremental".`);
}

function collectionsOf(id: string, fields: Fields): string[] {
  const value = fields["data-collections"] ?? [];
  if (!Array.isArray(value) || value.some((name) => typeof name !== "string"))
    throw wrong(id, '"data-collections" is to be an array of texts.');
  if (value.length > COLLECTIONS_MAX) throw wrong(id, `"data-collections" has ${value.length} entries, more than ${COLLECTIONS_MAX}.`);
  for (const name of value as string[]) checkExpression(id, name);
  return value as string[];
}

function conditionsOf(id: string, fields: Fields): SnapshotCondition[] {
  const value = fields["additional-conditions"] ?? [];
  if (!Array.isArray(value)) throw wrong(id, '"additional-conditions" is to be an array.');
  return value.map((entry: unknown) => {
    const { "data-collection": collection, filter } = (entry ?? {}) as Fields;
    if (typeof collection !== "string" || typeof filter !== "string")
      throw wrong(id, 'each of "additional-conditions" is to have the texts "data-collection" and "filter".');
    checkExpression(id, collection);
    return { collection, filter };
  });
}

function checkExpression(id: string, text: string): void {
  try {
    collectionPattern(text);
  } catch {
    throw wrong(id, `"${text}" is no regular expression.`);
  }
}

/** Whole names, upper and lower case alike. */
export const collectionPattern = (text: string): RegExp => new RegExp(`^(?:${text.trim()})$`, "i");

function fieldsOf(id: string, data: string | null): Fields {
  if (data === null || data.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw wrong(id, `its data are not JSON: ${data.slice(0, 80)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrong(id, `its data are not an object: ${data.slice(0, 80)}`);
  return value as Fields;
}

function textOf(id: string, fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw wrong(id, `"${name}" is to be a text.`);
  return value;
}

const wrong = (id: string, problem: string): ConnectError =>
  new ConnectError("CONNECT_DATA", `The signal "${id}" is of no use: ${problem}`);
