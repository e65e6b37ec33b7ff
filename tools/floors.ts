/** A floor: rooms (a folder with a slash at the end, or a file) below `src/` of a package. */
export interface Floor {
  readonly name: string;
  readonly rooms: readonly string[];
}

/**
 * The floors of packages that have them, the highest first. A room may import rooms of its own floor and of those below, never of one above: who wants to know what happens
 * upstairs takes an interface. Test code (`testing/`, `*.test.ts`) stands on the roof.
 */
export const floors: Readonly<Record<string, readonly Floor[]>> = {
  broker: [
    {
      name: "root",
      rooms: [
        "broker.ts",
        "audit-topic.ts",
        "virtual-brokers.ts",
        "controlled/",
        "acls.ts",
        "index.ts",
        "start-broker.ts",
        "start-options.ts",
      ],
    },
    { name: "metrics", rooms: ["metrics/"] },
    { name: "pipeline", rooms: ["pipeline/"] },
    { name: "calls", rooms: ["handlers/", "handler.ts", "broker-state.ts", "authorized-operations.ts", "authorisation.ts"] },
    { name: "owners with rules", rooms: ["groups/", "transactions/"] },
    { name: "coordinator", rooms: ["coordinator/"] },
    { name: "data path and admin", rooms: ["produce/", "fetch/", "topics/", "schemas/"] },
    { name: "state", rooms: ["partitions/", "security/", "quotas/"] },
    { name: "ground", rooms: ["certificates/", "config/", "metadata/", "net/"] },
  ],
  streams: [
    { name: "root", rooms: ["index.ts", "operate/", "opentelemetry/"] },
    { name: "driver and application", rooms: ["driver/", "application/"] },
    { name: "dsl", rooms: ["dsl/"] },
    { name: "graph", rooms: ["graph/"] },
    { name: "runtime", rooms: ["runtime/"] },
    { name: "topology", rooms: ["topology/"] },
    { name: "operators", rooms: ["processors/"] },
    { name: "processor api", rooms: ["processor/"] },
    { name: "state", rooms: ["stores/"] },
    { name: "ground", rooms: ["serdes/", "record.ts", "streams-error.ts", "thrown.ts", "boxed-time.ts", "known-options.ts"] },
  ],
};
