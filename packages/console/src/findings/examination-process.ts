// The inside of a process that examines a cluster once, with a client of its own.
import { once } from "node:events";
import { enableCompileCache } from "node:module";
import { deserialize, serialize } from "node:v8";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Clock, invariant } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { type Client, clientOptionsFromProperties, createClient } from "@ottla/client";
import { examine, type PastExaminations } from "./examination.ts";
import { errorMessageOf, type ExaminationAnswer, type ExaminationNews, type ExaminationStart } from "./examination-messages.ts";

/** The machine's own, which all processes share: a process's begins when it does, and what was seen by others would be from nowhere. */
const machineClock: Clock = { ...systemClock, monotonicMs: () => Number(process.hrtime.bigint()) / 1e6 };

/** Examines what it is told to, says what came of it, and ends; it ends with whoever asked, too. */
export async function runExaminationProcess(): Promise<never> {
  invariant(process.send !== undefined, "The process of an examination has a parent that it speaks to.");
  process.once("disconnect", () => process.exit(1));
  const [{ bootstrapServers, login, compileCache, past }] = (await once(process, "message")) as [ExaminationStart];
  if (compileCache !== undefined) enableCompileCache(compileCache);
  let answer: ExaminationAnswer;
  try {
    const client: Client = createClient({ clientId: "ottla-console", ...clientOptionsFromProperties(new Map(login)), bootstrapServers });
    const before = past && (deserialize(gunzipSync(past)) as PastExaminations);
    const { past: next, ...examination } = await examine(
      client,
      machineClock,
      before,
      new AbortController().signal,
      (progress) => void process.send!({ progress } satisfies ExaminationNews),
    );
    answer = { examination, past: gzipSync(serialize(next), { level: 1 }) };
  } catch (error) {
    answer = { error: errorMessageOf(error) };
  }
  await new Promise((sent) => process.send!(answer, sent));
  process.exit();
}
