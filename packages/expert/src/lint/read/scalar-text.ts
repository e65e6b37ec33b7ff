import { isScalar } from "yaml";

/** A scalar of YAML or JSON as Kafka is given it; undefined for what is no scalar. */
export function scalarText(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  const { value } = node;
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint"
    ? value.toString()
    : value === null
      ? ""
      : undefined;
}
