import type { CaseAnswer, StreamsCase } from "./case.ts";
import type { compareAnswers, Mismatch } from "./compare-answers.ts";
import { type GeneratorOptions, generateCase } from "./generate-case.ts";
import type { JavaJudge } from "./java-judge.ts";
import { knownDifferenceOf } from "./known-differences.ts";
import { MissingVerbError } from "./ours/build-topology.ts";
import { shrinkCase } from "./shrink-case.ts";

/** Answers a case as Ottla does. Throws where the DSL has no such verb, which ends the campaign. */
export type Ours = (asked: StreamsCase) => CaseAnswer;

/** What a campaign is to do. */
export interface CampaignOptions {
  readonly firstSeed: number;
  /** Ends when so many input records were piped. */
  readonly records: number;
  readonly generator: GeneratorOptions;
  readonly compare: typeof compareAnswers;
  /** Ends when so many cases with a difference were looked into. */
  readonly failuresMax: number;
  readonly shrinkTriesMax: number;
  onFailure(failure: CampaignFailure): void;
  onProgress(tally: CampaignTally): void;
}

/** A generated case on which the two part, as small as it could be made. */
export interface CampaignFailure {
  readonly seed: number;
  /** With Java's answer. */
  readonly smallest: StreamsCase;
  readonly mismatch: Mismatch;
}

export interface CampaignTally {
  cases: number;
  records: number;
  /** Records to any topic that were the same, byte for byte. */
  produced: number;
  failures: number;
  /** Cases that both refuse, or in which user code throws. */
  ended: number;
  /** Cases that part in what is a fault of Java's, by its name. */
  readonly known: Map<string, number>;
}

/** So many questions wait for Java, so that neither side waits for the other. */
const CASES_AHEAD = 24;
const PROGRESS_CASES = 500;

/** Asks both sides about one generated case after another. */
export async function runCampaign(judge: JavaJudge, ours: Ours, options: CampaignOptions): Promise<CampaignTally> {
  const tally: CampaignTally = { cases: 0, records: 0, produced: 0, failures: 0, ended: 0, known: new Map() };
  const asked: Asked[] = [];
  let seed = options.firstSeed;
  while (tally.records < options.records && tally.failures < options.failuresMax) {
    while (asked.length < CASES_AHEAD) {
      const made = generateCase(seed++, options.generator);
      const actual = ours(made);
      const expected = judge.ask(made);
      // What fails while others are waited for is told when its turn comes.
      expected.catch(() => {});
      asked.push({ made, actual, expected });
    }
    const { made, actual, expected } = asked.shift()!;
    await judgeCase(judge, ours, options, tally, made, await expected, actual);
    if (tally.cases % PROGRESS_CASES === 0) options.onProgress(tally);
  }
  return tally;
}

interface Asked {
  readonly made: StreamsCase;
  readonly actual: CaseAnswer;
  readonly expected: Promise<CaseAnswer>;
}

async function judgeCase(
  judge: JavaJudge,
  ours: Ours,
  options: CampaignOptions,
  tally: CampaignTally,
  made: StreamsCase,
  expected: CaseAnswer,
  actual: CaseAnswer,
): Promise<void> {
  tally.cases++;
  tally.records += expected.steps.length;
  for (const step of expected.steps) tally.produced += step.length;
  if (expected.error !== undefined) tally.ended++;
  const mismatch = options.compare(expected, actual);
  if (mismatch === undefined) return;
  const known = await knownDifferenceOf(made, expected, actual, (changed) => judge.ask(changed), ours, options.compare);
  if (known !== undefined) {
    tally.known.set(known, (tally.known.get(known) ?? 0) + 1);
    return;
  }
  tally.failures++;
  // What is left out may have made a stream of a group, and then there is no such verb: that candidate shows nothing.
  const mismatchOf = (candidate: StreamsCase): Promise<Mismatch | undefined> =>
    ask(judge, ours, options, candidate).then(
      (asked) => asked.mismatch,
      (error: unknown) => {
        if (error instanceof MissingVerbError) return undefined;
        throw error;
      },
    );
  const smallest = await shrinkCase(
    made,
    async (candidate) => (await mismatchOf(candidate))?.kind === mismatch.kind,
    options.shrinkTriesMax,
  );
  const shrunk = await ask(judge, ours, options, smallest);
  options.onFailure({ seed: made.seed!, smallest: { ...smallest, expected: shrunk.expected }, mismatch: shrunk.mismatch ?? mismatch });
}

async function ask(
  judge: JavaJudge,
  ours: Ours,
  options: CampaignOptions,
  asked: StreamsCase,
): Promise<{ readonly expected: CaseAnswer; readonly mismatch: Mismatch | undefined }> {
  const expected = await judge.ask(asked);
  const actual = ours(asked);
  const mismatch = options.compare(expected, actual);
  const isKnown =
    mismatch !== undefined &&
    (await knownDifferenceOf(asked, expected, actual, (changed) => judge.ask(changed), ours, options.compare)) !== undefined;
  return { expected, mismatch: isKnown ? undefined : mismatch };
}
