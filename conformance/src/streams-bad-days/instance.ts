import { appendFileSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { nodeBinary } from "../paths.ts";
import { type Child, startChild } from "../process/child.ts";
import type { Death, FromInstance, InstanceSettings, ToInstance } from "./instance-settings.ts";

/** A loop that stands still does not answer. */
const DESCRIBE_MS_MAX = 3_000;
const MAIN = fileURLToPath(new URL("instance-main.ts", import.meta.url));
const NEWER_ASSIGNOR = fileURLToPath(new URL("newer-assignor.ts", import.meta.url));
const DIE_AT_MOMENT = fileURLToPath(new URL("moments/die-at-moment.ts", import.meta.url));
const PUT_IN_BUG = fileURLToPath(new URL("bugs/put-in-bug.ts", import.meta.url));

/** An instance of the application, a process of its own. What it logs is in a file. */
export interface Instance {
  readonly settings: InstanceSettings;
  readonly pid: number;
  /** The last that it told. */
  state(): string;
  /** What ended it, if it ended by itself. */
  error(): { readonly message: string; readonly code: string } | undefined;
  /** Resolves with its exit status. */
  readonly exited: Promise<number | string>;
  hasExited(): boolean;
  send(message: ToInstance): void;
  /** What it does, in one line; never rejects. */
  describe(): Promise<string>;
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
  /** Lets it end; resolves with its exit status. */
  close(): Promise<number | string>;
  kill(): Promise<number | string>;
}

export function startInstance(settings: InstanceSettings, logFile: string, bug: string | undefined, death?: Death): Instance {
  appendFileSync(logFile, `--- ${settings.name} begins: version ${settings.version}, ${settings.stateDir}\n`);
  const imports = [
    ...(bug === undefined ? [] : [PUT_IN_BUG]),
    ...(death === undefined ? [] : [DIE_AT_MOMENT]),
    ...(settings.version === 2 ? [NEWER_ASSIGNOR] : []),
  ];
  const args = ["--conditions=source", ...imports.flatMap((file) => ["--import", file]), MAIN, JSON.stringify(settings)];
  const child: Child = startChild(nodeBinary, args, {
    stdio: ["ignore", openSync(logFile, "a"), openSync(logFile, "a"), "ipc"],
    env: {
      ...process.env,
      ...(bug !== undefined && { OTTLA_SEEDED_BUG: bug }),
      ...(death !== undefined && { OTTLA_MOMENT: death.moment, OTTLA_MOMENT_PASSES: String(death.passes) }),
    },
  });
  let state = "CREATED";
  let error: { readonly message: string; readonly code: string } | undefined;
  let described: ((what: string) => void) | undefined;
  let exitStatus: number | string | undefined;
  child.process.on("message", (message: FromInstance) => {
    if ("state" in message) state = message.state;
    else if ("described" in message) described?.(message.described);
    else error = { message: message.error, code: message.code };
  });
  void child.exited.then((status) => {
    exitStatus = status;
    appendFileSync(logFile, `--- ${settings.name} ended: ${status}\n`);
  });
  const send = (message: ToInstance): void => {
    if (child.process.connected) child.process.send(message, () => {});
  };
  return {
    settings,
    pid: child.pid,
    state: () => state,
    error: () => error,
    exited: child.exited,
    hasExited: () => exitStatus !== undefined,
    send,
    async describe() {
      const told = new Promise<string>((resolve) => (described = resolve));
      send({ describe: true });
      return `${settings.name} ${state}: ${await Promise.race([told, sleep(DESCRIBE_MS_MAX, "does not answer")])}`;
    },
    signal: (signal) => void child.process.kill(signal),
    close() {
      child.process.kill("SIGCONT");
      send({ close: true });
      return child.exited;
    },
    kill: () => child.kill(),
  };
}
