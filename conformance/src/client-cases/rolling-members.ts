import assert from "node:assert/strict";
import type { Client, ConsumerOptions } from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { waitUntil } from "../process/wait-until.ts";
import { makeTopic } from "./case-client.ts";
import { type RunningMember, runMember } from "./running-member.ts";

/** How many partitions each has, the fewest first: "2,2,2". */
export function shares(members: readonly RunningMember[]): string {
  return members
    .map((member) => String(member.consumer.assignment().length))
    .sort()
    .join();
}

/** Members of a new group come and go while records come in; each record is read once, and all are committed. `look`: while two members are left. */
export async function rollMembersUnderLoad(
  client: Client,
  options: ConsumerOptions,
  look: (groupId: string) => Promise<void> = async () => {},
): Promise<void> {
  const topic = await makeTopic(client, 6);
  const groupId = uniqueName("group");
  const seen = new Map<string, number>();
  const onRecord = (id: string) => void seen.set(id, (seen.get(id) ?? 0) + 1);
  const producer = client.producer();
  let sent = 0;
  let isProducing = true;
  const load = (async () => {
    while (isProducing) {
      await producer.send(Array.from({ length: 12 }, (_, i) => ({ topic, partition: i % 6, value: "v" })));
      sent += 12;
    }
  })();
  const join = () => runMember(client, topic, { ...options, groupId }, onRecord);
  const members = [join()];
  await waitUntil("one member has all", () => shares(members) === "6");
  members.push(join());
  await waitUntil("two members share", () => shares(members) === "3,3");
  members.push(join());
  await waitUntil("three members share", () => shares(members) === "2,2,2");
  await members.shift()!.close();
  await waitUntil("two are left", () => shares(members) === "3,3");
  isProducing = false;
  await load;
  await waitUntil("all is read", () => seen.size >= sent);
  await look(groupId);
  await Promise.all(members.map((member) => member.close()));
  assert.equal(seen.size, sent);
  assert.deepEqual(
    [...seen.values()].filter((times) => times !== 1),
    [],
  );
  const committed = await client.admin().listGroupOffsets(groupId);
  assert.equal(
    committed.reduce((sum, each) => sum + (each.value?.offset ?? 0), 0),
    sent,
  );
}
