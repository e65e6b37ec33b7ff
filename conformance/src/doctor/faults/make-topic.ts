import type { FaultWorld } from "../fault.ts";
import { waitUntil } from "../../process/wait-until.ts";

/** How a topic differs from a good one: three partitions on three brokers. */
export interface TopicShape {
  readonly partitionCount?: number;
  readonly replicationFactor?: number;
  readonly assignments?: readonly (readonly number[])[];
  readonly configs?: Readonly<Record<string, string>>;
}

/** Makes a topic and waits until every broker leads what it is to lead. */
export async function makeTopic({ admin }: FaultWorld, name: string, shape: TopicShape = {}): Promise<void> {
  const { partitionCount = 3, replicationFactor = 3, assignments, configs } = shape;
  const counts = assignments === undefined ? { partitionCount, replicationFactor } : { assignments };
  const [created] = await admin.createTopics([
    { name, ...counts, configs: { "retention.ms": "86400000", "segment.ms": "3600000", ...configs } },
  ]);
  if (created?.error) throw created.error;
  await waitUntil(`${name} has leaders`, async () => {
    const [described] = await admin.describeTopics([name]);
    return described?.value?.partitions.every(({ leader, isr, replicas }) => leader !== undefined && isr.length === replicas.length);
  });
  await waitUntil(`all replicas of ${name} have their logs`, async () => {
    const [described] = await admin.describeTopics([name]);
    const wanted = described?.value?.partitions.flatMap(({ replicas }) => replicas).length;
    const dirs = (await admin.describeLogDirs()).flatMap(({ value }) => value ?? []);
    return dirs.flatMap(({ partitions }) => partitions).filter(({ topic }) => topic === name).length === wanted;
  });
}

/** Deletes topics and waits until nobody shows them. */
export async function dropTopics({ admin }: FaultWorld, ...names: readonly string[]): Promise<void> {
  await admin.deleteTopics(names);
  await waitUntil(`${names.join(", ")} are gone`, async () => (await admin.listTopics()).every(({ name }) => !names.includes(name)));
}
