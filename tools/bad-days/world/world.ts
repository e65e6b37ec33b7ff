import { InvariantError, type Logger } from "@ottla/base";
import { SeededRandom, SimulatedClock, SimulatedDisk, SimulatedNet } from "@ottla/base/simulated";
import { HistoryRecorder } from "@ottla/conformance/history/recorder";
import type { Scenario } from "../scenario.ts";
import { Machine } from "./machine.ts";
import type { SimulatedTopic } from "./simulated-topic.ts";
import { Trace } from "./trace.ts";

/** Everything that one seed makes: a machine with a broker, a network, time, the people on it, and what they remember. */
export class World {
  readonly scenario: Scenario;
  readonly clock: SimulatedClock;
  readonly disk: SimulatedDisk;
  readonly net: SimulatedNet;
  readonly machine: Machine;
  readonly history: HistoryRecorder = new HistoryRecorder();
  readonly trace: Trace = new Trace();
  readonly topics: SimulatedTopic[] = [];
  /** What nobody may see of a broker, whatever happens to it. */
  readonly faults: string[] = [];
  /** People stop when it is set. */
  isClosing = false;
  readonly #random: SeededRandom;
  readonly #claims = new Map<string, string>();

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.#random = new SeededRandom(scenario.seed ^ 0x5eed);
    this.clock = new SimulatedClock();
    this.disk = new SimulatedDisk({ clock: this.clock, syncMs: scenario.syncMs });
    this.net = new SimulatedNet({ clock: this.clock, latencyMs: scenario.latencyMs, jitterMs: scenario.jitterMs, random: this.fork() });
    this.machine = new Machine(
      { clock: this.clock, disk: this.disk, net: this.net, random: this.fork(), logger: this.#logger() },
      scenario,
      (kind) => {
        this.history.incident(kind);
        this.note("machine", kind);
      },
    );
  }

  /** Chance of one's own, so that what one does leaves the luck of others alone. */
  fork(): SeededRandom {
    return new SeededRandom(this.#random.nextInt(2 ** 32));
  }

  note(who: string, what: string, ...details: readonly unknown[]): void {
    this.trace.note(this.clock.monotonicMs(), who, what, ...details);
  }

  /** Something that is wrong by itself, without a look at the history. */
  fault(sentence: string): void {
    this.faults.push(sentence);
    this.note("FAULT", sentence);
  }

  /** A member says what it owns at a time at which no other may own it. */
  claim(when: string, member: string, partitions: readonly string[]): void {
    // With the power a coordinator may lose the last generations.
    const era = this.history.incidents.filter(({ kind }) => kind === "power-lost").length;
    for (const partition of partitions) {
      const place = `${era} ${when} ${partition}`;
      const owner = this.#claims.get(place);
      if (owner !== undefined && owner !== member) this.fault(`${owner} and ${member} both own ${place}`);
      this.#claims.set(place, member);
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.schedule(ms, resolve));
  }

  #logger(): Logger {
    const tell = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
      this.note("broker", `${level}: ${message}`, fields ?? "");
      if (isBug(message, fields)) this.fault(`the broker met a bug of its own: ${message} ${JSON.stringify(fields, worded)}`);
    };
    return { error: tell("error"), warn: tell("warn"), info: tell("info"), debug: () => {} };
  }
}

function isBug(message: string, fields: Readonly<Record<string, unknown>> = {}): boolean {
  if (message === "a request failed unexpectedly") return true;
  return Object.values(fields).some(
    (value) =>
      value instanceof InvariantError ||
      value instanceof TypeError ||
      (typeof value === "string" && /InvariantError|TypeError/.test(value)),
  );
}

function worded(_: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
