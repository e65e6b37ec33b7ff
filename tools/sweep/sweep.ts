/**
 * Sends random plausible requests of every advertised API in every version to a broker and wants each one answered: a connection that
 * closes, silence, or an answer that cannot be read is a fault. Runs against any Kafka; the cluster should be one to throw away.
 *
 *   node --conditions=source tools/sweep/sweep.ts --bootstrap-server 127.0.0.1:9092 [--runs 20] [--seed N] [--api Metadata]
 *
 * Status 1 when there were faults; they are listed with the request that showed them.
 */
import { parseArgs } from "node:util";
import { testSeed } from "@ottla/base/simulated";
import { OttlaError } from "@ottla/base";
import { type Api, ApiKey, apiInfo, decodeResponse, encodeRequest, KafkaError } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import fc from "fast-check";
import { loadSubjects, type Subject, type Values } from "../../packages/protocol/src/spec-tests/spec-files.ts";
import { arbitraryMessage } from "../../packages/protocol/src/spec-tests/spec-values.ts";
import { plausibleScalar } from "./plausible-values.ts";
import { type Answer, Wire } from "./wire.ts";

const { values: options } = parseArgs({
  options: {
    "bootstrap-server": { type: "string", default: "127.0.0.1:9092" },
    runs: { type: "string", default: "20" },
    seed: { type: "string", default: String(testSeed()) },
    api: { type: "string" },
  },
});
const [host, port] = [options["bootstrap-server"].replace(/:\d+$/, ""), Number(/\d+$/.exec(options["bootstrap-server"])?.[0])];
const answerTimeoutMs = 15_000;
const topic = "sweep-topic";
/** Their first message is part of a dialogue: out of turn, Kafka closes the connection too. */
const skipped: ReadonlySet<number> = new Set([ApiKey.SaslHandshake, ApiKey.SaslAuthenticate]);

let wire = await Wire.open(host, port);
let correlationId = 0;

async function exchange(frame: readonly Buffer[]): Promise<Answer> {
  if (!wire.isOpen) wire = await Wire.open(host, port);
  return wire.ask(frame, answerTimeoutMs);
}

async function send<Request, Response>(api: Api<Request, Response>, version: number, request: Request): Promise<Response> {
  const answer = await exchange(encodeRequest(api, version, ++correlationId, "sweep", request));
  if (answer.kind !== "frame") throw new Error(`${api.name} ${version} got no answer: ${answer.kind}.`);
  return decodeResponse(api, version, answer.frame);
}

/** The fault that one request shows, or `undefined`. */
async function faultOf(subject: Subject, api: Api<unknown, unknown>, version: number, request: Values): Promise<string | undefined> {
  const frame = encodeRequest(api, version, ++correlationId, "sweep", request);
  const answer = await exchange(frame);
  if (answer.kind !== "frame") return answer.kind === "closed" ? "the connection was closed" : `no answer within ${answerTimeoutMs} ms`;
  try {
    decodeResponse(api, version, answer.frame);
    return answer.frame.readInt32BE() === correlationId ? undefined : "the answer has another correlation id";
  } catch (error) {
    if (error instanceof OttlaError && !(error instanceof KafkaError)) return `${subject.name}: ${error.message}`;
    throw error;
  }
}

/** The request as one line; byte fields in hex. */
function printed(request: Values): string {
  return JSON.stringify(request, (key, value: unknown) => (key === "unknownTaggedFields" ? undefined : value)).replace(
    /\{"type":"Buffer","data":\[([\d,]*)\]\}/g,
    (_, data: string) => `"${Buffer.from(data === "" ? [] : data.split(",").map(Number)).toString("hex")}"`,
  );
}

async function sweep(): Promise<number> {
  const advertised = new Map((await send(apiVersionsApi, 0, makeApiVersionsRequest())).apiKeys.map((entry) => [entry.apiKey, entry]));
  const { topics } = await send(metadataApi, 12, makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name: topic })] }));
  const scalarOf = plausibleScalar({ topics: [topic], topicIds: topics.map(({ topicId }) => topicId) });
  let faults = 0;
  for (const subject of (await loadSubjects()).filter(({ name, file }) => file.startsWith("apis/") && name.endsWith("Request"))) {
    const module = (await import(`@ottla/protocol/${subject.file}`)) as Record<string, Api<unknown, unknown>>;
    const api = Object.values(module).find((value) => apiInfo(value.key)?.name === `${subject.name.replace(/Request$/, "")}`)!;
    const range = advertised.get(api.key);
    if (range === undefined || skipped.has(api.key) || (options.api ?? api.name) !== api.name) continue;
    const found = new Map<string, number>();
    for (let version = Math.max(range.minVersion, api.minVersion); version <= Math.min(range.maxVersion, api.maxVersion); version++) {
      const arbitrary = arbitraryMessage(subject, version, true, scalarOf);
      for (const request of fc.sample(arbitrary, { seed: Number(options.seed) + version, numRuns: Number(options.runs) })) {
        const fault = await faultOf(subject, api, version, request);
        if (fault === undefined) continue;
        const times = found.get(`${version} ${fault}`) ?? 0;
        if (times === 0) console.log(`${api.name} ${version}: ${fault}\n  ${printed(request)}`);
        found.set(`${version} ${fault}`, times + 1);
        faults++;
      }
    }
  }
  return faults;
}

const faults = await sweep();
wire.close();
console.log(`${correlationId} requests, ${faults} faults (seed ${options.seed}).`);
process.exitCode = faults > 0 ? 1 : 0;
