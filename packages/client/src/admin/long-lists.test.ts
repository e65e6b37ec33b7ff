import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "@ottla/base";
import { listGroupsApi, makeListedGroup, makeListGroupsResponse } from "@ottla/protocol/apis/list-groups";
import { listTransactionsApi, makeListTransactionsResponse, makeTransactionState } from "@ottla/protocol/apis/list-transactions";
import { createClient } from "../client.ts";
import { ScriptedBroker } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";

const COUNT = 20_000;
/** In no order. */
const NAMES = Array.from({ length: COUNT }, (_, i) => `name-${(i * 7_919) % COUNT}`);

test("thousands of groups and transactions are put in order with turns for others in between", async () => {
  const world = makeWorld();
  let turns = 0;
  let lookedMs = 0;
  // Each look at the time costs some.
  const clock: Clock = {
    nowMs: () => world.clock.nowMs(),
    monotonicMs: () => world.clock.monotonicMs() + (lookedMs += 0.01),
    schedule: (delayMs, run) => world.clock.schedule(delayMs, run),
    nextTurn(run) {
      turns++;
      world.clock.nextTurn(run);
    },
  };
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({}));
  broker.on(listGroupsApi, () => makeListGroupsResponse({ groups: NAMES.map((groupId) => makeListedGroup({ groupId })) }));
  broker.on(listTransactionsApi, () =>
    makeListTransactionsResponse({ transactionStates: NAMES.map((transactionalId) => makeTransactionState({ transactionalId })) }),
  );
  const client = createClient({ bootstrapServers: broker.bootstrap }, { ...world, clock });
  const admin = client.admin();
  const groups = await world.settle(admin.listGroups());
  assert.deepEqual(
    groups.map(({ groupId }) => groupId),
    NAMES.toSorted(),
  );
  const turnsOfGroups = turns;
  const transactions = await world.settle(admin.listTransactions());
  assert.deepEqual(
    transactions.map(({ transactionalId }) => transactionalId),
    NAMES.toSorted(),
  );
  assert.ok(turnsOfGroups > 20 && turns - turnsOfGroups > 20, `${turnsOfGroups} and ${turns - turnsOfGroups} turns`);
  await client.close();
});
