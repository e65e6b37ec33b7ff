import { type AvroType, fullName, isNamed } from "./avro-type.ts";
import { logicalTypeOf } from "./logical-type.ts";

/** What a JavaScript value can be told by. */
export type ValueKind = "null" | "boolean" | "number" | "text" | "date" | "bytes" | "array" | "object";

/** Whether logical types count, or the types beneath them. */
interface LogicalTypes {
  readonly logicalTypes: boolean;
}

/** As what kind of value a type is handed out. */
export function kindOfType(type: AvroType, { logicalTypes }: LogicalTypes): ValueKind {
  const logical = logicalTypes ? logicalTypeOf(type) : undefined;
  if (logical?.kind === "timestamp") return logical.perSecond === 1_000n ? "date" : "number";
  if (logical !== undefined) return "text";
  switch (type.kind) {
    case "int":
    case "long":
    case "float":
    case "double":
      return "number";
    case "string":
    case "enum":
      return "text";
    case "bytes":
    case "fixed":
      return "bytes";
    case "record":
    case "map":
    case "union":
      return "object";
    case "null":
    case "boolean":
    case "array":
      return type.kind;
  }
}

/** Whether a union's branches cannot be told apart by their values, so that each stands in an object under its branch's name. */
export function isWrapped(branches: readonly AvroType[], shape: LogicalTypes): boolean {
  return new Set(branches.map((branch) => kindOfType(branch, shape))).size < branches.length;
}

/** The name of a union's branch: the full name of a named type, else the type's word. */
export function branchName(branch: AvroType): string {
  return isNamed(branch) ? fullName(branch.name) : branch.kind;
}
