import { silentLogger } from "@ottla/base";
import { nodeNet, systemClock, systemRandom } from "@ottla/base/node";
import { ControlledBroker, FaultTable, START } from "@ottla/broker/controlled";
import type { Kafka } from "./kafka.ts";
import { type KafkaOptions, planKafka } from "./start-options.ts";
import { KIT_CLIENT_ID, TestKafka } from "./test-kafka.ts";
import { Waits } from "./waits.ts";

/**
 * Starts a Kafka in this process: in memory, on free ports of 127.0.0.1. Each call is a Kafka of its own, so test files may run side by side.
 *
 * `await using kafka = await startKafka()` stops it at the end of the block; else call `stop()`.
 * Errors: `INVALID_OPTION`, `INVALID_CONFIG`, `PORT_IN_USE`; the broker's `KafkaError` for a topic that cannot be.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const plan = planKafka(options);
  const waits = new Waits(plan.deadlineMs);
  const faults = new FaultTable({ ignoredClientId: KIT_CLIENT_ID, onActivity: () => waits.wake() });
  const deps = { clock: systemClock, net: nodeNet, random: systemRandom, logger: options.logger ?? silentLogger, faults };
  const broker = await ControlledBroker.start(deps, plan.broker);
  const kafka = new TestKafka(broker, waits);
  try {
    await kafka.createTopics(plan.topics);
    await kafka.snapshot(START);
    return kafka;
  } catch (error) {
    await kafka.stop();
    throw error;
  }
}
