import assert from "node:assert/strict";
import { test } from "node:test";
import { type Clock, randomUuid, silentLogger } from "@ottla/base";
import { SeededRandom } from "@ottla/base/simulated";
import { ClientError } from "@ottla/client";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import { LeftTransactions, type LeftTransactionsHost } from "./left-transactions.ts";
import { transactionalIdOf } from "./transactional-id.ts";

const random = new SeededRandom(12);
const ids = Array.from({ length: 3 }, () => transactionalIdOf("app", randomUuid(random), 1));
const late = new ClientError("CALL_TIMEOUT", "It was not done in time.");
const denied = new KafkaError(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);

interface Scene {
  readonly open?: readonly string[];
  readonly list?: (call: { readonly idPattern?: string | undefined }) => void;
  readonly left?: LeftTransactionsHost["left"];
  readonly fence?: (transactionalId: string) => Error | undefined;
}

/** What is asked and done, in words, until there is nothing more to do, and whether that is not known. `during`: what happens while the first list is on its way. */
async function looked(scene: Scene, during: (transactions: LeftTransactions) => void = () => {}): Promise<string[]> {
  const done: string[] = [];
  let isFirst = true;
  const clock = {
    schedule: (_ms: number, run: () => void) => {
      done.push("waits");
      run();
    },
  } as Clock;
  const transactions = new LeftTransactions({
    admin: {
      async listTransactions(call = {}) {
        done.push(call.idPattern === undefined ? "lists all" : "lists");
        if (isFirst) during(transactions);
        isFirst = false;
        scene.list?.(call);
        return (scene.open ?? ids).map((transactionalId) => ({ transactionalId, producerId: 1, state: "Ongoing", coordinator: 1 }));
      },
      async fenceProducers(fenced) {
        return fenced.map((name) => {
          done.push(`fences ${ids.indexOf(name)}`);
          const error = scene.fence?.(name);
          return error === undefined ? { name, value: { producerId: 1, producerEpoch: 1 }, error } : { name, value: undefined, error };
        });
      },
    } as LeftTransactionsHost["admin"],
    clock,
    logger: silentLogger,
    applicationId: "app",
    left: scene.left ?? ((open) => open.filter(({ transactionalId }) => transactionalId !== ids[1])),
  });
  transactions.end();
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  if (transactions.isUnsure) done.push("is unsure");
  return done;
}

test("those whose workers are no more are ended, and nobody is asked about transactions of other programs", async () => {
  assert.deepEqual(await looked({}), ["lists", "fences 0", "fences 2"]);
  const open = ["app-payment-service-worker-1", "app-1", ids[0]!.replace("app", "another")];
  const asked: unknown[] = [];
  assert.deepEqual(await looked({ open, left: (each) => (asked.push(each), []) }), ["lists"]);
  assert.deepEqual(asked, []);
});

test("while the group cannot tell who is in it nothing is ended, and it is asked again", async () => {
  let times = 0;
  assert.deepEqual(await looked({ left: async (open) => (++times < 3 ? undefined : open.slice(0, 1)) }), [
    ..."lists|waits|lists|waits|lists".split("|"),
    "fences 0",
  ]);
});

test("a broker before 4.1 lists all", async () => {
  const list: Scene["list"] = ({ idPattern }) => {
    if (idPattern !== undefined) throw new ClientError("NO_COMMON_VERSION", "It knows no patterns.");
  };
  assert.deepEqual(await looked({ list }), ["lists", "lists all", "fences 0", "fences 2"]);
});

test("what may pass is tried twelve times, and what is refused once", async () => {
  const fails = (error: Error) => () => {
    throw error;
  };
  assert.deepEqual(await looked({ list: fails(denied) }), ["lists"]);
  assert.deepEqual(await looked({ left: fails(denied) }), ["lists"]);
  assert.equal((await looked({ list: fails(late) })).join(" "), `${Array(12).fill("lists").join(" waits ")} is unsure`);
  assert.equal((await looked({ left: fails(late) })).join(" "), `${Array(12).fill("lists").join(" waits ")} is unsure`);
  // One that may not be ended keeps nobody from the others.
  let times = 0;
  const fence: Scene["fence"] = (id) => (id === ids[0] ? denied : ++times < 2 ? late : undefined);
  assert.deepEqual(await looked({ fence }), ["lists", "fences 0", "fences 2", "waits", "lists", "fences 0", "fences 2"]);
});

test("a thousand calls are one look, and one more for what was opened meanwhile", async () => {
  const often = (transactions: LeftTransactions) => {
    for (let i = 0; i < 1_000; i++) transactions.end();
  };
  assert.deepEqual(await looked({}, often), ["lists", "fences 0", "fences 2", "waits", "lists", "fences 0", "fences 2"]);
});

test("when it is closed there is no further look", async () => {
  const list = () => {
    throw late;
  };
  assert.deepEqual(await looked({ list }, (transactions) => transactions.close()), ["lists", "is unsure"]);
});
