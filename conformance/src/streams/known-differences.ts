import type { CaseAnswer, StreamsCase } from "./case.ts";
import type { Statement } from "./case-statement.ts";
import { compareAnswers } from "./compare-answers.ts";

/** A difference that is judged a fault of Java's. */
export interface KnownDifference {
  readonly name: string;
  /** What Java does, and why that is not copied. */
  readonly reason: string;
  /** The case changed so that Java's fault cannot show and nothing else changes; undefined where the fault cannot show as it is. */
  readonly avoided: (asked: StreamsCase) => StreamsCase | undefined;
}

/** So long that no store of a case forgets anything. */
export const RETENTION_WITHOUT_END_MS: number = Number.MAX_SAFE_INTEGER;

export const knownDifferences: readonly KnownDifference[] = [
  {
    name: "final results lost",
    reason:
      "with emit on close Java 4.4.0 first puts the record into the window store and then reads from it the windows that closed; what the record's time moved out of the store's retention is not found, so a window's result is lost and nothing counted. Ours emits it. With a longer retention Java emits it too. Of sessions it also loses those that end exactly gap and grace before stream time, which are still open: its store has just forgotten them.",
    avoided: keptLonger,
  },
];

/** The case with stores that forget nothing under every fold that emits on close. */
function keptLonger(asked: StreamsCase): StreamsCase | undefined {
  const onClose = new Set(
    asked.topology.flatMap((statement) => (statement.op === "windowedBy" && statement.emit === "onClose" ? [statement.id] : [])),
  );
  const topology = asked.topology.map((statement): Statement => {
    if (!isFold(statement) || !onClose.has(statement.from) || statement.store === undefined) return statement;
    return { ...statement, store: { ...statement.store, retentionMs: RETENTION_WITHOUT_END_MS } };
  });
  return topology.every((statement, index) => statement === asked.topology[index]) ? undefined : { ...asked, topology };
}

const isFold = (statement: Statement): statement is Extract<Statement, { op: "count" | "reduce" | "aggregate" }> =>
  statement.op === "count" || statement.op === "reduce" || statement.op === "aggregate";

/** The name of the known difference that explains why Java's answer is not `actual`: Java gives this very answer where its fault cannot show. */
export async function knownDifferenceOf(
  asked: StreamsCase,
  actual: CaseAnswer,
  askJava: (changed: StreamsCase) => Promise<CaseAnswer>,
): Promise<string | undefined> {
  for (const { name, avoided } of knownDifferences) {
    const changed = avoided(asked);
    if (changed !== undefined && compareAnswers(await askJava(changed), actual) === undefined) return name;
  }
  return undefined;
}
