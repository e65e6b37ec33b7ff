import assert from "node:assert/strict";
import { test } from "node:test";
import { type Logger, silentLogger } from "@ottla/base";
import { type Api, apiInfo, decodeResponse, encodeRequest } from "@ottla/protocol";
import { createTopic, produce } from "../../packages/broker/src/testing/data-path.ts";
import { RawConnection } from "../../packages/broker/src/testing/raw-connection.ts";
import { sampleBatch } from "../../packages/broker/src/testing/sample-batches.ts";
import { TestBroker } from "../../packages/broker/src/testing/test-broker.ts";
import { loadSubjects } from "../../packages/protocol/src/spec-tests/spec-files.ts";
import { extremeRequests } from "./integer-extremes.ts";

/** Requests that Apache Kafka cannot read with a number that it does not know: it closes the connection, and so does ours. */
const UNREADABLE: ReadonlySet<string> = new Set(["DescribeAclsRequest", "CreateAclsRequest", "DeleteAclsRequest"]);

/** Keeps what went wrong. */
function complaints(into: string[]): Logger {
  const take = (message: string, fields?: object): void => {
    // How long a request takes depends on what else the machine does.
    if (message !== "a request kept all others waiting") into.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { ...silentLogger, warn: take, error: take };
}

test("every integer field of every served request is answered at its extremes, and none closes the connection or fails", async () => {
  const failures: string[] = [];
  await using broker = await TestBroker.start({
    logger: complaints(failures),
    settings: { "group.initial.rebalance.delay.ms": "0", "transaction.state.log.replication.factor": "1" },
  });
  const topicIds = [await createTopic(broker, "extremes")];
  await produce(broker, "extremes", sampleBatch(["a", "b"]));
  await broker.running.state.transactions.coordinatorOf("extremes");
  await broker.running.state.transactions.initProducer({ transactionalId: "extremes", nodeId: 1, timeoutMs: 60_000, expected: undefined });
  const served = new Map(broker.running.state.served.map((each) => [each.key, each]));
  const fields = new Set<string>();
  using connections = new DisposableStack();
  let connection = connections.use(await RawConnection.open(broker));
  for (const subject of (await loadSubjects()).filter(({ name, file }) => file.startsWith("apis/") && name.endsWith("Request"))) {
    const module = (await import(`@ottla/protocol/${subject.file}`)) as Record<string, Api<unknown, unknown>>;
    const api = Object.values(module).find((value) => apiInfo(value.key)?.name === subject.name.replace(/Request$/, ""))!;
    const range = served.get(api.key);
    if (range === undefined) continue;
    for (let version = Math.max(range.minVersion, api.minVersion); version <= range.maxVersion; version++) {
      for (const { field, type, value, request } of extremeRequests(subject, version, { topics: ["extremes"], topicIds })) {
        fields.add(`${type} ${subject.name} ${field}`);
        connection.write(...encodeRequest(api, version, 1, "extremes", request));
        const answer = await connection.frame();
        if (answer === undefined && UNREADABLE.has(subject.name)) {
          // Told once in a while only.
          if (failures.length > 0) assert.match(failures.pop()!, /unknown numbers/);
          connection = connections.use(await RawConnection.open(broker));
          continue;
        }
        assert.ok(answer, `${subject.name} ${version} with ${field} = ${value} closed the connection: ${failures.at(-1)}`);
        decodeResponse(api, version, answer);
      }
    }
  }
  assert.deepEqual(failures, []);
  assert.ok(fields.has("int64 ListOffsetsRequest topics.0.partitions.0.timestamp"), [...fields].join(", "));
  assert.ok([...fields].filter((field) => field.startsWith("int64 ")).length >= 9, [...fields].join(", "));
});
