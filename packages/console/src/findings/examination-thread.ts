// The inside of a thread that examines a cluster once, with a client of its own.
import { enableCompileCache } from "node:module";
import { deserialize, serialize } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Clock, invariant } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { type Client, clientOptionsFromProperties, createClient } from "@ottla/client";
import { examine, type PastExaminations } from "./examination.ts";
import { errorMessageOf, type ExaminationAnswer, type ExaminationStart } from "./examination-messages.ts";

const CLIENT_CLOSE_MS = 1_000;

/** One that all threads share: a thread's own begins when it does, and what was seen by others would be from nowhere. */
const processClock: Clock = { ...systemClock, monotonicMs: () => Number(process.hrtime.bigint()) / 1e6 };

/** Examines, says what came of it, and ends. */
export async function runExaminationThread(): Promise<void> {
  const port = parentPort;
  invariant(port !== null, "The thread of an examination has a parent.");
  const { bootstrapServers, login, compileCache, past } = workerData as ExaminationStart;
  if (compileCache !== undefined) enableCompileCache(compileCache);
  let answer: ExaminationAnswer;
  let client: Client | undefined;
  try {
    client = createClient({ clientId: "ottla-console", ...clientOptionsFromProperties(new Map(login)), bootstrapServers });
    const before = past && (deserialize(gunzipSync(past)) as PastExaminations);
    const { past: next, ...examination } = await examine(client, processClock, before, new AbortController().signal);
    answer = { examination, past: gzipSync(serialize(next), { level: 1 }) };
  } catch (error) {
    answer = { error: errorMessageOf(error) };
  }
  port.postMessage(answer);
  await client?.close({ timeoutMs: CLIENT_CLOSE_MS }).catch(() => {});
}
