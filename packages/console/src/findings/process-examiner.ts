import { type ChildProcess, fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { constants, setPriority } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { OttlaError } from "@ottla/base";
import type { Examination, ExaminationProgress } from "./examination.ts";
import { EXAMINATION_WORD, errorOf, type ExaminationAnswer, type ExaminationNews, type ExaminationStart } from "./examination-messages.ts";
import type { Examiner } from "./examiner.ts";

/** Whom the process of an examination asks, and by which script it runs. */
interface ExaminationPlace {
  /** Calls `runExaminationProcess` where its first argument is `EXAMINATION_WORD`. */
  readonly entry: URL;
  readonly bootstrapServers: string;
  /** Properties of Kafka's clients. */
  readonly login: ReadonlyMap<string, string>;
}

/** What lies about is little, and half a million partitions have room; with a bound V8 collects a heap that grew by half, without one a heap that grew by four times. */
const HEAP_FLAGS = ["--max-semi-space-size=4", "--max-old-space-size=1024"];
/** What it says when it fails: enough for a reason. */
const STDERR_CHARACTERS_MAX = 2_000;

/**
 * Examines in a process of its own that ends with the examination: what it is made of, more than a hundred MiB of a large cluster, goes with it, and the console's own work is held up by none of it. A thread's heap
 * would go as well, but not the buffers beside it, and it would be the console's process that had both at once.
 */
export function processExaminer(place: ExaminationPlace): Examiner {
  let past: Uint8Array | undefined;
  let current: ChildProcess | undefined;
  let isClosed = false;
  return {
    isApart: true,
    async examine({ givesWay, onProgress, signal }): Promise<Examination> {
      if (isClosed) throw gone("The console is being stopped.");
      if (signal.aborted) throw gone("Nobody waits for it any more.");
      current?.kill("SIGKILL");
      const child = fork(fileURLToPath(place.entry), [EXAMINATION_WORD], {
        serialization: "advanced",
        execArgv: [...process.execArgv, ...HEAP_FLAGS],
        stdio: ["ignore", "ignore", "pipe", "ipc"],
      });
      current = child;
      if (givesWay) yieldToOthers(child);
      const giveUp = (): void => void child.kill("SIGKILL");
      signal.addEventListener("abort", giveUp);
      try {
        const answer = await answerOf(child, place, past, onProgress);
        if ("error" in answer) throw errorOf(answer.error);
        past = answer.past;
        return answer.examination;
      } finally {
        signal.removeEventListener("abort", giveUp);
        if (current === child) current = undefined;
        child.kill("SIGKILL");
      }
    },
    async close() {
      isClosed = true;
      current?.kill("SIGKILL");
    },
  };
}

/** Pages, and a broker on the same machine, come first. Where that cannot be had it examines all the same. */
function yieldToOthers({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It ended already, or this system has no such thing.
  }
}

function answerOf(
  child: ChildProcess,
  { bootstrapServers, login }: ExaminationPlace,
  past: Uint8Array | undefined,
  onProgress: (progress: ExaminationProgress) => void,
) {
  const compiled = getCompileCacheDir();
  const compileCache = compiled === undefined ? undefined : dirname(compiled);
  const start: ExaminationStart = { bootstrapServers, login: [...login], compileCache, past };
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-STDERR_CHARACTERS_MAX);
  });
  return new Promise<ExaminationAnswer>((resolve, reject) => {
    child.on("message", (said) => {
      const heard = said as ExaminationAnswer | ExaminationNews;
      if ("progress" in heard) onProgress(heard.progress);
      else resolve(heard);
    });
    child.once("error", (error) => reject(gone(`Its process could not be started: ${error.message}.`)));
    child.once("close", (status, signal) => reject(gone(`Its process ended (${signal ?? status}). ${said}`.trim())));
    child.send(start, (error) => {
      if (error !== null) reject(gone(`Its process does not listen: ${error.message}.`));
    });
  });
}

function gone(why: string): OttlaError {
  return new OttlaError("EXAMINATION_FAILED", `The cluster was not examined. ${why}`);
}
