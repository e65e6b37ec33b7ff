import type { Logger } from "@ottla/base";

/** What can be handed to a part on any thread. */
export type PartSettings = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a part prints what it has to show to a person. */
export interface PartOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** What a part is given when it starts. */
export interface PartContext {
  /** The address to listen on. */
  readonly host: string;
  /** The port to listen on; 0 takes any free one. */
  readonly port: number;
  /** Addresses of the parts that were started before, by their key in the ready line: `bootstrap`, `registry`. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly settings: PartSettings;
  readonly logger: Logger;
  readonly out: PartOutput;
}

/** A part that accepts connections. */
export interface PartReport {
  /** Where it is found: `http://127.0.0.1:8081`, or a broker's `host:port`; it stands in the ready line. */
  readonly address?: string;
}

/** A part that is starting or runs. */
export interface StartedPart {
  /** Resolves when it accepts connections; rejects when it will not, having let go of what it had taken. A taken port is `PORT_IN_USE`. */
  readonly ready: Promise<PartReport>;
  /** Ends it, ready or not yet. */
  stop(): Promise<void>;
}

/**
 * One of the things that `ottla dev` runs: broker, registry, console, … It knows neither the thread it runs on nor the other parts, which it reaches at their
 * addresses. A module that is to run on a worker thread exports it as `part`.
 */
export interface Part {
  /** As `--only` has it. */
  readonly name: string;
  start(context: PartContext): StartedPart;
  /** Loads what the next start needs, while other parts start; changes nothing else. */
  prepare?(): void;
  /** Lets go of what was prepared and not started. */
  discard?(): Promise<void>;
}
