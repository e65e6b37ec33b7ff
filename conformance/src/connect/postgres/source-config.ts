import { ConfigFamily, type ConfigShape, type ConfigValues } from "@ottla/connect";

/** Values of a plugin's settings from texts, as a worker reads them; for tests that run a source without one. */
export function configValues<Shape extends ConfigShape>(shape: Shape, given: Readonly<Record<string, string>>): ConfigValues<Shape> {
  const valueOf = (type: string, text: string | null | undefined): unknown => {
    if (text === null || text === undefined) return undefined;
    if (type === "list") return text === "" ? [] : text.split(",");
    if (type === "int" || type === "long") return Number(text);
    return type === "boolean" ? text === "true" : text;
  };
  const entries = Object.entries(shape).map(([name, field]) => [
    name,
    field instanceof ConfigFamily
      ? Object.fromEntries(Object.entries(given).filter(([member]) => field.names.test(member)))
      : valueOf(field.type, given[name] ?? field.defaultText),
  ]);
  return Object.fromEntries(entries) as ConfigValues<Shape>;
}
