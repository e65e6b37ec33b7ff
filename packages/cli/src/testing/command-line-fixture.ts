import { PassThrough, Readable } from "node:stream";
import { silentLogger } from "@ottla/base";
import { type RunningBroker, startBroker } from "@ottla/broker";
import { commands } from "../commands/index.ts";
import { type INTERRUPTED, runCommandLine } from "../run-command-line.ts";
import { OutputCollector } from "./output-collector.ts";

/** What a command line did. */
export interface Ran {
  readonly status: number | typeof INTERRUPTED;
  readonly stdout: string;
  readonly stderr: string;
  /** The bytes of standard output. */
  readonly bytes: Buffer;
}

export interface RunOptions {
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Sees standard output as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Sees standard error as it comes. */
  readonly onError?: (text: string) => void;
}

/** A broker in this process, kept in memory unless a disk is given, and `ottla` command lines that talk to it. */
export class CommandLineFixture {
  readonly broker: RunningBroker;

  private constructor(broker: RunningBroker) {
    this.broker = broker;
  }

  /** With a directory, on the machine's own disk. */
  static async start(dataDirectory?: string, settings: Readonly<Record<string, string | number>> = {}): Promise<CommandLineFixture> {
    return new CommandLineFixture(
      await startBroker({
        ...(dataDirectory !== undefined && { dataDirectory }),
        settings: { "offsets.topic.num.partitions": 1, ...settings },
        logger: silentLogger,
      }),
    );
  }

  stop(): Promise<void> {
    return this.broker.stop();
  }

  /** Runs the words of a line, such as `topics list --json`. */
  run(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return runWords(words, { ...options, env: { OTTLA_BOOTSTRAP_SERVER: this.broker.bootstrap, ...options.env } });
  }

  /** Runs a command that must succeed and answers with its JSON document. */
  async json(...words: readonly string[]): Promise<unknown> {
    const { status, stdout, stderr } = await this.run([...words, "--json"]);
    if (status !== 0) throw new TypeError(`ottla ${words.join(" ")} ended with ${status}: ${stderr}`);
    return JSON.parse(stdout);
  }
}

/** Runs a command line without any broker. */
export async function runWords(
  words: readonly string[],
  { stdin = "", env = {}, signal, onOutput, onError }: RunOptions = {},
): Promise<Ran> {
  const stdout = new OutputCollector(onOutput);
  const stderr = new OutputCollector(onError);
  const input = Readable.from(stdin.length === 0 ? [] : [Buffer.from(stdin)]).pipe(new PassThrough());
  const status = await runCommandLine(commands, words, "0.0.0", {
    stdout,
    stderr,
    stdin: input as unknown as NodeJS.ReadStream,
    env,
    main: new URL("../main.ts", import.meta.url),
    signal: signal ?? new AbortController().signal,
  });
  return { status, stdout: stdout.text, stderr: stderr.text, bytes: stdout.bytes };
}
