import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApplicationProtocol, Guarantee } from "@ottla/streams";
import { type Instance, startInstance } from "./instance.ts";
import type { Death } from "./instance-settings.ts";
import type { StorePlaces, TopologyVersion } from "./topology.ts";

/** An instance that is told to end may take so long, what it waits for included. */
const CLOSE_MS_MAX = 40_000;

/** What all instances of a run have. */
export interface FleetOptions {
  readonly applicationId: string;
  readonly bootstrap: string;
  readonly guarantee: Guarantee;
  readonly groupProtocol: ApplicationProtocol;
  readonly stateFolder: string;
  readonly logFolder: string;
  /** Of each task, beside the one that runs. */
  readonly copies: number;
  readonly stores: StorePlaces;
  /** The seeded bug that instances have, by its number. */
  readonly bug: string | undefined;
  readonly tell: (what: string) => void;
}

/** The instances of the application: who runs, in which folder and version. Whoever ends by itself is a fault, unless somebody said why it may. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #running = new Map<number, Instance>();
  readonly #ended = new Set<Instance>();
  readonly faults: string[] = [];
  version: TopologyVersion = 1;
  startCount = 0;
  /** An instance may end by itself now, and is started again by whoever said so. */
  mayFail = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#running.size;
  }

  all(): readonly Instance[] {
    return [...this.#running.values()];
  }

  /** In the lowest folder that is free: whoever had it before left its state there. One that is to die by itself may do so. */
  start(death?: Death): Instance {
    let slot = 0;
    while (this.#running.has(slot)) slot++;
    const name = `instance-${slot}`;
    const { applicationId, bootstrap, guarantee, groupProtocol, stateFolder, logFolder, copies, stores, bug } = this.#options;
    const stateDir = `${stateFolder}/${name}`;
    mkdirSync(stateDir, { recursive: true });
    const settings = { name, applicationId, bootstrap, stateDir, guarantee, groupProtocol, version: this.version, copies, stores };
    const instance = startInstance(settings, `${logFolder}/${name}.log`, bug, death);
    this.#running.set(slot, instance);
    this.startCount++;
    void instance.exited.then((status) => {
      if (this.#ended.has(instance)) return;
      this.#running.delete(slot);
      if (death !== undefined && status === "SIGKILL") return;
      const { message = "it did not say why" } = instance.error() ?? {};
      const what = `${name} ended by itself with ${status}: ${message}`;
      this.#options.tell(what);
      if (!this.mayFail) this.faults.push(what);
    });
    return instance;
  }

  async kill(instance: Instance): Promise<void> {
    this.#leave(instance);
    await instance.kill();
  }

  async close(instance: Instance): Promise<void> {
    this.#leave(instance);
    const status = await Promise.race([instance.close(), sleep(CLOSE_MS_MAX, "TIMEOUT" as const)]);
    if (status === 0) return;
    const { message = "" } = instance.error() ?? {};
    this.faults.push(`${instance.settings.name} was to end, and ended with ${status} ${message}`);
    await instance.kill();
  }

  #leave(instance: Instance): void {
    this.#ended.add(instance);
    for (const [slot, each] of this.#running) if (each === instance) this.#running.delete(slot);
  }
}
