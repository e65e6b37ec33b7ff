import { setTimeout as sleep } from "node:timers/promises";
import type { Admin } from "@ottla/client";
import type { Chance } from "../process/seeded-random.ts";
import type { Fleet } from "./fleet.ts";
import type { Instance } from "./instance.ts";
import type { MomentDraw } from "./moments/moment-draw.ts";
import type { Stage } from "./stage.ts";
import type { StateDisk } from "./state-disk.ts";
import { inputs, PARTITIONS } from "./topology.ts";

const INSTANCES_MAX = 3;
/** A moment that comes with each commit is met up to so often before. */
const MOMENT_PASSES_MAX = 40;
/** Copies are saved every ten seconds. */
const MOMENT_MS_MAX = 13_000;
const START_MS_MAX = 40_000;
const START_LOOK_MS = 50;
const MOVE_MS = 2_500;
/** Longer than a session: others have the tasks of whoever stood still, who finds out only then. */
const FREEZE_MS_MIN = 2_600;
const FREEZE_MS_MORE = 1_500;
/** Longer than a transaction of the instances may take: the cluster aborts it while its producer stands still. */
const STARVE_MS_MIN = 6_500;
const STARVE_MS_MORE = 2_500;
/** Others write hundreds of records to a changelog meanwhile. */
const AWAY_MS_MIN = 2_500;
const AWAY_MS_MORE = 1_500;
const FULL_MS = 1_500;
const CLOCK_JUMP_MS_MAX = 6 * 3_600_000;

/** What blows are struck with. */
export interface BlowTools {
  readonly random: Chance;
  readonly fleet: Fleet;
  readonly stage: Stage;
  readonly disk: StateDisk;
  readonly admin: Admin;
  readonly applicationId: string;
  readonly moments: MomentDraw;
}

interface BlowKind {
  readonly weight: number;
  readonly strike: Blow;
  /** Nothing but transactions protects from it. */
  readonly exactOnly?: boolean;
}

/** Strikes, and tells what it was; undefined: it is not possible now. */
type Blow = (tools: BlowTools) => Promise<string | undefined>;

/** All that may happen, by name, with how often beside the others. */
export const blows: Readonly<Record<string, BlowKind>> = {
  kill: { weight: 6, strike: killInstance },
  moment: { weight: 6, strike: dieAtMoment },
  close: { weight: 2, strike: closeInstance },
  start: { weight: 3, strike: startAnother },
  away: { weight: 2, strike: goAway },
  freeze: { weight: 5, strike: freezeInstance },
  starve: { weight: 1, strike: starveAll, exactOnly: true },
  fence: { weight: 2, strike: fence, exactOnly: true },
  refuse: { weight: 2, strike: ({ stage }) => stage.refuseTransaction(), exactOnly: true },
  clock: { weight: 1, strike: jumpClock },
  broker: { weight: 2, strike: ({ stage }) => stage.killBroker() },
  both: { weight: 1, strike: killBoth },
  stall: { weight: 1, strike: ({ stage }) => stage.stallBroker() },
  cut: { weight: 3, strike: ({ stage }) => stage.cut() },
  leader: { weight: 1, strike: moveLeader },
  coordinator: { weight: 2, strike: ({ stage, applicationId }) => stage.moveCoordinator(applicationId) },
  disk: { weight: 1, strike: fillDisk },
};

function below({ random }: BlowTools, count: number): number {
  return Math.floor(random() * count);
}

function anyInstance(tools: BlowTools): Instance | undefined {
  const all = tools.fleet.all();
  return all[below(tools, all.length)];
}

async function killInstance(tools: BlowTools): Promise<string | undefined> {
  const instance = anyInstance(tools);
  if (instance === undefined) return undefined;
  await tools.fleet.kill(instance);
  // Sometimes it is back before anybody has noticed.
  const isBack = tools.random() < 0.6;
  if (isBack) tools.fleet.start();
  return `${instance.settings.name} killed${isBack ? " and started" : ""}`;
}

/** An instance that is started anew dies at a moment of its own work; where that does not come it dies all the same. */
async function dieAtMoment(tools: BlowTools): Promise<string | undefined> {
  const { fleet, moments } = tools;
  const moment = moments.next();
  const { name, isRare } = moment;
  const passes = isRare === true ? 1 : 1 + below(tools, MOMENT_PASSES_MAX);
  const before = anyInstance(tools);
  if (before !== undefined) await fleet.kill(before);
  const instance = fleet.start({ moment: name, passes });
  const isDead = await Promise.race([
    instance.exited.then(() => true),
    untilItRuns(instance).then(() => (isRare === true ? letTasksMove(tools, instance) : sleep(MOMENT_MS_MAX, false))),
  ]);
  if (isDead) moments.noteMet(moment);
  else await fleet.kill(instance);
  while (fleet.size < INSTANCES_MAX) fleet.start();
  return `${instance.settings.name} ${isDead ? "died" : "was killed, before it came"} ${name}, the ${passes}. time`;
}

/** On a busy machine that takes a while, in which nothing of its work can come. */
async function untilItRuns(instance: Instance): Promise<void> {
  const endMs = performance.now() + START_MS_MAX;
  while (!instance.hasExited() && instance.state() !== "RUNNING" && performance.now() < endMs) await sleep(START_LOOK_MS);
}

/** What comes with the division of tasks comes to this instance, too, when others go and come back. */
async function letTasksMove({ fleet }: BlowTools, instance: Instance): Promise<false> {
  const endMs = performance.now() + MOMENT_MS_MAX;
  for (;;) {
    await sleep(MOVE_MS);
    if (instance.hasExited() || performance.now() > endMs) return false;
    const other = fleet.all().find((each) => each !== instance);
    if (fleet.size === INSTANCES_MAX && other !== undefined) await fleet.close(other);
    else fleet.start();
  }
}

async function closeInstance(tools: BlowTools): Promise<string | undefined> {
  const instance = anyInstance(tools);
  if (instance === undefined || tools.fleet.size < 2) return undefined;
  await tools.fleet.close(instance);
  return `${instance.settings.name} closed`;
}

/** It comes back to a folder whose stores others have gone on with. */
async function goAway(tools: BlowTools): Promise<string | undefined> {
  const instance = anyInstance(tools);
  if (instance === undefined || tools.fleet.size < 2) return undefined;
  await tools.fleet.close(instance);
  const ms = AWAY_MS_MIN + below(tools, AWAY_MS_MORE);
  await sleep(ms);
  tools.fleet.start();
  return `${instance.settings.name} was away for ${ms} ms`;
}

async function startAnother({ fleet }: BlowTools): Promise<string | undefined> {
  if (fleet.size >= INSTANCES_MAX) return undefined;
  return `${fleet.start().settings.name} started`;
}

async function freezeInstance(tools: BlowTools): Promise<string | undefined> {
  // Somebody has to be there who takes over.
  const running = tools.fleet.all().filter((each) => each.state() === "RUNNING");
  const instance = running[below(tools, running.length)];
  if (instance === undefined || running.length < 2) return startAnother(tools);
  const ms = FREEZE_MS_MIN + below(tools, FREEZE_MS_MORE);
  instance.signal("SIGSTOP");
  await sleep(ms);
  instance.signal("SIGCONT");
  return `${instance.settings.name} stood still for ${ms} ms`;
}

/** As on a machine that has no time for any of them. */
async function starveAll(tools: BlowTools): Promise<string | undefined> {
  const all = tools.fleet.all();
  const ms = STARVE_MS_MIN + below(tools, STARVE_MS_MORE);
  for (const instance of all) instance.signal("SIGSTOP");
  await sleep(ms);
  for (const instance of all) instance.signal("SIGCONT");
  return `all ${all.length} instances stood still for ${ms} ms`;
}

async function fence({ admin, random }: BlowTools): Promise<string | undefined> {
  const listed = await admin.listTransactions({ timeoutMs: 5_000 });
  const ids = listed.map(({ transactionalId }) => transactionalId);
  const id = ids[Math.floor(random() * ids.length)];
  if (id === undefined) return undefined;
  const [fenced] = await admin.fenceProducers([id], { timeoutMs: 5_000 });
  return `producer ${id} fenced${fenced?.error === undefined ? "" : `: ${fenced.error.message}`}`;
}

async function jumpClock(tools: BlowTools): Promise<string | undefined> {
  const instance = anyInstance(tools);
  if (instance === undefined) return undefined;
  const jumpMs = below(tools, 2 * CLOCK_JUMP_MS_MAX) - CLOCK_JUMP_MS_MAX;
  instance.send({ jumpMs });
  return `clock of ${instance.settings.name} jumped by ${jumpMs} ms`;
}

async function killBoth(tools: BlowTools): Promise<string | undefined> {
  const [instance, broker] = await Promise.all([killInstance(tools), tools.stage.killBroker()]);
  return `${instance ?? "nobody"}, and ${broker}`;
}

async function moveLeader(tools: BlowTools): Promise<string | undefined> {
  const topics = [
    ...Object.values(inputs),
    "counts",
    `${tools.applicationId}-by-word-repartition`,
    `${tools.applicationId}-counts-changelog`,
  ];
  return tools.stage.moveLeader(topics[below(tools, topics.length)]!, below(tools, PARTITIONS));
}

/** Whoever cannot write ends with an error, and comes back when there is room again. */
async function fillDisk({ disk, fleet }: BlowTools): Promise<string | undefined> {
  if (!disk.isSmall) return undefined;
  const before = fleet.size;
  fleet.mayFail = true;
  try {
    disk.fill();
    await sleep(FULL_MS);
    disk.free();
    // What failed meanwhile may take a moment to end.
    await sleep(FULL_MS);
  } finally {
    disk.free();
    fleet.mayFail = false;
  }
  const ended = before - fleet.size;
  for (let i = 0; i < ended; i++) fleet.start();
  return `disk of state full for ${FULL_MS} ms, ${ended} of ${before} ended`;
}
