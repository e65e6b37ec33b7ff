import { printable } from "@ottla/base";
import type { CommandContext, CommandKind, CommandSpec } from "./command.ts";
import { INTERRUPTED, runCommandLine } from "./run-command-line.ts";

/** How long things may take; all in ms. */
interface ProcessTimes {
  /** After a first signal a command ends by itself within so long; then it is ended. */
  readonly graceMs: number;
  /** What was printed may take so long to reach its reader once a signal came. */
  readonly outputGraceMs: number;
  /** One Ctrl-C comes twice, from the terminal and from npm, which hands signals on. */
  readonly sameSignalMs: number;
  /** Both come within milliseconds, unless the machine is very busy. */
  readonly repeatWithinMs: number;
}

const TIMES: ProcessTimes = { graceMs: 800, outputGraceMs: 150, sameSignalMs: 500, repeatWithinMs: 150 };

/** SIGHUP is a terminal that was closed. */
export const STOP_SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];
/** As a shell reports a program that a signal ended. */
const SIGNAL_STATUS: Readonly<Record<StopSignal, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

const READER_GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "ECONNRESET"]);

/** What a process gives to its command line. */
export interface ProcessWorld extends Pick<CommandContext, "stdout" | "stderr" | "stdin" | "env" | "main"> {
  readonly words: readonly string[];
  readonly version: string;
  /** Calls `run` at each of the signals. */
  onSignal(run: (name: StopSignal) => void): void;
  /** Ends the process at once. */
  exit(status: number): void;
  /** Tests give shorter ones. */
  readonly times?: Partial<ProcessTimes>;
}

/**
 * Runs a process's command line to its end, and resolves with the exit status once what was printed has reached its reader.
 *
 * Signals: the first one asks the command to end. A server takes the time that a clean stop takes; any other command is given up after its grace, with status 0
 * where it runs until it is stopped, and else with the signal's (130 after Ctrl-C). A second one ends the process at once.
 *
 * A reader that goes away (`ottla consume … | head`) ends a command quietly, as Ctrl-C does, with status 0; a server goes on. Output that cannot be written for
 * another reason (a full disk) is said and status 1; a server says so at once and goes on. Standard error may break, or be read by nobody, without ending or stopping anything.
 */
export async function runProcess(commands: readonly CommandSpec[], world: ProcessWorld): Promise<number> {
  const { stdout, stderr } = world;
  const times = { ...TIMES, ...world.times };
  const stop = new AbortController();
  const signalled = Promise.withResolvers<void>();
  let first: { readonly name: StopSignal; readonly atMs: number } | undefined;
  world.onSignal((name) => {
    // A second signal does not wait for what the first one is finishing.
    if (first !== undefined && performance.now() - first.atMs > times.sameSignalMs) world.exit(SIGNAL_STATUS[name]);
    if (first !== undefined) return;
    first = { name, atMs: performance.now() };
    stop.abort();
    signalled.resolve();
  });
  stderr.on("error", () => {});
  let lost: NodeJS.ErrnoException | undefined;
  let kind = "task" as CommandKind;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (lost !== undefined) return;
    lost = error;
    if (kind !== "server") stop.abort();
    else if (!isReaderGone(error)) stderr.write(unwritable(error));
  });

  const command = runCommandLine(commands, world.words, world.version, { ...world, signal: stop.signal }, (spec) => {
    kind = spec.kind ?? "task";
  });
  const givenUp = signalled.promise.then(async () => {
    if (kind === "server") return command;
    await pause(times.graceMs);
    return INTERRUPTED;
  });
  const ended = await Promise.race([command, givenUp]);
  const status = ended !== INTERRUPTED ? ended : first === undefined || kind === "stream" ? 0 : SIGNAL_STATUS[first.name];
  await Promise.race([Promise.all([written(stdout), written(stderr)]), signalled.promise.then(() => pause(times.outputGraceMs))]);
  // The repeat of the signal is waited for: in the middle of a process's end it would be what ended it, and the status would not be ours.
  if (first !== undefined) await pause(times.repeatWithinMs - (performance.now() - first.atMs));
  // A stream tells of its failure only after the turn in which it failed, and by then everything may be done.
  const loss: NodeJS.ErrnoException | undefined = lost ?? stdout.errored ?? undefined;
  if (loss === undefined || isReaderGone(loss)) return status;
  if (lost === undefined || kind !== "server") stderr.write(unwritable(loss));
  await Promise.race([written(stderr), pause(times.outputGraceMs)]);
  return 1;
}

function isReaderGone(error: NodeJS.ErrnoException): boolean {
  return READER_GONE.has(error.code);
}

function unwritable(error: NodeJS.ErrnoException): string {
  return `ottla: What was to be printed cannot be written (${printable(error.code ?? error.message)}).\n`;
}

/** Resolves when everything that was handed to the stream has been taken by the system, or can no longer be. */
function written(stream: CommandContext["stdout"]): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable || stream.writableLength === 0) {
      resolve();
      return;
    }
    stream.once("error", () => resolve());
    stream.once("close", () => resolve());
    stream.write("", () => resolve());
  });
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, Math.max(0, delayMs)));
}
