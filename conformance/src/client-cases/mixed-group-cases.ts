import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { type Client, type ConsumerOptions, cooperativeStickyAssignor, rangeAssignor } from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { startJavaDriver } from "../kafka/java-tool.ts";
import { waitUntil } from "../process/wait-until.ts";
import { makeTopic, type TargetSource, withClient } from "./case-client.ts";
import { runMember } from "./running-member.ts";

interface Member {
  owned(): number;
  /** As a rolling restart does it: commits and leaves. */
  close(): Promise<void>;
}

type OnRecord = (place: string) => void;

function ourMember(client: Client, topic: string, options: ConsumerOptions, onRecord: OnRecord): Member {
  const member = runMember(client, topic, options, onRecord);
  return { owned: () => member.consumer.assignment().length, close: () => member.close() };
}

async function javaMember(
  bootstrap: string,
  topic: string,
  properties: Readonly<Record<string, string>>,
  onRecord: OnRecord,
): Promise<Member> {
  const child = await startJavaDriver("GroupMember", [
    bootstrap,
    topic,
    ...Object.entries(properties).map(([name, value]) => `${name}=${value}`),
  ]);
  let owned = 0;
  let isClosed = false;
  createInterface({ input: child.process.stdout! }).on("line", (line) => {
    const [verb, first, second] = line.split(" ");
    if (verb === "read") onRecord(`${first}:${second}`);
    else if (verb === "owns") owned = Number(first);
    else isClosed ||= verb === "closed";
  });
  return {
    owned: () => owned,
    async close() {
      child.process.stdin!.end();
      await child.exited;
      assert.ok(isClosed, child.outputTail());
    },
  };
}

const protocols: readonly (readonly [string, ConsumerOptions, Readonly<Record<string, string>>])[] = [
  [
    "classic, range",
    { assignors: [rangeAssignor] },
    { "partition.assignment.strategy": "org.apache.kafka.clients.consumer.RangeAssignor", "heartbeat.interval.ms": "100" },
  ],
  [
    "classic, cooperative-sticky",
    { assignors: [cooperativeStickyAssignor()] },
    { "partition.assignment.strategy": "org.apache.kafka.clients.consumer.CooperativeStickyAssignor", "heartbeat.interval.ms": "100" },
  ],
  [
    "consumer, uniform",
    { groupProtocol: "consumer", remoteAssignor: "uniform" },
    { "group.protocol": "consumer", "group.remote.assignor": "uniform" },
  ],
];

/** Java's consumers and ours in one group. */
export function defineMixedGroupCases(target: TargetSource): void {
  describe("Java's members and ours in one group", () => {
    for (const [name, options, properties] of protocols) {
      test(`${name}: through a rolling restart under load every record is read once`, () =>
        withClient(target, async (client) => {
          const topic = await makeTopic(client, 6);
          const groupId = uniqueName("group");
          const seen = new Map<string, string[]>();
          let joined = 0;
          const readBy = (kind: string): OnRecord => {
            const name = `${kind} ${++joined}`;
            return (place) => void seen.set(place, [...(seen.get(place) ?? []), name]);
          };
          const producer = client.producer();
          let sent = 0;
          let isProducing = true;
          const load = (async () => {
            while (isProducing) {
              await producer.send(Array.from({ length: 12 }, (_, i) => ({ topic, partition: i % 6, value: "v" })));
              sent += 12;
              await new Promise((resolve) => setTimeout(resolve, 5));
            }
          })();
          const java = () =>
            javaMember(
              target().bootstrap,
              topic,
              { "group.id": groupId, "auto.commit.interval.ms": "100", ...properties },
              readBy("Java's"),
            );
          const ours = async () => ourMember(client, topic, { ...options, groupId }, readBy("ours"));
          const share = (members: readonly Member[], wanted: string) =>
            waitUntil(
              `${members.length} members have ${wanted}`,
              () =>
                members
                  .map((member) => String(member.owned()))
                  .sort()
                  .join() === wanted,
              { timeoutMs: 90_000 },
            );
          const members = [await java(), await ours()];
          await share(members, "3,3");
          members.push(await ours());
          await share(members, "2,2,2");
          // Each is replaced by one of the other kind.
          for (const next of [ours, java, java]) {
            await members.shift()!.close();
            members.push(await next());
            await share(members, "2,2,2");
          }
          isProducing = false;
          await load;
          await waitUntil("all is read", () => seen.size === sent, { timeoutMs: 60_000 });
          // One after the other: a member that leaves starts a rebalance, in the middle of which another may not commit.
          for (const member of members) await member.close();
          assert.deepEqual(
            [...seen].filter(([, readers]) => readers.length !== 1).map(([place, readers]) => `${place} by ${readers.join(" and ")}`),
            [],
          );
          const committed = await client.admin().listGroupOffsets(groupId);
          assert.equal(
            committed.reduce((sum, each) => sum + (each.value?.offset ?? 0), 0),
            sent,
          );
        }));
    }
  });
}
