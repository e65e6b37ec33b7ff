import type { CommandSpec } from "../../command.ts";

export const logCommands: readonly CommandSpec[] = [
  {
    path: ["log", "dump"],
    summary: "show and check the files of a partition",
    description:
      "Reads .log, .index, .timeindex and .snapshot files, or all of a partition's directory, as kafka-dump-log does. Lengths, checksums and offsets\nof batches are checked, and index entries against the batches beside them. Damage is status 1. Nothing is changed, but stop the broker first: the end of a file that is being written looks torn.",
    arguments: [{ name: "path", summary: "a file or a partition's directory", variadic: true }],
    options: [
      { name: "records", short: "r", kind: "flag", summary: "also keys, values and headers" },
      { name: "check-only", short: "q", kind: "flag", summary: "only damage and the sums" },
      { name: "json", kind: "flag", summary: "print one JSON object per line, for programs" },
    ],
    examples: [
      { command: "ottla log dump .ottla/orders-0", does: "every batch and index of a partition" },
      { command: "ottla log dump .ottla/orders-0/00000000000000000000.log --records", does: "one segment with its records" },
      { command: "ottla log dump .ottla/*-* --check-only", does: "is everything whole?" },
    ],
    load: async () => (await import("./dump-log.ts")).dumpLog,
  },
];
