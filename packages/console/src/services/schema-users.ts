/** A topic whose records may be written under a subject, by the strategy that names subjects so. */
export interface SchemaUser {
  readonly topic: string;
  readonly part: "key" | "value" | "either";
  readonly strategy: "TopicNameStrategy" | "TopicRecordNameStrategy";
}

/**
 * Topics that a subject is for, as far as its name tells: `orders-value` is the value of `orders`, `orders-com.acme.Order` the record of that name in `orders`. A subject that is a record's name alone (RecordNameStrategy)
 * may be used by any topic, and names none.
 */
export function topicsOf(subject: string, recordName: string | undefined, hasTopic: (name: string) => boolean): readonly SchemaUser[] {
  const name = subject.replace(/^:\.[^:]*:/, "");
  const found: SchemaUser[] = [];
  for (const part of ["key", "value"] as const) {
    const topic = name.endsWith(`-${part}`) ? name.slice(0, -part.length - 1) : "";
    if (topic !== "" && hasTopic(topic)) found.push({ topic, part, strategy: "TopicNameStrategy" });
  }
  const topic = recordName !== undefined && name.endsWith(`-${recordName}`) ? name.slice(0, -recordName.length - 1) : "";
  if (topic !== "" && hasTopic(topic)) found.push({ topic, part: "either", strategy: "TopicRecordNameStrategy" });
  return found;
}

/** The full name of a schema's record; undefined where it has none, or cannot be read. */
export function recordNameOf(schemaType: string, schema: string): string | undefined {
  if (schemaType === "PROTOBUF") {
    const message = /^\s*message\s+(\w+)/m.exec(schema)?.[1];
    const package_ = /^\s*package\s+([\w.]+)\s*;/m.exec(schema)?.[1];
    return message === undefined ? undefined : package_ === undefined ? message : `${package_}.${message}`;
  }
  let read: unknown;
  try {
    read = JSON.parse(schema);
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null) return undefined;
  const { name, namespace, title } = read as { readonly name?: unknown; readonly namespace?: unknown; readonly title?: unknown };
  if (schemaType === "JSON") return typeof title === "string" ? title : undefined;
  if (typeof name !== "string") return undefined;
  return typeof namespace === "string" && namespace !== "" && !name.includes(".") ? `${namespace}.${name}` : name;
}
