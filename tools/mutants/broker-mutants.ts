import type { Mutant } from "./mutant.ts";

const metadata = ["broker/src/metadata"];
const topics = ["broker/src/topics", "broker/src/handlers/admin-topics"];
const configs = ["broker/src/handlers/admin-configs", "broker/src/config"];

/** Faults in the broker's metadata, admin calls and configuration. */
export const brokerMutants: readonly Mutant[] = [
  {
    rule: "a producer id is handed out once its reservation is on the disk",
    file: "packages/broker/src/produce/producer-ids.ts",
    find: "await (this.#reservation ??= this.#reserve());",
    replace: "{ void (this.#reservation ??= this.#reserve()).catch(() => {}); this.#block = { next: 0, end: 1000 }; }",
    tests: metadata,
  },
  {
    rule: "after a failed sync no change is accepted",
    file: "packages/broker/src/metadata/metadata-journal.ts",
    find: '      this.fail("a sync failed", error);\n',
    replace: "      throw error;\n",
    tests: metadata,
  },
  {
    rule: "a half-written record is cut off the journal",
    file: "packages/broker/src/metadata/metadata-journal.ts",
    find: "      this.#file.truncate(sizeBytes);\n",
    replace: "",
    tests: metadata,
  },
  {
    rule: "a half-written record that cannot be cut off ends the journal",
    file: "packages/broker/src/metadata/metadata-journal.ts",
    find: '      this.fail("a half-written record could not be cut off", error);\n',
    replace: "",
    tests: metadata,
  },
  {
    rule: "a change is seen once it is on the disk",
    file: "packages/broker/src/metadata/metadata-controller.ts",
    find: "    await this.#journal.durable();\n",
    replace: "    void this.#journal.durable().catch(() => {});\n",
    tests: metadata,
  },
  {
    rule: "changes are decided one after another",
    file: "packages/broker/src/metadata/metadata-controller.ts",
    find: "      await turn;\n",
    replace: "",
    tests: metadata,
  },
  {
    rule: "a deleted topic's name collides with nothing",
    file: "packages/broker/src/metadata/cluster-metadata.ts",
    find: "this.#byCollisionKey.get(key) === topic.name) this.#byCollisionKey.delete(key);",
    replace: "this.#byCollisionKey.get(key) === topic.name) this.#byCollisionKey.get(key);",
    tests: metadata,
  },
  {
    rule: "clients do not write internal topics",
    file: "packages/broker/src/metadata/internal-topics.ts",
    find: "return !byName.has(topic) || clientId === ADMIN_CLIENT_ID;",
    replace: "return true;",
    tests: metadata,
  },
  {
    rule: "one request adds 10,000 partitions at most, over all its topics",
    file: "packages/broker/src/topics/topic-planner.ts",
    find: "if (this.#partitions + plan.replicas.length > PARTITIONS_PER_REQUEST_MAX)",
    replace: "if (plan.replicas.length > PARTITIONS_PER_REQUEST_MAX)",
    tests: topics,
  },
  {
    rule: "names that collide within one request are told apart",
    file: "packages/broker/src/topics/topic-planner.ts",
    find: 'this.#plannedKeys.get(collisionKey(name) ?? "") ?? ',
    replace: "",
    tests: topics,
  },
  {
    rule: "a topic that is created anew has its own settings",
    file: "packages/broker/src/config/topic-settings.ts",
    find: 'if (record.kind === "topic") this.#forget(record.name);\n    else ',
    replace: "",
    tests: [...topics, ...configs],
  },
  {
    rule: "a partition that is asked for before its turn is created at once",
    file: "packages/broker/src/partitions/partition-table.ts",
    find: "return known && (slots[index] = this.#create(known, index));",
    replace: "return undefined;",
    tests: [...topics, "broker/src/partitions"],
  },
  {
    rule: "a resource that a request names twice is refused each time",
    file: "packages/broker/src/config/alter-resources.ts",
    find: "? NAMED_TWICE :",
    replace: "&& validateOnly ? NAMED_TWICE :",
    tests: configs,
  },
  {
    rule: "partitions are made before a change is written",
    file: "packages/broker/src/broker.ts",
    find: "  controller.prepareBy(partitions);\n",
    replace: "",
    tests: ["broker/src/topics/no-room"],
  },
  {
    rule: "what was made for a change that is refused goes again",
    file: "packages/broker/src/metadata/metadata-controller.ts",
    find: "      for (const preparer of this.#preparers) await preparer.takeBack(slice);\n",
    replace: "",
    tests: ["broker/src/topics/no-room"],
  },
  {
    rule: "new partitions do not take what is kept free for metadata",
    file: "packages/log/src/store/log-store.ts",
    find: "    this.#env.space.admit(NEW_PARTITION_BYTES);\n",
    replace: "",
    tests: ["broker/src/topics/no-room", "log/src/store/full-disk"],
  },
  {
    rule: "a new partition has its topic's settings once the topic is known",
    file: "packages/broker/src/partitions/partition-table.ts",
    find: "      partition.log.updateConfig(config);\n",
    replace: "",
    tests: ["broker/src/topics", "broker/src/handlers/00-produce"],
  },
  {
    rule: "a journal cut since a clean stop is refused",
    file: "packages/broker/src/metadata/metadata-journal.ts",
    find: "if (at < sizeAtStop) throw cutShort(path, at, sizeAtStop);",
    replace: "",
    tests: ["metadata/metadata-journal", "metadata/cut-journal"],
  },
  {
    rule: "a batch does not pass one that is still being read",
    file: "packages/broker/src/produce/append-turns.ts",
    find: "if (lastTurns.get(partition) === last) lastTurns.delete(partition);",
    replace: "lastTurns.delete(partition);",
    tests: ["broker/src/produce/append-turns"],
  },
  {
    rule: "a start that fails closes the journal",
    file: "packages/broker/src/broker.ts",
    find: "    await controller.close().then(",
    replace: "    await Promise.resolve(undefined).then(",
    tests: ["failed-start"],
  },
];
