// The inside of a thread of tasks: runs what the worker sends here, with a client and plugins of its own.
import { enableCompileCache } from "node:module";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { invariant } from "@ottla/base";
import { changePrinting, systemClock, ThreadLog } from "@ottla/base/node";
import type { Client, ProducerRecord } from "@ottla/client";
import type { SourcePlace } from "../data/connect-record.ts";
import { builtinPlugins } from "../plugin/builtin-plugins.ts";
import { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import { catalogueOf } from "../plugin/plugin-folder.ts";
import { accessClient, taskClients } from "../worker/cluster-access.ts";
import { namedLogger } from "../worker/named-logger.ts";
import { crashTask } from "../worker/task-crash.ts";
import { loopTaskHost } from "../worker/task-host.ts";
import type { RunningTask, TaskPlan, TaskWorld } from "../worker/task-world.ts";
import { SecretMask } from "../secrets/secret-mask.ts";
import { errorOf, portableError } from "./portable-error.ts";
import type { PluginThreadStart } from "./plugin-thread-messages.ts";
import type { FromTaskThread, OffsetAnswer, OffsetCall, TaskThreadStart, ToTaskThread } from "./thread-messages.ts";

/** Runs tasks, or other code of plugins, until the worker ends the thread. */
export async function runTaskThread(): Promise<void> {
  const port = parentPort;
  invariant(port !== null, "A thread of tasks has a parent.");
  const start = workerData as TaskThreadStart | PluginThreadStart;
  if (start.compileCache !== undefined) enableCompileCache(start.compileCache);
  if ("role" in start) return (await import("./plugin-thread.ts")).runPluginThread();
  new TaskThread(start, port);
}

interface HeldTask {
  readonly connector: string;
  /** Of what it says, and of what is said of it where nobody knows which task it was. */
  readonly mask: SecretMask;
  running: RunningTask | undefined;
  isPaused: boolean;
  isStopped: boolean;
}

class TaskThread {
  readonly #start: TaskThreadStart;
  readonly #port: MessagePort;
  readonly #log: ThreadLog;
  readonly #client: Client;
  readonly #tasks = new Map<number, HeldTask>();
  readonly #asked = new Map<number, PromiseWithResolvers<OffsetAnswer>>();
  #lastCall = 0;
  readonly #shared = new SecretMask();
  readonly #builtin = new PluginCatalogue(builtinPlugins);

  constructor(start: TaskThreadStart, port: MessagePort) {
    this.#start = start;
    this.#port = port;
    this.#log = new ThreadLog((line) => this.#send(line));
    this.#log.tellsDebug = start.tellsDebug;
    this.#client = accessClient(start.access, this.#log);
    const took = (error: unknown): void => this.#uncaught(error);
    process.on("uncaughtException", took);
    process.on("unhandledRejection", took);
    changePrinting((text) => this.#printed().text(text));
    port.on("message", (message: ToTaskThread) => this.#take(message));
    this.#send({ type: "ready" });
  }

  #send(message: FromTaskThread): void {
    this.#port.postMessage(message);
  }

  #take(message: ToTaskThread): void {
    switch (message.type) {
      case "start":
        return void this.#run(message.task, message.plan, message.files, message.isExactlyOnce);
      case "pause":
      case "resume": {
        const held = this.#tasks.get(message.task);
        if (held === undefined) return;
        held.isPaused = message.type === "pause";
        held.running?.[message.type]();
        return;
      }
      case "stop": {
        const held = this.#tasks.get(message.task);
        if (held === undefined) return;
        held.isStopped = true;
        void held.running?.stop();
        return;
      }
      case "answer": {
        const asked = this.#asked.get(message.call);
        this.#asked.delete(message.call);
        if (message.error === undefined) asked?.resolve(message.value);
        else asked?.reject(errorOf(message.error));
        return;
      }
      case "ping": {
        this.#log.tellsDebug = message.tellsDebug;
        const gauges = [...this.#tasks].flatMap(([task, { running }]) =>
          running === undefined ? [] : [[task, running.metrics()] as const],
        );
        return this.#send({ type: "pong", gauges });
      }
      case "heard":
        return this.#log.heard(message.count);
    }
  }

  async #run(task: number, plan: TaskPlan, files: readonly string[], isExactlyOnce: boolean): Promise<void> {
    const mask = new SecretMask(plan.secrets);
    const held: HeldTask = { connector: plan.connector, mask, running: undefined, isPaused: false, isStopped: false };
    this.#tasks.set(task, held);
    let failure: unknown;
    try {
      const catalogue = files.length > 0 ? await catalogueOf(files) : this.#builtin;
      if (!held.isStopped) {
        held.running = loopTaskHost.start(plan, { ...this.#worldOf(task, plan, catalogue, isExactlyOnce), mask });
        if (held.isPaused) held.running.pause();
        await held.running.ended;
      }
    } catch (error) {
      failure = mask.error(error);
    }
    this.#tasks.delete(task);
    const gauges = held.running?.metrics() ?? {};
    this.#send({ type: "ended", task, gauges, error: failure === undefined ? undefined : portableError(failure) });
  }

  #worldOf(task: number, plan: TaskPlan, catalogue: PluginCatalogue, isExactlyOnce: boolean): TaskWorld {
    const { properties } = this.#start;
    return {
      catalogue,
      worker: properties,
      clients: taskClients(this.#client, properties, plan.properties),
      offsets: {
        get: async (partition) => (await this.#ask(task, { op: "get", partition })) as SourcePlace | undefined,
        put: async (offsets) => void (await this.#ask(task, { op: "put", offsets })),
        records: isExactlyOnce
          ? async (offsets) => (await this.#ask(task, { op: "records", offsets })) as readonly ProducerRecord[]
          : undefined,
      },
      clock: systemClock,
      logger: namedLogger(this.#log, { connector: plan.connector, task: plan.task }),
      onTopic: (topic) => this.#send({ type: "topic", task, topic }),
    };
  }

  #ask(task: number, question: OffsetCall): Promise<OffsetAnswer> {
    const call = ++this.#lastCall;
    const answer = Promise.withResolvers<OffsetAnswer>();
    this.#asked.set(call, answer);
    try {
      this.#send({ type: "ask", task, call, question });
    } catch (error) {
      // An offset that is no JSON, of a plugin that holds to nothing.
      this.#asked.delete(call);
      answer.reject(error);
    }
    return answer.promise;
  }

  /** Hides what any of the tasks here is trusted with: nobody knows which of them it was that said it. */
  #printed(): SecretMask {
    for (const { mask } of this.#tasks.values()) this.#shared.add(mask.secrets);
    return this.#shared;
  }

  #uncaught(thrown: unknown): void {
    if (crashTask(thrown)) return;
    const error = this.#printed().error(thrown);
    if (new Set([...this.#tasks.values()].map(({ connector }) => connector)).size > 1)
      return this.#log.error("an error was thrown among several connectors where nobody catches; none is known to have thrown it", {
        error,
      });
    this.#send({ type: "fatal", error: portableError(error) });
    return undefined;
  }
}
