import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ClientError } from "../client-error.ts";
import { createClient } from "../client.ts";
import { makeWorld } from "../testing/simulated-world.ts";
import { clientOptionsFromProperties, consumerOptionsFromProperties, producerOptionsFromProperties } from "./from-properties.ts";
import { clientOptionNames, consumerOptionNames, producerOptionNames } from "./option-names.ts";
import { findUnusedProperties } from "./unused-properties.ts";

const refuses = (subject: string, message: RegExp) => (error: unknown) =>
  error instanceof ClientError && error.code === "INVALID_OPTION" && error.subject === subject && message.test(error.message);

const makers = {
  createClient: (options: object) => createClient({ bootstrapServers: "h:1", ...options }, makeWorld()),
  producer: (options: object) => createClient({ bootstrapServers: "h:1" }, makeWorld()).producer(options),
  consumer: (options: object) => createClient({ bootstrapServers: "h:1" }, makeWorld()).consumer({ groupId: "g", ...options }),
};
const names = { createClient: clientOptionNames, producer: producerOptionNames, consumer: consumerOptionNames };
/** Options that may hold a text, a number, a boolean, a function or an object; every option refuses what it may not. */
const wrongValues = [5.5, Number.NaN, -7, "ä?", true, {}, [], null, () => {}, Symbol("s"), 10n];

describe("options", () => {
  for (const kind of ["createClient", "producer", "consumer"] as const) {
    test(`of ${kind}: every one refuses values of the wrong kind, by its name`, () => {
      for (const name of Object.keys(names[kind])) {
        let refused = 0;
        for (const value of wrongValues) {
          try {
            makers[kind]({ [name]: value });
          } catch (error) {
            if (value === null && error instanceof TypeError) throw error;
            assert.ok(error instanceof ClientError && error.code === "INVALID_OPTION", `${name}: ${String(error)}`);
            assert.equal(error.subject, name, `${name}: ${error.message}`);
            assert.ok(error.message.includes(name), error.message);
            refused++;
          }
        }
        assert.ok(refused >= 5, `${name} took ${wrongValues.length - refused} of ${wrongValues.length} wrong values`);
      }
    });
  }

  test("that do not exist are refused with the near name", () => {
    assert.throws(
      () => makers.createClient({ bootstrapServer: "x" }),
      refuses("bootstrapServer", /createClient was given "bootstrapServer", which is no option of it; did you mean "bootstrapServers"\?/),
    );
    assert.throws(() => makers.producer({ lingerMS: 5 }), refuses("lingerMS", /did you mean "lingerMs"\?/));
    assert.throws(
      () => makers.consumer({ autoCommit: true }),
      refuses("autoCommit", /consumer\(\) was given "autoCommit".*it has groupId/),
    );
    assert.throws(() => createClient("localhost:9092" as never), {
      code: "INVALID_OPTION",
      message: /createClient was given "localhost:9092"; it takes an object/,
    });
    assert.throws(() => createClient({} as never), refuses("bootstrapServers", /bootstrapServers is undefined/));
  });

  test("that change what is promised are refused when they are empty: a variable that was never set is no wish", () => {
    const must = /is ""; it must be left out, or a text that is not empty\.$/;
    assert.throws(() => makers.producer({ transactionalId: "" }), refuses("transactionalId", must));
    assert.throws(() => makers.consumer({ groupInstanceId: "" }), refuses("groupInstanceId", must));
    assert.throws(() => makers.producer(producerOptionsFromProperties({ "transactional.id": "" })), refuses("transactionalId", must));
  });

  test("go in messages by the names that their user knows", () => {
    const optionNames = { bootstrapServers: "--bootstrap-server" };
    assert.throws(
      () => createClient({ bootstrapServers: "nowhere", optionNames }),
      refuses("bootstrapServers", /^--bootstrap-server: "nowhere" is no host:port/),
    );
    assert.throws(() => createClient({ bootstrapServers: ",", optionNames }), refuses("bootstrapServers", /^--bootstrap-server is empty/));
    const client = createClient({ bootstrapServers: "h:1", optionNames: { lingerMs: "--linger" } }, makeWorld());
    assert.throws(() => client.producer({ lingerMs: -1 }), refuses("lingerMs", /^--linger is -1; it must be a whole number of at least 0/));
    const settings = producerOptionsFromProperties({ "linger.ms": "-1" });
    assert.throws(() => client.producer(settings), refuses("lingerMs", /^linger\.ms is -1/));
    const both = consumerOptionsFromProperties({ "heartbeat.interval.ms": "9000", "session.timeout.ms": "9000" });
    assert.throws(
      () => client.consumer(both),
      refuses("heartbeatIntervalMs", /^heartbeat\.interval\.ms \(9000\) must be less than session\.timeout\.ms/),
    );
    assert.throws(
      () => createClient({ bootstrapServers: "h:1", ...clientOptionsFromProperties({ "request.timeout.ms": "0" }) }),
      refuses("requestTimeoutMs", /^request\.timeout\.ms is 0/),
    );
  });

  test("a time longer than a timer can be is a long time, not none", async () => {
    const client = createClient({ bootstrapServers: "127.0.0.1:1", apiTimeoutMs: 2 ** 40, retryBackoffMs: 1 });
    const asking = client.admin().describeCluster();
    let isSettled = false;
    const note = () => void (isSettled = true);
    asking.then(note, note);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isSettled, false);
    await client.close({ timeoutMs: 0 });
    await assert.rejects(asking, { code: "CLIENT_CLOSED" });
  });
});

describe("properties that nothing is made from", () => {
  test("are told apart: misspelt ones with the near name, those of Kafka's own clients, and none of ours", () => {
    const messages = findUnusedProperties(
      new Map([
        ["linger.sm", "5"],
        ["lingerMs", "5"],
        ["bootstrap.server", "x"],
        ["auto.offset.rest", "earliest"],
        ["enable.auto.comit", "x"],
        ["key.serializer", "x"],
        ["metrics.num.samples", "2"],
        ["some.interceptors.own.setting", "x"],
        ["linger.ms", "5"],
        ["group.id", "g"],
      ]),
    );
    assert.deepEqual(
      messages.map(({ name, kind, near }) => [name, kind, near]),
      [
        ["linger.sm", "unknown", "linger.ms"],
        ["lingerMs", "unknown", "linger.ms"],
        ["bootstrap.server", "unknown", "bootstrap.servers"],
        ["auto.offset.rest", "unknown", "auto.offset.reset"],
        ["enable.auto.comit", "unknown", "enable.auto.commit"],
        ["key.serializer", "unused", undefined],
        ["metrics.num.samples", "unused", undefined],
        ["some.interceptors.own.setting", "unknown", undefined],
      ],
    );
    assert.equal(messages[0]!.message, '"linger.sm" is no property of a Kafka client; did you mean "linger.ms"?');
  });
});
