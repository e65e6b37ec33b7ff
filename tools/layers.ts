/**
 * Which package may import which: the table of ARCHITECTURE.md as data. Dependencies point one way; `client` and `broker` meet on the
 * wire only, so that whatever is built on the client works on Apache Kafka too.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  base: [],
  protocol: ["base"],
  log: ["protocol", "base"],
  broker: ["log", "protocol", "base"],
  client: ["protocol", "base"],
  registry: ["client", "base"],
  serdes: ["registry", "client", "base"],
  streams: ["client", "protocol", "base"],
  sql: ["streams", "registry", "client", "base"],
  connect: ["serdes", "registry", "client", "base"],
  mirror: ["connect", "client", "base"],
  rest: ["registry", "client", "base"],
  expert: ["client", "base"],
  console: ["expert", "connect", "streams", "serdes", "client", "protocol", "base"],
  testing: ["broker", "client", "base"],
  cli: [
    "base",
    "protocol",
    "log",
    "broker",
    "client",
    "registry",
    "serdes",
    "streams",
    "sql",
    "connect",
    "mirror",
    "rest",
    "expert",
    "console",
    "testing",
  ],
};

/** Inside a package, a folder that alone may use one of the package's dependencies: the expert's rules know no client. */
export const onlyWithin: readonly { readonly layer: string; readonly dependency: string; readonly folder: string }[] = [
  { layer: "expert", dependency: "client", folder: "src/collect/" },
];

/** The layer of an import, if it is one of Ottla's packages: `@ottla/base/node` → `base`, `ottla` → `cli`. */
export function layerOf(specifier: string): string | undefined {
  if (specifier === "ottla" || specifier.startsWith("ottla/")) return "cli";
  return specifier.startsWith("@ottla/") ? specifier.split("/")[1] : undefined;
}
