// The inside of a thread of plugins' code besides their tasks: loading, dry runs, splits.
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { invariant } from "@ottla/base";
import { changePrinting, nodeDisk, systemClock, ThreadLog } from "@ottla/base/node";
import { catalogueOf, loadPluginFolder } from "../plugin/plugin-folder.ts";
import { providerFiles } from "../plugin/provider-files.ts";
import { LoopPluginWork } from "../worker/plugin-work.ts";
import { SecretMask } from "../secrets/secret-mask.ts";
import { portableError } from "./portable-error.ts";
import type { FromPluginThread, ListedFilePlugin, PluginAnswer, PluginCall, PluginThreadStart } from "./plugin-thread-messages.ts";

/** Answers calls until the worker ends the thread. */
export function runPluginThread(): void {
  const port = parentPort;
  invariant(port !== null, "A thread of plugins has a parent.");
  new PluginThread(workerData as PluginThreadStart, port);
}

type AnsweredCall = Exclude<PluginCall, { readonly op: "ping" }>;

class PluginThread {
  readonly #start: PluginThreadStart;
  readonly #port: MessagePort;
  readonly #log: ThreadLog;
  /** What the call that is being answered is trusted with, and the one before: its code may still say something. */
  #mask = new SecretMask();
  #called = new SecretMask();

  constructor(start: PluginThreadStart, port: MessagePort) {
    this.#start = start;
    this.#port = port;
    this.#log = new ThreadLog((line) => this.#send(line));
    // A promise that a plugin forgot is no reason to end what somebody waits for.
    const took = (error: unknown): void => this.#log.error("a plugin threw where nobody catches", { error: this.#mask.error(error) });
    process.on("uncaughtException", took);
    process.on("unhandledRejection", took);
    changePrinting((text) => this.#mask.text(text));
    port.on("message", (call: PluginCall) => void (call.op === "ping" ? this.#send({ type: "pong" }) : this.#answer(call)));
    this.#send({ type: "pong" });
  }

  #send(message: FromPluginThread): void {
    this.#port.postMessage(message);
  }

  async #answer(call: AnsweredCall): Promise<void> {
    try {
      this.#send({ type: "answer", value: await this.#resultOf(call) });
    } catch (error) {
      this.#send({ type: "answer", error: portableError(this.#mask.error(error)) });
    }
  }

  async #resultOf(call: AnsweredCall): Promise<PluginAnswer> {
    if (call.op === "list") return this.#list();
    const { environment, properties, isExactlyOnce } = this.#start;
    this.#mask = new SecretMask(this.#called.secrets);
    this.#called = new SecretMask();
    const work = new LoopPluginWork({
      catalogue: await catalogueOf(call.files),
      providers: { environment, files: providerFiles },
      properties,
      isExactlyOnce,
      clock: systemClock,
      logger: this.#log,
      onSecrets: (secrets) => {
        this.#called.add(secrets);
        this.#mask.add(secrets);
      },
    });
    switch (call.op) {
      case "validate":
        return work.validate(call.properties);
      case "sensitive":
        return work.sensitive(call.properties);
      case "definitions":
        return work.definitions(call.name);
      case "split":
        return work.split(call.properties, call.maxTasks, new AbortController().signal);
      case "preview":
        return work.preview(call.properties, call.limit, new AbortController().signal);
      case "checkOffsets":
        return work.checkOffsets(call.properties, call.offsets);
    }
  }

  async #list(): Promise<readonly ListedFilePlugin[]> {
    const { pluginFolder, leftOut } = this.#start;
    const entries = await loadPluginFolder(pluginFolder, nodeDisk, this.#log, {
      leftOut,
      onLoading: (file) => this.#send({ type: "loading", file }),
      onLate: (file) => this.#send({ type: "late", file }),
    });
    return entries.map(({ kind, name, aliases, version, file }) => ({
      kind,
      name,
      aliases: aliases && [...aliases],
      version,
      file: file ?? "",
    }));
  }
}
