import type { ApplicationOptions, Topology } from "@ottla/streams";

/** A record to write: its value becomes JSON. */
export interface Input {
  readonly topic: string;
  readonly key: string;
  readonly value: object;
  readonly timestamp: number;
}

export type Send = (input: Input) => void;

/** A record that the application wrote, as it was read under `read_committed`. */
export interface Result {
  readonly topic: string;
  readonly key: Buffer;
  readonly value: unknown;
  readonly timestamp: number;
  readonly readAtMs: number;
}

/** One of the systems, made ready to run: what it is made of, what writes to it, and how it is judged. */
export interface LiveExample {
  readonly title: string;
  readonly topology: () => Topology;
  readonly application: Pick<ApplicationOptions, "commitIntervalMs" | "cacheMaxBytes" | "onError">;
  /** What it is shown with; checks are always exactly once. */
  readonly guarantee: NonNullable<ApplicationOptions["guarantee"]>;
  /** Partitions of each topic that is no topic of the application's own. */
  readonly topics: Readonly<Record<string, number>>;
  /** The topic by whose events the rate is counted. */
  readonly counted: string;
  readonly resultTopics: readonly string[];
  /** Events in a second; "most": as many as it carries with a lag below half a second. */
  readonly ratePerSecond: number | "most";
  live(): LiveRun;
  scene(): Scene;
}

/** Writes events as they come in life, and watches what becomes of them. */
export interface LiveRun {
  /** Tables, before the first event. */
  prepare(send: Send, nowMs: number): void;
  /** One event, and what is due with it. */
  next(send: Send, nowMs: number): void;
  take(result: Result): void;
  /** What was measured so far is not to count. */
  endWarmUp(): void;
  /** Nothing that was written waits for its result any more. */
  isAnswered(): boolean;
  lines(): readonly string[];
  /** What was claimed and what was measured. */
  summary(figures: RunFigures): readonly string[];
}

/** Of the whole run but its first seconds, in which code is compiled. */
export interface RunFigures {
  readonly sentPerSecond: number;
  /** By what the application has committed of the counted topic. */
  readonly processedPerSecond: number;
  readonly lagMax: number;
  /** Cores in use: of a process, 1 is one core all the time. */
  readonly applicationCores: number;
  readonly brokerCores: number | undefined;
  readonly generatorCores: number;
}

/** A day with a known outcome, for a check in which the application is killed. */
export interface Scene {
  /** Read before the rest is written. */
  readonly tables: readonly Input[];
  readonly events: readonly Input[];
  /** Written again and again in the end, where results come with time only. */
  readonly nudges: (round: number) => readonly Input[];
  /** What is missing, twice or wrong; none: all is as it has to be, exactly. */
  problems(results: readonly Result[]): readonly string[];
}
