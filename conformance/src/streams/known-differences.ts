import type { CaseAnswer, StreamsCase } from "./case.ts";
import type { Statement } from "./case-statement.ts";
import type { compareAnswers } from "./compare-answers.ts";

/** A difference that is judged a fault of Java's. */
export interface KnownDifference {
  readonly name: string;
  /** What Java does, and why that is not copied. */
  readonly reason: string;
  /** The case changed so that Java's fault cannot show and nothing else changes; undefined where the fault cannot show as it is. */
  readonly avoided: (asked: StreamsCase) => StreamsCase | undefined;
  /** It shows in the count of dropped records alone, which is between those of Java's two answers. */
  readonly isOfCounts?: true;
  /** Where Java fails, or lets the record fail: nothing is left to compare then but what both make of the changed case. */
  readonly fails?: (java: CaseAnswer, ours: CaseAnswer, asked: StreamsCase) => boolean;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    name: "final results lost",
    reason:
      "with emit on close Java 4.4.0 first puts the record into the window store and then reads from it the windows that closed; what the record's time moved out of the store's retention is not found, so a window's result is lost and nothing counted. Ours emits it. Of sessions it also loses those that end exactly gap and grace before stream time, which are still open: its store has just forgotten them. Java gives our answer, byte for byte, on stores that find for this one read what they have just let go (RememberingStores.java).",
    avoided: onRememberingStores,
  },
  {
    name: "repartition topics not merged",
    reason:
      'merge.repartition.topics fails in Java 4.4.0 where one of the topics is no longer below the node that changes the key since another merge moved it: "Found a null keyChangingChild node". Ours leaves that one where it is, or refuses with STREAMS_TOPOLOGY. Compared is what both make of the case without this optimisation.',
    avoided: ({ config, ...asked }) => ({ ...asked, config: { ...config, optimization: withoutMerging(config.optimization) } }),
    fails: ({ error }) => error?.message.startsWith("Found a null keyChangingChild node") === true,
  },
  {
    name: "left join with a grace and no key",
    reason:
      "a left join of a stream with a versioned table lets records without a key through (KIP-962), but with a grace Java 4.4.0 puts them into its buffer, which takes no null: NullPointerException, or a dead letter. Ours gives them on at once. Compared is what both make of the case without the grace.",
    avoided: withoutGrace,
    fails: (java, ours, asked) =>
      /processor=.*NullPointerException: key cannot be null$/.test(java.error?.message ?? "") ||
      deadWithoutKey(java, asked) > deadWithoutKey(ours, asked),
  },
  {
    name: "dead letter without its record",
    reason:
      "Java 4.4.0 forgets the bytes that a record was made of as soon as a sink has written something that came of it, and in the buffer of a join with a grace: the dead letter of a step that fails after that has neither key nor value. Ours has them. Java gives our answer, byte for byte, with a handler that remembers them for this one (RememberingSources.java).",
    avoided: ({ config, ...asked }) =>
      config.deadLetterTopic === undefined || config.rememberingSources === true
        ? undefined
        : { ...asked, config: { ...config, rememberingSources: true } },
  },
  {
    name: "deleted window read backwards",
    reason:
      "AbstractMergedSortedCacheStoreIterator.hasNext of Java 4.4.0 compares a deleted entry of the cache with the store's as if every walk went forward: walked backwards, as sliding windows are, it gives the deleted one, without a value, and the fold fails with a NullPointerException. Ours passes over it. Compared is what both make of the case without a cache.",
    avoided: withoutCache,
    fails: ({ error }, _ours, { config }) =>
      config.cacheMaxBytes !== undefined &&
      error?.message.endsWith(
        'NullPointerException: Cannot invoke "org.apache.kafka.streams.state.ValueAndTimestamp.value()" because "next.value" is null',
      ) === true,
  },
  {
    name: "late records counted by segments",
    reason:
      "a store of windows or sessions in RocksDB keeps what is put too late until its segment of a minute or more is dropped, and shows it to nobody, since reads are cut to the millisecond; only what belongs to a segment that is gone does Java 4.4.0 count as dropped. Ours keeps none of it and counts each. What is written is the same, and our count is at least Java's and at most that of its stores in memory.",
    avoided: inMemory,
    isOfCounts: true,
  },
];

const withoutMerging = (optimization: string | undefined): string =>
  optimization === "all" ? "reuse.ktable.source.topics,single.store.self.join" : "none";

function deadWithoutKey({ steps }: CaseAnswer, { config }: StreamsCase): number {
  return steps.flat().filter(([topic, , key]) => topic === config.deadLetterTopic && key === null).length;
}

function inMemory(asked: StreamsCase): StreamsCase | undefined {
  if (asked.config.persistent === undefined) return undefined;
  const { persistent: _, ...config } = asked.config;
  return { ...asked, config };
}

function withoutCache(asked: StreamsCase): StreamsCase {
  const { cacheMaxBytes: _, ...config } = asked.config;
  return { ...asked, config };
}

function withoutGrace(asked: StreamsCase): StreamsCase | undefined {
  const isAsked = asked.topology.some((made) => made.op === "joinTable" && made.kind === "left" && made.graceMs !== undefined);
  if (!isAsked) return undefined;
  const topology = asked.topology.map((statement): Statement => {
    if (statement.op !== "joinTable" || statement.kind !== "left") return statement;
    const { graceMs: _, ...plain } = statement;
    return plain;
  });
  return { ...asked, topology };
}

/** The case on stores that give a fold that emits on close what it has to emit; reads by key, and all that later operators see, are those of Java's own stores. */
function onRememberingStores(asked: StreamsCase): StreamsCase | undefined {
  const onClose = new Map(
    asked.topology.flatMap((statement) =>
      statement.op === "windowedBy" && statement.emit === "onClose" ? [[statement.id, statement.window] as const] : [],
    ),
  );
  if (onClose.size === 0 || asked.config.rememberingStores === true) return undefined;
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

/** The name of the known difference that explains why Java's answer is not ours: where its fault cannot show, Java gives this very answer, or, where it fails, both give the same one. */
export async function knownDifferenceOf(
  asked: StreamsCase,
  expected: CaseAnswer,
  actual: CaseAnswer,
  askJava: (changed: StreamsCase) => Promise<CaseAnswer>,
  askOurs: (changed: StreamsCase) => CaseAnswer,
  compare: typeof compareAnswers,
): Promise<string | undefined> {
  for (const { name, avoided, fails, isOfCounts } of knownDifferences) {
    if (fails !== undefined && !fails(expected, actual, asked)) continue;
    const changed = avoided(asked);
    if (changed === undefined) continue;
    if (isOfCounts === true) {
      const counts = [expected, actual, await askJava(changed)].map(({ dropped = 0 }) => dropped) as [number, number, number];
      if (compare({ ...expected, dropped: counts[1] }, actual) === undefined && counts[0] <= counts[1] && counts[1] <= counts[2])
        return name;
      continue;
    }
    const ours = fails === undefined ? actual : askOurs(changed);
    const java = await askJava(changed);
    if (compare(java, ours) === undefined) return name;
    // A case may show more than one of them.
    if ((await knownDifferenceOf(changed, java, ours, askJava, askOurs, compare)) !== undefined) return name;
  }
  return undefined;
}
