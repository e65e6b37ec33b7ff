// The inside of a part's thread: loads the module, starts its part, hands on what it says, and ends when it is told to.
import { enableCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { invariant, type LogFields, type Logger } from "@ottla/base";
import type { PartOutput, StartedPart } from "./part.ts";
import { errorMessage, type FromPart, portableField, type ToPart, type WorkerModule, type WorkerStart } from "./worker-messages.ts";
import { loadPart } from "./worker-modules.ts";

/** So many lines may be on their way to the main thread; those beyond are dropped, and counted. */
const UNHEARD_LINES_MAX = 1000;

/** What a part says, on its way to the main thread. */
class Voice {
  readonly #send: (message: FromPart) => void;
  #unheard = 0;
  #dropped = 0;

  constructor(send: (message: FromPart) => void) {
    this.#send = send;
  }

  say(line: Extract<FromPart, { type: "log" | "print" }>): void {
    if (this.#unheard >= UNHEARD_LINES_MAX) {
      this.#dropped++;
      return;
    }
    this.#unheard++;
    this.#send(line);
  }

  heard(count: number): void {
    this.#unheard -= count;
    const dropped = this.#dropped;
    if (dropped === 0) return;
    this.#dropped = 0;
    this.say({
      type: "log",
      level: "warn",
      message: "lines of a part were dropped, as they were not read in time",
      fields: { count: dropped },
    });
  }

  logger(): Logger {
    const at =
      (level: keyof Logger) =>
      (message: string, fields: LogFields = {}) =>
        this.say({
          type: "log",
          level,
          message,
          fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, portableField(value)])),
        });
    return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
  }

  output(terminal: WorkerStart["terminal"]): PartOutput {
    return { ...terminal, write: (text) => this.say({ type: "print", text }) };
  }
}

/** Runs the part that this thread was made for: loads it, and starts it when it is told to. */
export async function runPartWorker(): Promise<void> {
  const port = parentPort;
  invariant(port !== null, "A part's thread has a parent.");
  const send = (message: FromPart): void => port.postMessage(message);
  const { module, compileCache } = workerData as WorkerModule;
  if (compileCache !== undefined) enableCompileCache(compileCache);
  const voice = new Voice(send);
  const begun = Promise.withResolvers<WorkerStart>();
  const told = Promise.withResolvers<undefined>();
  port.on("message", (message: ToPart) => {
    if (message.type === "heard") voice.heard(message.count);
    else if (message.type === "start") begun.resolve(message.start);
    else told.resolve(undefined);
  });
  let started: StartedPart | undefined;
  try {
    const part = await loadPart(module);
    const beginning = await Promise.race([begun.promise, told.promise]);
    if (beginning !== undefined) {
      const { terminal, ...start } = beginning;
      started = part.start({ ...start, logger: voice.logger(), out: voice.output(terminal) });
      const ready = started.ready.then((report) => send({ type: "ready", report }));
      await Promise.race([ready, told.promise]);
      // Once it is told to end, it fails as it likes.
      ready.catch(() => {});
    }
  } catch (error) {
    send({ type: "failed", error: errorMessage(error) });
  }
  await told.promise;
  const error = await started?.stop().then(
    () => undefined,
    (failure: unknown) => errorMessage(failure),
  );
  send({ type: "stopped", error });
  port.close();
}
