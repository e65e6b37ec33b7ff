import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteWriter } from "@ottla/base";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import { consumerProtocolSubscription, makeConsumerProtocolSubscription } from "@ottla/protocol/data/consumer-protocol-subscription";
import { encodeMemberData } from "../assignment/member-data.ts";
import { groupProcesses } from "./group-processes.ts";

type GroupAdmin = Parameters<typeof groupProcesses>[0];

function joined(processId: string): Buffer {
  const writer = new ByteWriter();
  writer.int16(3);
  const message = makeConsumerProtocolSubscription({ topics: ["t"], userData: encodeMemberData({ processId, held: [] }) });
  consumerProtocolSubscription.write(writer, message, 3);
  return writer.toBuffer();
}

function classic(state: string, ...members: readonly Buffer[]) {
  const value = {
    protocol: "ottla-streams",
    state,
    members: members.map((rawMetadata) => ({ rawMetadata, rawAssignment: Buffer.alloc(0) })),
  };
  return groupProcesses({ describeGroups: async () => [{ name: "app", value }] } as unknown as GroupAdmin, {
    applicationId: "app",
    groupProtocol: "classic",
  });
}

test("a classic group tells whose members it has when it is stable, and all of them say so", async () => {
  const [one, two] = [joined("one"), joined("two")];
  assert.deepEqual(await classic("Stable", one, two, one), new Set(["one", "two"]));
  for (const state of ["PreparingRebalance", "CompletingRebalance", "Empty", "Assigning"])
    assert.equal(await classic(state, one), undefined);
  assert.equal(await classic("Stable", one, Buffer.alloc(0)), undefined);
  assert.equal(await classic("Stable", one, Buffer.from("garbage")), undefined);
});

test("a streams group tells it always, and what is no group is an error", async () => {
  const options = { applicationId: "app", groupProtocol: "streams" } as const;
  const value = { members: [{ processId: "one" }, { processId: "two" }] };
  const admin = (named: object) => ({ describeStreamsGroups: async () => [{ name: "app", ...named }] }) as unknown as GroupAdmin;
  assert.deepEqual(await groupProcesses(admin({ value }), options), new Set(["one", "two"]));
  const error = new KafkaError(ErrorCode.GROUP_ID_NOT_FOUND);
  await assert.rejects(groupProcesses(admin({ error }), options), error);
});
