import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import { OttlaError } from "@ottla/base";
import type { Examination } from "./examination.ts";
import { EXAMINATION_KIND, errorOf, type ExaminationAnswer, type ExaminationStart } from "./examination-messages.ts";
import type { Examiner } from "./examiner.ts";

/** Whom a thread of an examination asks, and by which script it runs. */
export interface ExaminationPlace {
  /** Calls `runExaminationThread` where the thread's data are of `EXAMINATION_KIND`. */
  readonly entry: URL;
  readonly bootstrapServers: string;
  /** Properties of Kafka's clients. */
  readonly login: ReadonlyMap<string, string>;
}

/** Bounds what lies about: V8 would take 48 MiB. */
const YOUNG_MB = 12;
/** Some half a million partitions. With a bound V8 collects a heap that grew by half, without one a heap that grew by four times. */
const OLD_MB = 1_024;

/** Examines on a thread of its own that ends with the examination: what it is made of, a hundred MiB of a large cluster, goes with the thread, and the console's own work is held up by none of it. */
export function threadExaminer({ entry, bootstrapServers, login }: ExaminationPlace): Examiner {
  let past: Uint8Array | undefined;
  let current: Worker | undefined;
  const ask = (): Promise<ExaminationAnswer> => {
    const compiled = getCompileCacheDir();
    const workerData: ExaminationStart = {
      kind: EXAMINATION_KIND,
      bootstrapServers,
      login: [...login],
      compileCache: compiled === undefined ? undefined : dirname(compiled),
      past,
    };
    const thread = new Worker(entry, {
      name: "ottla examination",
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB, maxOldGenerationSizeMb: OLD_MB },
    });
    current = thread;
    return new Promise<ExaminationAnswer>((resolve, reject) => {
      thread.once("message", resolve);
      thread.once("error", (error: NodeJS.ErrnoException) => {
        const why =
          error.code === "ERR_WORKER_OUT_OF_MEMORY" ? `the cluster is too large for the ${OLD_MB} MiB that it may take` : error.message;
        reject(new OttlaError("EXAMINATION_FAILED", `The examination ended: ${why}.`));
      });
      thread.once("exit", () => reject(new OttlaError("EXAMINATION_FAILED", "The examination was given up.")));
    }).finally(() => {
      current = undefined;
      return thread.terminate();
    });
  };
  return {
    async examine(): Promise<Examination> {
      const answer = await ask();
      if ("error" in answer) throw errorOf(answer.error);
      past = answer.past;
      return answer.examination;
    },
    async close() {
      await current?.terminate();
    },
  };
}
