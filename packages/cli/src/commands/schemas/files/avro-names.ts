const NAMED: ReadonlySet<unknown> = new Set(["record", "error", "enum", "fixed"]);
const PRIMITIVES: ReadonlySet<string> = new Set(["null", "boolean", "int", "long", "float", "double", "bytes", "string"]);

/** Full names that an Avro schema defines, and those that it uses. */
export interface AvroNames {
  readonly defined: ReadonlySet<string>;
  /** Without types of Avro's own. Each as it may be meant: in its namespace, then bare. */
  readonly used: readonly (readonly string[])[];
}

/** Finds them in a text; nothing in one that is no JSON. What is wrong with a schema is told when it is read. */
export function avroNamesIn(text: string): AvroNames {
  const defined = new Set<string>();
  const used = new Map<string, readonly string[]>();
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return { defined, used: [] };
  }
  // A list that grows while it is walked: types stand inside each other to any depth.
  const open: { readonly type: unknown; readonly namespace: string }[] = [{ type: root, namespace: "" }];
  for (const { type, namespace } of open) {
    if (typeof type === "string") {
      if (!PRIMITIVES.has(type))
        used.set(`${namespace} ${type}`, type.includes(".") || namespace === "" ? [type] : [`${namespace}.${type}`, type]);
    } else if (Array.isArray(type)) for (const branch of type as unknown[]) open.push({ type: branch, namespace });
    else if (typeof type === "object" && type !== null) {
      const parts = type as Readonly<Record<string, unknown>>;
      let inside = namespace;
      if (NAMED.has(parts["type"]) && typeof parts["name"] === "string") {
        const full = fullName(parts["name"], typeof parts["namespace"] === "string" ? parts["namespace"] : namespace);
        defined.add(full);
        inside = full.slice(0, Math.max(0, full.lastIndexOf(".")));
      } else if (parts["type"] !== "array" && parts["type"] !== "map") open.push({ type: parts["type"], namespace });
      for (const each of [parts["items"], parts["values"]]) if (each !== undefined) open.push({ type: each, namespace: inside });
      const fields = parts["fields"];
      if (Array.isArray(fields))
        for (const field of fields as { readonly type?: unknown }[]) open.push({ type: field?.type, namespace: inside });
    }
  }
  return { defined, used: [...used.values()].filter((names) => !names.some((name) => defined.has(name))) };
}

function fullName(name: string, namespace: string): string {
  return name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
}
