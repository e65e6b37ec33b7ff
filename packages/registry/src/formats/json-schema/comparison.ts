import { type CompatibilityPolicy, type Difference, snippet } from "../../compatibility/difference.ts";
import { isJsonObject, type JsonValue, printJson } from "../../json/json-value.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { Written } from "./written.ts";

/** Differences of one pair. */
export type Found = readonly Difference[];
/** No difference. */
export const NONE: Found = [];

/** What the parts of the comparison ask of each other. */
export interface Comparison {
  readonly policy: CompatibilityPolicy;
  /** What `reader` does not take of what is written; each pair is compared once. */
  readonly compare: (reader: JsonSchema, written: Written) => Found;
  /** What is written by schemas that hold at once. */
  readonly written: (schemas: readonly JsonSchema[], chosen?: ReadonlySet<string>) => Written;
  /** Counts steps, of which there is a bound. */
  readonly charge: (steps: number) => void;
}

/** Kinds of what keeps a JSON Schema from taking a value, by the names with which registries answer. */
export type JsonSchemaDifferenceKind =
  | "TYPE_CHANGED"
  | "TYPE_NARROWED"
  | "ENUM_ARRAY_NARROWED"
  | "ENUM_ARRAY_CHANGED"
  | "COMBINED_TYPE_CHANGED"
  | "COMBINED_TYPE_SUBSCHEMAS_CHANGED"
  | "SUM_TYPE_NARROWED"
  | "PRODUCT_TYPE_EXTENDED"
  | "NOT_TYPE_EXTENDED"
  | "SCHEMA_ADDED"
  | `${"MAX_LENGTH" | "MAX_ITEMS" | "MAX_PROPERTIES" | "MAX_CONTAINS" | "MAXIMUM" | "EXCLUSIVE_MAXIMUM"}_${"ADDED" | "DECREASED"}`
  | `${"MIN_LENGTH" | "MIN_ITEMS" | "MIN_PROPERTIES" | "MIN_CONTAINS" | "MINIMUM" | "EXCLUSIVE_MINIMUM"}_${"ADDED" | "INCREASED"}`
  | `PATTERN_${"ADDED" | "CHANGED"}`
  | `MULTIPLE_OF_${"ADDED" | "EXPANDED" | "CHANGED"}`
  | "UNIQUE_ITEMS_ADDED"
  | `ADDITIONAL_${"ITEMS" | "PROPERTIES"}_${"REMOVED" | "NARROWED"}`
  | `UNEVALUATED_${"ITEMS" | "PROPERTIES"}_${"REMOVED" | "NARROWED"}`
  | `${"ITEM" | "PROPERTY"}_ADDED_TO_OPEN_CONTENT_MODEL`
  | `${"ITEM" | "PROPERTY"}_REMOVED_FROM_CLOSED_CONTENT_MODEL`
  | `${"ITEM" | "PROPERTY"}_${"ADDED" | "REMOVED"}_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`
  | "REQUIRED_ATTRIBUTE_ADDED"
  | "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL"
  | `DEPENDENCY_ARRAY_${"ADDED" | "EXTENDED"}`
  | "DEPENDENCY_SCHEMA_ADDED";

/** A difference at a place of the reader. */
export function difference(
  kind: JsonSchemaDifferenceKind,
  path: string,
  message: string,
  reader: JsonValue | undefined,
  written: Written | JsonValue | undefined,
): Difference {
  const writer = written !== null && typeof written === "object" && "schemas" in written ? writtenText(written) : written;
  return {
    kind,
    path: path === "" ? "/" : path,
    message,
    ...(reader !== undefined && { reader: shortText(reader) }),
    ...(writer !== undefined && { writer: typeof written === "object" && typeof writer === "string" ? writer : shortText(writer) }),
  };
}

function writtenText({ schemas }: Written): string {
  if (schemas.length === 0) return "true";
  return snippet(
    schemas
      .slice(0, 3)
      .map(({ json }) => shortText(json))
      .join(" and "),
  );
}

const SHOWN_MEMBERS = 10;

/** Only what a line can show is printed: a difference may stand at the root of a schema of a megabyte. */
function shortText(value: JsonValue): string {
  return snippet(printJson(shortened(value, 2)));
}

function shortened(value: JsonValue, depth: number): JsonValue {
  if (typeof value === "string") return value.slice(0, 200);
  if (Array.isArray(value)) {
    return depth === 0 ? "…" : value.slice(0, SHOWN_MEMBERS).map((each: JsonValue) => shortened(each, depth - 1));
  }
  if (!isJsonObject(value)) return value;
  if (depth === 0) return "…";
  const members = new Map<string, JsonValue>();
  for (const [key, each] of value) {
    if (members.size === SHOWN_MEMBERS) break;
    members.set(key, shortened(each, depth - 1));
  }
  return members;
}
