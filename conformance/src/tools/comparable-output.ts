import type { ToolAnswer } from "./tool-session.ts";

// Columns of the transactions tool whose values belong to a cluster or a moment.
const OWN_COLUMNS: Readonly<Record<string, string>> = {
  ProducerId: "an id",
  CurrentTransactionStartTimeMs: "a time",
  TransactionDurationMs: "a while",
  LastTimestamp: "a time",
  "Duration(min)": "a while",
};

/** Words with one blank between them, and what is a cluster's or a moment's own put into words. */
function comparableLine(line: string): string {
  return (
    line
      .replace(/(?<=: )(Call\(callName=.* timed out at|Timed out waiting for a node assignment).*$/, "timed out")
      .replace(
        /(?<=Valid states are: |scenarios: \[|takes one of these options: |supports operations \[|configs for user-principal '\w+' are ).*$/,
        (list) => list.split(/, |\]/).sort().join(", "),
      )
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UUID")
      // Ids that Java's consumers make for themselves under the consumer protocol.
      .replace(/(?<=\s|^)[A-Za-z0-9_-]{22}(?=\s|$)/g, "UUID")
      .replace(/127\.0\.0\.1:\d+/g, "HOST:PORT")
      .replace(/node \d+/g, "node N")
      .split(/\s+/)
      .filter((word) => word !== "")
      .join(" ")
  );
}

/** The transactions tool pads its columns with blanks after tabs. */
function comparableTable(lines: readonly string[]): string[] {
  const header = lines[0]?.split("\t").map((cell) => cell.trim()) ?? [];
  return lines.map((line, index) =>
    index === 0
      ? comparableLine(line)
      : line
          .split("\t")
          .map(
            (cell, column) =>
              (/^-?\d/.test(cell.trim()) && cell.trim() !== "-1" && OWN_COLUMNS[header[column] ?? ""]) || comparableLine(cell),
          )
          .join(" ")
          .trim(),
  );
}

/** What two clusters must agree on: the status and the lines, in any order. */
export function comparableOutput({ status, out, err }: ToolAnswer): string {
  const lines = out.split("\n").filter((line) => line.trim() !== "");
  const plain = lines[0]?.includes("\t") === true ? comparableTable(lines) : lines.map(comparableLine);
  // The help behind a complaint is the tool's own.
  const complaint = err.split(/^Option +Description/m)[0] ?? "";
  const errors = complaint
    .split("\n")
    .map(comparableLine)
    .filter((line) => line !== "");
  return [`status ${status}`, ...plain.toSorted(), ...errors.map((line) => `! ${line}`)].join("\n");
}
