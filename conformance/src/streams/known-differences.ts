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

export const knownDifferences: readonly KnownDifference[] = [
  {
    name: "final results lost",
    reason:
      "with emit on close Java 4.4.0 first puts the record into the window store and then reads from it the windows that closed; what the record's time moved out of the store's retention is not found, so a window's result is lost and nothing counted. Ours emits it. Of sessions it also loses those that end exactly gap and grace before stream time, which are still open: its store has just forgotten them. Java gives our answer, byte for byte, on stores that find for this one read what they have just let go (RememberingStores.java).",
    avoided: onRememberingStores,
  },
];

/** The case on stores that give a fold that emits on close what it has to emit; reads by key, and all that later operators see, are those of Java's own stores. */
function onRememberingStores(asked: StreamsCase): StreamsCase | undefined {
  const onClose = new Map(
    asked.topology.flatMap((statement) =>
      statement.op === "windowedBy" && statement.emit === "onClose" ? [[statement.id, statement.window] as const] : [],
    ),
  );
  if (onClose.size === 0) return undefined;
  const topology = asked.topology.map((statement) => {
    const window = isFold(statement) ? onClose.get(statement.from) : undefined;
    return window?.kind === "session" ? keptWhileOpen(statement as Fold, window.gapMs + window.graceMs) : statement;
  });
  return { ...asked, topology, config: { ...asked.config, rememberingStores: true } };
}

/** A session that ends exactly gap and grace before stream time is open, so those stores keep sessions a ms longer: of a retention that is longer anyway that ms is taken. */
function keptWhileOpen(fold: Fold, gapAndGraceMs: number): Fold {
  if (fold.store?.retentionMs === undefined) return fold;
  return { ...fold, store: { ...fold.store, retentionMs: Math.max(fold.store.retentionMs - 1, gapAndGraceMs) } };
}

type Fold = Extract<Statement, { op: "count" | "reduce" | "aggregate" }>;

const isFold = (statement: Statement): statement is Fold =>
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
