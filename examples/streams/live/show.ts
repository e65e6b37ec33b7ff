import type { ApplicationOptions } from "@ottla/streams";
import { Progress } from "./lag.ts";
import type { LiveExample, RunFigures, Send } from "./live-example.ts";
import { Results } from "./results.ts";
import { Screen } from "./screen.ts";
import { Application, type Cluster } from "./world.ts";

const TICK_MS = 4;
const MEASURE_EVERY_MS = 250;
/** Not counted: code is compiled, and tables are read. */
const WARM_UP_MS = 5_000;
const ANSWERED_WITHIN_MS = 15_000;
const FIRST_RATE = 10_000;
/** So much of a second's events may lie before the application. */
const LAG_SECONDS = 0.4;

export interface ShowOptions {
  readonly name: string;
  /** Undefined: the example's own. */
  readonly guarantee: ApplicationOptions["guarantee"];
  /** Undefined: the example's own. */
  readonly ratePerSecond: number | undefined;
  /** Threads of the application; undefined: all in its one loop. */
  readonly workers: number | undefined;
  readonly signal: AbortSignal;
}

/** Runs an example with its generator until the signal, shows what comes of it, and says in the end what was measured. */
export async function show(cluster: Cluster, example: LiveExample, options: ShowOptions): Promise<void> {
  const { name, guarantee = example.guarantee, workers, signal } = options;
  const screen = new Screen();
  screen.print([`${example.title}; broker ${cluster.bootstrapServers}, ${guarantee}. Ctrl-C ends it.`]);
  await cluster.makeTopics(example.topics);
  const applicationId = `example-${name}`;
  await using results = await Results.open(cluster.client, example.resultTopics, "latest");
  await using application = new Application(name, cluster, { applicationId, guarantee, ...(workers !== undefined && { workers }) });
  await application.running();
  await using producer = cluster.client.producer({ lingerMs: 2, compression: "none" });
  const progress = await Progress.begin(cluster.client, applicationId, example.counted);
  const run = example.live();

  let sent = 0;
  let room: Promise<void> | undefined;
  const send: Send = ({ topic, key, value, timestamp }) => {
    if (topic === example.counted) sent++;
    room = producer.enqueue({ topic, key, value: JSON.stringify(value), timestamp }) ?? room;
  };
  run.prepare(send, Date.now());
  await producer.flush();

  const rate = options.ratePerSecond ?? example.ratePerSecond;
  const isSeeking = rate === "most";
  const figures = new Figures(cluster, application);
  let perSecond = isSeeking ? FIRST_RATE : rate;
  let processed = 0;
  const measuring = every(MEASURE_EVERY_MS, signal, async () => {
    processed = await progress.processed();
    const lag = sent - processed;
    if (figures.note(sent, processed, lag)) run.endWarmUp();
    if (isSeeking) perSecond = Math.max(FIRST_RATE, perSecond * (lag > perSecond * LAG_SECONDS ? 0.9 : 1.04));
    const { state, error } = application.news;
    if (error !== undefined) throw new Error(`The application ended: ${error}`);
    screen.show(() => [
      `${state}  ${Math.round(perSecond)} a second sent, ${figures.perSecond()} processed, ${Math.max(0, lag)} wait`,
      ...run.lines(),
    ]);
  });
  const reading = every(0, signal, () => results.take((result) => run.take(result)));
  const writing = (async () => {
    let due = 0;
    for (let last = performance.now(); !signal.aborted; ) {
      const now = performance.now();
      due += ((now - last) * perSecond) / 1_000;
      last = now;
      // After a pause not all of it at once: what the generator could not write then was not written.
      for (due = Math.min(due, perSecond / 4); due >= 1; due--) run.next(send, Date.now());
      await room;
      room = undefined;
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  })();
  await Promise.all([measuring, reading, writing]);

  await producer.flush();
  const untilMs = performance.now() + ANSWERED_WITHIN_MS;
  while (!run.isAnswered() && performance.now() < untilMs) await results.take((result) => run.take(result));
  screen.print(["", ...run.summary(figures.total()), figures.coresText(), droppedText(application.news.dropped)]);
}

/** Counts what a run does between its warm-up and its end. */
class Figures {
  readonly #cluster: Cluster;
  readonly #application: Application;
  readonly #beginMs = performance.now();
  #first: Sample | undefined;
  #before: Sample | undefined;
  #last: Sample | undefined;
  #lagMax = 0;

  constructor(cluster: Cluster, application: Application) {
    this.#cluster = cluster;
    this.#application = application;
  }

  /** True once: the warm-up is over. */
  note(sent: number, processed: number, lag: number): boolean {
    const { user, system } = process.cpuUsage();
    const sample: Sample = {
      atMs: performance.now(),
      sent,
      processed,
      application: this.#application.news.cpuSeconds,
      broker: this.#cluster.cpuSeconds(),
      generator: (user + system) / 1e6,
    };
    this.#before = this.#last;
    this.#last = sample;
    if (sample.atMs - this.#beginMs < WARM_UP_MS) return false;
    const isFirst = this.#first === undefined;
    this.#first ??= sample;
    this.#lagMax = Math.max(this.#lagMax, lag);
    return isFirst;
  }

  /** Of late. */
  perSecond(): number {
    const [from, to] = [this.#before, this.#last];
    return from === undefined || to === undefined ? 0 : Math.round((to.processed - from.processed) / ((to.atMs - from.atMs) / 1_000));
  }

  total(): RunFigures {
    const first = this.#first ?? this.#before ?? this.#last;
    const last = this.#last;
    if (first === undefined || last === undefined || last === first) {
      return { sentPerSecond: 0, processedPerSecond: 0, lagMax: 0, applicationCores: 0, brokerCores: undefined, generatorCores: 0 };
    }
    const seconds = (last.atMs - first.atMs) / 1_000;
    const each = (of: (sample: Sample) => number): number => (of(last) - of(first)) / seconds;
    return {
      sentPerSecond: each(({ sent }) => sent),
      processedPerSecond: each(({ processed }) => processed),
      lagMax: this.#lagMax,
      applicationCores: each(({ application }) => application),
      brokerCores: last.broker === undefined || first.broker === undefined ? undefined : each(({ broker = 0 }) => broker),
      generatorCores: each(({ generator }) => generator),
    };
  }

  coresText(): string {
    const { applicationCores, brokerCores, generatorCores, sentPerSecond } = this.total();
    const broker = brokerCores === undefined ? "" : `, broker ${brokerCores.toFixed(2)}`;
    return `cores: application ${applicationCores.toFixed(2)}${broker}, generator and reader ${generatorCores.toFixed(2)}; ${Math.round(sentPerSecond)} a second sent. The first ${WARM_UP_MS / 1_000} s, in which code is compiled, do not count.`;
  }
}

interface Sample {
  readonly atMs: number;
  readonly sent: number;
  readonly processed: number;
  readonly application: number;
  readonly broker: number | undefined;
  readonly generator: number;
}

function droppedText(dropped: Readonly<Record<string, number>>): string {
  const texts = Object.entries(dropped).map(([reason, count]) => `${count} ${reason}`);
  return `dropped by the application: ${texts.join(", ") || "nothing"}`;
}

async function every(pauseMs: number, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await act();
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
