import { checkHistory } from "@ottla/conformance/history/check-history";
import { administrator, createTopics } from "./actors/administrator.ts";
import { classicMember } from "./actors/classic-member.ts";
import { Client } from "./actors/client.ts";
import { consumerMember } from "./actors/consumer-member.ts";
import { idempotentProducer } from "./actors/idempotent-producer.ts";
import { Misfortune } from "./actors/misfortune.ts";
import { movingMember } from "./actors/moving-member.ts";
import { offsetReader } from "./actors/offset-reader.ts";
import { plainProducer } from "./actors/plain-producer.ts";
import { Ownership } from "./actors/tenure.ts";
import { transactionalProducer } from "./actors/transactional-producer.ts";
import { readEverything } from "./final-reads.ts";
import { type DayLength, scenarioOf } from "./scenario.ts";
import { pumpUntilDone } from "./world/pump.ts";
import type { Trace } from "./world/trace.ts";
import { World } from "./world/world.ts";

/** After the last mishap everything must come to rest within so much simulated time. */
const REST_LIMIT_MS = 120_000;
const SETTLING_MS = 5000;

/** What a seed has shown. */
export interface SeedOutcome {
  readonly seed: number;
  /** What is wrong, one sentence each; empty when every promise was kept. */
  readonly faults: readonly string[];
  readonly trace: Trace;
  readonly recordsSent: number;
  readonly incidents: number;
}

/** Lives one simulated day, from its seed alone, and looks whether every promise was kept. */
export async function runSeed(seed: number, length: DayLength = "whole"): Promise<SeedOutcome> {
  const world = new World(scenarioOf(seed, length));
  world.note("scenario", JSON.stringify(world.scenario));
  const day = live(world);
  try {
    const end = await pumpUntilDone(world.clock, day, world.scenario.lengthMs + REST_LIMIT_MS);
    if (end !== "done") world.fault(`the world does not come to rest: ${end}`);
  } catch (error) {
    world.fault(`the world broke: ${error instanceof Error ? error.stack : String(error)}`);
  }
  const { history, trace, faults } = world;
  const anomalies = checkHistory(history).map(({ kind, sentence }) => `${kind}: ${sentence}`);
  return { seed, faults: [...faults, ...anomalies], trace, recordsSent: history.sent.length, incidents: history.incidents.length };
}

async function live(world: World): Promise<void> {
  const { scenario, machine } = world;
  const outcome = await machine.start();
  if (outcome !== "serving") throw new Error(`The first start failed: ${String(outcome)}`);
  const admin = new Client(world, "admin");
  await createTopics(admin);
  const people: Promise<void>[] = [];
  for (let i = 1; i <= scenario.producers.plain; i++)
    people.push(plainProducer(new Client(world, `plain${i}`), ([0, 1, -1] as const)[(scenario.seed + i) % 3]!));
  for (let i = 1; i <= scenario.producers.idempotent; i++) people.push(idempotentProducer(new Client(world, `idem${i}`)));
  for (let i = 1; i <= scenario.readers; i++)
    people.push(offsetReader(new Client(world, `reader${i}`), i % 2 === 0 ? "read_committed" : "read_uncommitted"));
  for (let i = 1; i <= scenario.transactional; i++) {
    const client = new Client(world, `txn${i}`);
    people.push(transactionalProducer(client, client.name));
  }
  for (let i = 1; i <= scenario.members.classic; i++) people.push(classicMember(new Client(world, `member${i}`), "classic"));
  for (let i = 1; i <= scenario.members.consumer; i++) people.push(consumerMember(new Client(world, `next${i}`), "consumer"));
  const ownership = new Ownership(world, "moving");
  for (let i = 1; i <= scenario.moving; i++) people.push(movingMember(new Client(world, `mover${i}`), "moving", ownership));
  if (scenario.hasAdministrator) people.push(administrator(new Client(world, "admin2")));
  const misfortune = new Misfortune(world);
  const mishaps = misfortune.run();
  await world.sleep(scenario.lengthMs);
  world.isClosing = true;
  await mishaps;
  await misfortune.mend();
  await Promise.all(people);
  // Transactions that nobody ends time out.
  await world.sleep(SETTLING_MS);
  await readEverything(new Client(world, "final"));
  await machine.stop();
}
