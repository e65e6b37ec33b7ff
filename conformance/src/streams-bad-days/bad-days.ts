import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Admin, createClient } from "@ottla/client";
import type { ApplicationProtocol, Guarantee } from "@ottla/streams";
import { makeRandom } from "../process/seeded-random.ts";
import { waitUntil } from "../process/wait-until.ts";
import type { OutputReader } from "../streams/output-reader.ts";
import { FoundAnswers, KnownAnswers } from "./answers.ts";
import { type BlowTools, blows } from "./blows.ts";
import { Fleet } from "./fleet.ts";
import { MomentDraw } from "./moments/moment-draw.ts";
import { kafkaStage } from "./kafka-stage.ts";
import { KnownSource } from "./known-source.ts";
import { ottlaStage } from "./ottla-stage.ts";
import { readAnswers } from "./read-answers.ts";
import type { Stage } from "./stage.ts";
import { tellStandstill } from "./standstill.ts";
import { openStateDisk } from "./state-disk.ts";
import { inputs, outputs, PARTITIONS, type StorePlaces } from "./topology.ts";

const INSTANCES = 3;
const BLOW_PAUSE_MS_MAX = 800;
const WELL_ANSWERS = 100;
const RECOVERY_SHARE = 0.6;
const RECOVERY_MS_MAX = 6_000;
/** So long nothing at all may come, whatever happened: sessions, transactions and restores end well before. Where the cluster itself takes nothing, as three nodes on a machine that is busy with others, it counts from when that is over. */
const STANDSTILL_MS = 60_000;
const FLUSH_EVERY_MS = 1_200;
/** How many of a run's faults are told. */
const FAULTS_TOLD = 12;

/** Where bad days take place. */
export type StageKind = "ottla" | "ottla3" | "kafka";

/** A run of bad days. */
export interface BadDaysOptions {
  readonly stage: StageKind;
  readonly guarantee: Guarantee;
  readonly groupProtocol: ApplicationProtocol;
  readonly seed: number;
  /** Of each task, beside the one that runs. */
  readonly copies: number;
  readonly stores: StorePlaces;
  /** For so long there are blows; what it takes to come to an end is on top. */
  readonly blowMs: number;
  /** Logs of instances are kept there. */
  readonly folder: string;
  readonly bug: string | undefined;
  /** Blows of these names only. */
  readonly only: readonly string[];
  /** Given: an instance dies at each moment whose name has one of these words, at all where there are none, and nothing else happens. It ends when each was met; one that was not is a fault. */
  readonly momentWords: readonly string[] | undefined;
  readonly tell: (what: string) => void;
}

/** What a run has shown. */
export interface BadDaysEnd {
  readonly faults: readonly string[];
  readonly blows: ReadonlyMap<string, number>;
  /** Moments of its own work at which an instance died. */
  readonly momentsMet: readonly string[];
  readonly sentCount: number;
  readonly answerCount: number;
  readonly doubledCount: number;
  readonly instanceCount: number;
  readonly tookMs: number;
  /** A fault of the cluster itself that its log tells, in words; only where there are faults. */
  readonly brokenCluster: string | undefined;
}

/** Faults of Apache Kafka 4.4.0 itself, by what its log says, after which a cluster does not come back: a day that met one tells nothing of an application. */
const KAFKA_FAULTS: readonly { readonly said: string; readonly what: string }[] = [
  {
    said: "while it already a pending state PREPARE_EPOCH_FENCE",
    what: "its transaction coordinator could not write a fence, did not forget it (compare KAFKA-19367), and answers every EndTxn of the id with an IllegalStateException: the transaction stays open",
  },
];

/**
 * Three instances of an application, processes of their own, work through lines while things happen to them, to the cluster and to both; in the middle of it they are upgraded one after another. In the end everything
 * that was sent has to have come: exactly once, or at least once, and then what was done before the first blow and behind the last once as well.
 */
export async function runBadDays(options: BadDaysOptions): Promise<BadDaysEnd> {
  const { guarantee, seed, folder, tell, momentWords } = options;
  const isExact = guarantee === "exactlyOnce";
  const begunMs = performance.now();
  const random = makeRandom(seed);
  const logFolder = `${folder}/${options.stage}-${guarantee}-${options.groupProtocol}`;
  mkdirSync(logFolder, { recursive: true });
  const stage = await openStage(options.stage, random);
  const disk = await openStateDisk();
  const known = new KnownAnswers();
  const found = new FoundAnswers(isExact);
  const moments = new MomentDraw({ random, isExact, copies: options.copies, words: momentWords ?? [] });
  const only = momentWords === undefined ? options.only : ["moment"];
  const isMet = (): boolean => momentWords !== undefined && moments.unmet.length === 0;
  const applicationId = "bad-days";
  const fleet = new Fleet({
    applicationId,
    bootstrap: stage.bootstrap,
    guarantee,
    groupProtocol: options.groupProtocol,
    stateFolder: disk.folder,
    logFolder,
    copies: options.copies,
    stores: options.stores,
    bug: options.bug,
    tell,
  });
  const client = createClient({
    bootstrapServers: stage.bootstrap,
    clientId: "bad-days",
    retryBackoffMaxMs: 200,
    reconnectBackoffMaxMs: 100,
  });
  const admin = client.admin();
  const counts = new Map<string, number>();
  const faults: string[] = [];
  let source: KnownSource | undefined;
  let reader: OutputReader | undefined;
  let hasEnded = false;
  try {
    await makeTopics(admin);
    // A little back: what is sent must not be in the future.
    source = new KnownSource(stage.bootstrap, known, makeRandom(seed + 1), Date.now() - 600_000);
    await source.fillTable();
    reader = readAnswers(stage.bootstrap, PARTITIONS, found, isExact);
    for (let i = 0; i < INSTANCES; i++) fleet.start();
    source.start();
    const progress = new Progress(found, fleet, source, stage, tell, () => tellStandstill(fleet, admin, applicationId, tell));
    await progress.until("the first answers", () => found.total > 200);
    await calm(source, progress, known, found, isExact, faults, "before the first blow");
    const tools: BlowTools = { random, fleet, stage, disk, admin, applicationId, moments };
    const endMs = performance.now() + options.blowMs;
    const upgradeMs = performance.now() + options.blowMs / 2;
    let isUpgraded = false;
    while (performance.now() < endMs && !isMet() && found.faults.length === 0 && fleet.faults.length === 0) {
      if (source.failure !== undefined) throw source.failure;
      if (!isUpgraded && momentWords === undefined && performance.now() > upgradeMs) {
        isUpgraded = true;
        await upgrade(fleet, options.groupProtocol, progress, tell);
        counts.set("upgrade", 1);
      }
      const name = await strike(tools, { ...options, only }, progress);
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
      while (fleet.size === 0) fleet.start();
      // Mostly it gets back to its work, and sometimes the next blow meets it on its way.
      if (random() < RECOVERY_SHARE) await progress.untilWell(RECOVERY_MS_MAX);
      await sleep(random() * BLOW_PAUSE_MS_MAX);
    }
    if (found.faults.length === 0 && fleet.faults.length === 0) {
      await calm(source, progress, known, found, isExact, faults, "behind the last blow");
      await source.stop();
      for (const instance of [...fleet.all()]) await fleet.close(instance);
      await reader.readToEnd(30_000);
      faults.push(...found.compare(known));
    }
    if (momentWords !== undefined) faults.push(...moments.unmet.map((name) => `nobody came to this moment: ${name}`));
    hasEnded = true;
  } catch (error) {
    // Before what is missing for it: only the first faults are told.
    faults.unshift((error as Error).message);
  }
  faults.unshift(...fleet.faults, ...found.faults);
  const isClean = faults.length === 0;
  for (const instance of [...fleet.all()]) await fleet.kill(instance);
  const brokenCluster = isClean ? undefined : KAFKA_FAULTS.find(({ said }) => stage.outputTail().includes(said))?.what;
  if (!hasEnded) tell(`the broker's last words:\n${stage.outputTail().slice(-3_000)}`);
  await source?.stop().catch(() => {});
  await Promise.allSettled([source?.close(), reader?.stop(), client.close()]);
  await stage.end(true);
  await disk.end(true);
  for (const fault of faults.slice(0, FAULTS_TOLD)) tell(`FAULT: ${fault}`);
  if (!isClean) tell(`${faults.length} faults; logs of the instances are in ${logFolder}`);
  return {
    faults,
    blows: counts,
    momentsMet: moments.met,
    sentCount: source?.sentCount ?? 0,
    answerCount: found.total,
    doubledCount: found.doubledCount,
    instanceCount: fleet.startCount,
    tookMs: performance.now() - begunMs,
    brokenCluster,
  };
}

function openStage(kind: StageKind, random: () => number): Promise<Stage> {
  if (kind === "kafka") return kafkaStage(random);
  return ottlaStage(kind === "ottla" ? 1 : 3, random);
}

async function makeTopics(admin: Admin): Promise<void> {
  const created = await admin.createTopics(
    [...Object.values(inputs), ...Object.values(outputs)].map((name) => ({ name, partitionCount: PARTITIONS })),
  );
  for (const { error } of created) if (error !== undefined && error.code !== "TOPIC_ALREADY_EXISTS") throw error;
}

/** One blow by chance. Its name; undefined where none was possible. */
async function strike(tools: BlowTools, { only, guarantee, tell }: BadDaysOptions, progress: Progress): Promise<string | undefined> {
  const possible = Object.entries(blows).filter(([name, { exactOnly }]) =>
    only.length === 0 ? guarantee === "exactlyOnce" || exactOnly !== true : only.includes(name),
  );
  let chance = tools.random() * possible.reduce((sum, [, { weight }]) => sum + weight, 0);
  const chosen = possible.find(([, { weight }]) => (chance -= weight) < 0);
  if (chosen === undefined) return undefined;
  const [name, { strike: run }] = chosen;
  try {
    const what = await run(tools);
    if (what === undefined) return undefined;
    tell(`${progress.shown()} ${name}: ${what}`);
    return name;
  } catch (error) {
    // The cluster may be down at that moment: that was another blow's doing.
    tell(`${progress.shown()} ${name} was not possible: ${(error as Error).message}`);
    return undefined;
  }
}

/** One after another ends and comes back as the next version; in a streams group as it was: Apache Kafka 4.4.0 takes no second topology of a group. */
async function upgrade(fleet: Fleet, protocol: ApplicationProtocol, progress: Progress, tell: (what: string) => void): Promise<void> {
  if (protocol === "classic") fleet.version = 2;
  for (const instance of [...fleet.all()]) {
    if (instance.hasExited()) continue;
    await fleet.close(instance);
    fleet.start();
    await sleep(1_000);
  }
  tell(`${progress.shown()} ${protocol === "classic" ? "upgraded" : "started again"}, one after another`);
}

/** Nothing more is sent until all is answered and committed: then what came has come once, whatever is promised, since nothing happened meanwhile. */
async function calm(
  source: KnownSource,
  progress: Progress,
  known: KnownAnswers,
  found: FoundAnswers,
  isExact: boolean,
  faults: string[],
  when: string,
): Promise<void> {
  source.pause(true);
  const doubled = found.doubledCount;
  let flushedMs = 0;
  const tick = async (): Promise<boolean> => {
    if (performance.now() - flushedMs > FLUSH_EVERY_MS) {
      flushedMs = performance.now();
      await source.flush();
    }
    return found.missingCount(known) === 0;
  };
  try {
    await progress.until(`all answers ${when}`, tick, () => -found.missingCount(known));
  } catch (error) {
    faults.push(...found.compare(known));
    throw error;
  }
  // Commits of at least once come every half second; a second copy comes behind the first.
  await sleep(1_500);
  if (!isExact && when.startsWith("before") && found.doubledCount > doubled)
    faults.push(`${found.doubledCount} answers came twice ${when}`);
  source.pause(false);
}

/** Knows whether anything goes on at all. */
class Progress {
  readonly #found: FoundAnswers;
  readonly #fleet: Fleet;
  readonly #source: KnownSource;
  readonly #stage: Stage;
  readonly #tell: (what: string) => void;
  readonly #tellStandstill: () => Promise<void>;
  readonly #begunMs = performance.now();

  constructor(
    found: FoundAnswers,
    fleet: Fleet,
    source: KnownSource,
    stage: Stage,
    tell: (what: string) => void,
    tellStandstill: () => Promise<void>,
  ) {
    this.#stage = stage;
    this.#tell = tell;
    this.#tellStandstill = tellStandstill;
    this.#found = found;
    this.#fleet = fleet;
    this.#source = source;
  }

  shown(): string {
    const seconds = ((performance.now() - this.#begunMs) / 1_000).toFixed(1);
    return `${seconds} s, ${this.#source.sentCount} sent, ${this.#found.total} answers, ${this.#fleet.size} run;`;
  }

  /** Waits until answers come again, but not for long. */
  async untilWell(msMax: number): Promise<void> {
    const before = this.#found.total;
    await waitUntil("answers come", () => this.#found.total > before + WELL_ANSWERS, { timeoutMs: msMax, everyMs: 20 }).catch(() => {});
  }

  /** Waits for it, as long as `measure` grows; gives up at the first fault, and where nothing comes. */
  async until(what: string, condition: () => Promise<boolean> | boolean, measure = () => this.#found.total): Promise<void> {
    let total = measure();
    let sinceMs = performance.now();
    let isTold = false;
    await waitUntil(
      what,
      async () => {
        const current = measure();
        if (current > total) {
          total = current;
          isTold = false;
          sinceMs = performance.now();
        }
        if (this.#found.faults.length > 0 || this.#fleet.faults.length > 0) return true;
        if (!isTold && performance.now() - sinceMs > STANDSTILL_MS / 3) {
          isTold = true;
          await this.#tellStandstill();
        }
        if (performance.now() - sinceMs > STANDSTILL_MS) {
          const trouble = await this.#stage.trouble();
          if (trouble === undefined) return true;
          this.#tell(`${this.shown()} nothing comes, since ${trouble}`);
          sinceMs = performance.now();
        }
        return condition();
      },
      { timeoutMs: 600_000, everyMs: 50 },
    );
    if (performance.now() - sinceMs > STANDSTILL_MS) {
      await this.#tellStandstill();
      throw new Error(
        `Nothing more came for ${STANDSTILL_MS} ms while waiting for ${what}: ${this.shown()} ${this.#fleet
          .all()
          .map((each) => `${each.settings.name} ${each.state()}`)
          .join(", ")}`,
      );
    }
  }
}
