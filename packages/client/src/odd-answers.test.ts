// Every call that waits for brokers, with a broker of which one answer, or all of one kind, has a field that makes no sense, a wrong number, too many bytes or too few: whatever that is, the call ends or waits quietly, with an error of ours, and the client can be closed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OttlaError } from "@ottla/base";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { encodeResponse } from "@ottla/protocol";
import { textOf } from "./thrown.ts";
import { RawAnswer } from "./testing/scripted-broker.ts";
import { type FieldPath, fieldsOf, withOddField } from "./testing/odd-answers.ts";
import { consuming, type Prepare, producing, sharing, type Stage, start, transactions } from "./testing/waiting-calls.ts";

const RUNS = 25;
/** Answers before the first odd one. */
const EVEN_ANSWERS_MAX = 8;
/** Beyond every call's own time. */
const WAIT_MS = 130_000;
/** What has no time of its own may wait for ever; so long is enough to see that it waits quietly. */
const ENDLESS_MS = 10_000;
const isEndless = (name: string) => /^(records|batches)/.test(name);
/** Asking again and again is asking at most so often. */
const REQUESTS_AT_ONCE_MAX = 60;
const MS_PER_REQUEST = 20;
/** What a test says by `assert` of what came. */
const isAssertion = (error: unknown) => error instanceof assert.AssertionError;

/** What is wrong with an answer: a field of it, or what it is wrapped in. */
const wrongs = ["field", "correlation id", "twice", "cut short", "bytes behind it"] as const;

interface Oddity {
  readonly wrong: (typeof wrongs)[number];
  /** Every answer of that API, from the first odd one on. */
  readonly isLasting: boolean;
  /** Also while the call is made ready. */
  readonly isEarly: boolean;
  readonly evenAnswers: number;
  readonly seed: number;
}

/** Lets the broker give odd answers from now on; what is returned says what was odd. */
function makeOdd({ broker }: Stage, { wrong, isLasting, evenAnswers, seed }: Oddity): () => string {
  let count = 0;
  let chosen: { readonly api: string; readonly path: FieldPath } | undefined;
  broker.distort((api, answer, version) => {
    const { name } = api;
    const at = count++;
    const isDue = chosen === undefined ? at >= evenAnswers : isLasting && name === chosen.api;
    if (!isDue) return undefined;
    const random = new SeededRandom(seed);
    if (wrong !== "field") {
      chosen ??= { api: name, path: [wrong] };
      return oddFrame(wrong, (correlationId) => encodeResponse(api, version, correlationId, answer), random);
    }
    if (chosen === undefined) {
      const fields = fieldsOf(answer);
      if (fields.length === 0) return undefined;
      chosen = { api: name, path: fields[random.nextInt(fields.length)]! };
    } else random.nextInt(2);
    return withOddField(answer, chosen.path, random);
  });
  return () => (chosen === undefined ? "no answer" : `${chosen.api} ${chosen.path.join(".")}`);
}

function oddFrame(wrong: Exclude<Oddity["wrong"], "field">, encode: (correlationId: number) => Buffer[], random: SeededRandom): RawAnswer {
  return new RawAnswer((correlationId) => {
    if (wrong === "correlation id") return encode((correlationId + 1 + random.nextInt(5)) & 0x7fffffff);
    const bytes = encode(correlationId);
    if (wrong === "twice") return [...bytes, ...bytes];
    const body = Buffer.concat(bytes).subarray(4);
    const odd =
      wrong === "cut short"
        ? body.subarray(0, 4 + random.nextInt(body.length - 4))
        : Buffer.concat([body, Buffer.alloc(1 + random.nextInt(9))]);
    const size = Buffer.alloc(4);
    size.writeInt32BE(odd.length);
    return [size, odd];
  });
}

async function tryOut(name: string, prepare: Prepare, isShared: boolean, oddity: Oddity): Promise<void> {
  const stage = await start(isShared);
  const { world, broker, client } = stage;
  let what = () => "nothing";
  try {
    if (oddity.isEarly) what = makeOdd(stage, oddity);
    const prepared = await Promise.resolve(prepare(stage)).catch((error: unknown) => {
      if (error instanceof OttlaError) return undefined;
      throw error;
    });
    if (!oddity.isEarly) what = makeOdd(stage, oddity);
    const before = broker.seen.length;
    const startedMs = world.clock.monotonicMs();
    const caller = new AbortController();
    let isSettled = false;
    let failure: unknown;
    const call = typeof prepared === "object" ? prepared.call : prepared;
    const note = (error?: unknown) => {
      isSettled = true;
      failure = error;
    };
    call?.(caller.signal).then(() => note(), note);
    const waitMs = isEndless(name) ? ENDLESS_MS : WAIT_MS;
    await world.until("the call ends, or waits", () => isSettled || call === undefined || world.clock.monotonicMs() - startedMs > waitMs);
    assert.ok(isSettled || call === undefined || isEndless(name), `it has not ended after ${waitMs} ms`);
    const asked = broker.seen.length - before;
    const tookMs = world.clock.monotonicMs() - startedMs;
    assert.ok(asked < REQUESTS_AT_ONCE_MAX + tookMs / MS_PER_REQUEST, `it asked ${asked} times in ${tookMs} ms`);
    if (failure !== undefined && !isAssertion(failure)) assert.ok(failure instanceof OttlaError, `it failed with ${textOf(failure)}`);
    caller.abort();
    await world.pass(0);
    broker.distort(undefined);
    await world.settle(client.close());
    assert.equal(world.net.sockets.size, 0, "a connection is left");
  } catch (error) {
    throw new Error(`${JSON.stringify(oddity)}, ${what()}: ${(error as Error).message}`, { cause: error });
  }
}

describe("answers that make no sense", () => {
  test("a connection that ends together with its first answer is not opened again without a pause", async () => {
    // Both copies come at once: nobody listens for the connection's end yet.
    const oddity = { wrong: "twice", isLasting: true, isEarly: false, evenAnswers: 6, seed: 1968856176 } as const;
    await tryOut("records", consuming["records"]!, false, oddity);
  });

  const seed = testSeed();
  for (const [what, calls, isShared] of [
    ["producing", producing, false],
    ["in transactions", transactions, false],
    ["consuming", consuming, false],
    ["sharing", sharing, true],
  ] as const)
    test(`harm nobody, ${what}, seed ${seed}`, async () => {
      const random = new SeededRandom(seed);
      const names = Object.keys(calls);
      for (let run = 0; run < RUNS; run++) {
        const name = names[random.nextInt(names.length)]!;
        const oddity: Oddity = {
          wrong: wrongs[random.nextInt(wrongs.length)]!,
          isLasting: random.nextInt(2) === 0,
          isEarly: random.nextInt(2) === 0,
          evenAnswers: random.nextInt(EVEN_ANSWERS_MAX),
          seed: random.nextInt(2 ** 31),
        };
        await tryOut(name, calls[name]!, isShared, oddity).catch((error: unknown) => {
          throw new Error(`${name}, ${(error as Error).message}`, { cause: error });
        });
      }
    });
});
