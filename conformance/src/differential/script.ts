import { SeededRandom } from "@ottla/base/simulated";
import { deleteTopicsApi, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import type { ClusterLink, VersionRanges } from "./cluster-link.ts";
import type { AnswerDifference, KnownDifference } from "./known-difference.ts";
import { type Exchange, Pair, ScriptParted, UnexplainedDifference } from "./pair.ts";
import { ScriptContext } from "./script-context.ts";
import { emptyModel } from "./script-model.ts";
import type { StepKind } from "./step.ts";

/** A step by its kind and the seed of its own decisions, so that it stays itself when others are dropped. */
export interface ScriptStep {
  readonly kind: StepKind;
  readonly seed: number;
}

/** How a script went. */
export interface ScriptOutcome {
  readonly transcript: readonly Exchange[];
  readonly met: ReadonlyMap<KnownDifference, number>;
  /** A listed difference ended it early. */
  readonly isParted: boolean;
  readonly failure: ScriptFailure | undefined;
}

/** The first step at which the clusters differed without an explanation, or that could not be run. */
export interface ScriptFailure {
  readonly step: number;
  readonly differences: readonly AnswerDifference[];
  readonly error: string | undefined;
}

/** The two clusters, and what both take. */
export interface ScriptTarget {
  readonly kafka: ClusterLink;
  readonly ours: ClusterLink;
  readonly ranges: VersionRanges;
}

/** What a script may dwell on: a little of everything goes nowhere deep. */
const THEMES: readonly RegExp[] = [/./, /^consumer group/, /^transaction/, /^group|^offsets/, /fetch|produce|records|list offsets/];
const THEME_WEIGHT = 5;

/** The script of a seed. The first steps make topics, since nothing else is of use without. */
export function writeScript(seed: number, length: number, kinds: readonly StepKind[]): ScriptStep[] {
  const random = new SeededRandom(seed);
  const theme = THEMES[seed % THEMES.length]!;
  const drawn = kinds.flatMap((kind) => Array.from({ length: kind.weight * (theme.test(kind.name) ? THEME_WEIGHT : 1) }, () => kind));
  const first = kinds.find(({ name }) => name === "create topics");
  return Array.from({ length }, (_, index) => {
    const kind = index < 3 && first !== undefined ? first : random.pick(drawn);
    return { kind, seed: random.nextInt(2 ** 31) };
  });
}

/** Runs the steps with names that start with `prefix`, up to the first failure; cleans up its topics. */
export async function runScript(steps: readonly ScriptStep[], target: ScriptTarget, prefix: string): Promise<ScriptOutcome> {
  const pair = new Pair(target.kafka, target.ours, prefix);
  const model = emptyModel(prefix, Date.now());
  let failure: ScriptFailure | undefined;
  let isParted = false;
  for (const [index, { kind, seed }] of steps.entries()) {
    try {
      await kind.run(new ScriptContext(pair, model, new SeededRandom(seed), target.ranges));
    } catch (error) {
      if (error instanceof ScriptParted) isParted = true;
      else if (error instanceof UnexplainedDifference) failure = { step: index, differences: error.differences, error: undefined };
      else failure = { step: index, differences: [], error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
      break;
    }
  }
  const topicNames = [...model.topics.keys()];
  await Promise.all(
    [target.kafka, target.ours].map(async (link) => {
      link.close(prefix);
      if (topicNames.length > 0) await link.ask(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames, timeoutMs: 10_000 }));
    }),
  );
  return { transcript: pair.transcript, met: pair.met, isParted, failure };
}
