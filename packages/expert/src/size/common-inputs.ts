import type { InputSpec } from "./calculator.ts";

/** Inputs that several calculators share under one name and meaning. */
export const write = {
  dimension: "bytesPerS",
  summary: "peak rate of what producers send, uncompressed, before replication",
  isMinExcluded: true,
} as const satisfies InputSpec;
export const groups = { dimension: "count", summary: "groups that read everything", default: 1 } as const satisfies InputSpec;
export const replicationFactor = {
  dimension: "count",
  summary: "copies of each partition",
  default: 3,
  min: 1,
} as const satisfies InputSpec;
export const brokers = { dimension: "count", summary: "brokers", min: 1 } as const satisfies InputSpec;
export const partitions = { dimension: "count", summary: "partitions, counted once", min: 1 } as const satisfies InputSpec;
export const retention = {
  dimension: "seconds",
  summary: "how long records are kept",
  default: 604_800,
  isMinExcluded: true,
} as const satisfies InputSpec;
export const ratio = {
  dimension: "ratio",
  summary: "size after compression, of what it was before",
  default: 1,
  isMinExcluded: true,
  max: 2,
} as const satisfies InputSpec;
export const overhead = {
  dimension: "ratio",
  summary: "indexes and unfilled segments, on top of the records",
  default: 0.05,
} as const satisfies InputSpec;
export const fill = {
  dimension: "ratio",
  summary: "how full a disk may become",
  default: 0.6,
  isMinExcluded: true,
  max: 1,
} as const satisfies InputSpec;
export const produced = { dimension: "recordsPerS", summary: "records that come in" } as const satisfies InputSpec;
export const processing = { dimension: "seconds", summary: "time to process one record", isMinExcluded: true } as const satisfies InputSpec;
