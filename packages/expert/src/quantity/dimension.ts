/** What a number measures; its base unit stands behind it. */
export type Dimension = "bytes" | "bytesPerS" | "seconds" | "records" | "recordsPerS" | "count" | "ratio" | "money";

/** How a value of the dimension may be written, for help and error texts. */
export const EXAMPLES: Readonly<Record<Dimension, string>> = {
  bytes: "8TB, 512MiB",
  bytesPerS: "100MB/s, 10Gb/s",
  seconds: "7d, 30min, 250ms",
  records: "3600000",
  recordsPerS: "500/s",
  count: "12",
  ratio: "0.7, 70%",
  money: "0.08",
};
