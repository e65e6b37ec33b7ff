import { OttlaError } from "@ottla/base";
import type { SeededRandom } from "@ottla/base/simulated";
import type { SimulatedSocket } from "../../../packages/base/src/simulated/simulated-socket.ts";
import type { Mishap } from "../scenario.ts";
import type { EndKind } from "../world/machine.ts";
import type { World } from "../world/world.ts";

const DOWN_MS_MAX = 300;
const AFTER_START_MS_MAX = 150;
const FIRST_WRITES = 3;
const START_ATTEMPTS_MAX = 20;
/** A process that is to end in a write and makes none is ended all the same. */
const LAST_WRITE_MS = 1000;
/** How long somebody is waited for who makes a topic again, and how often is looked. */
const MAKING_AGAIN_MS = 1000;
const MADE_AGAIN_CHECK_MS = 2;

/** Lets things go wrong, one after another, and puts a process back on its feet when it has ended. */
export class Misfortune {
  readonly #world: World;
  readonly #random: SeededRandom;
  #takeBackFaults: (() => void)[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#random = world.fork();
  }

  async run(): Promise<void> {
    const { scenario } = this.#world;
    while (!this.#world.isClosing) {
      await this.#world.sleep(Math.ceil(scenario.calmMs / 2) + this.#random.nextInt(scenario.calmMs));
      if (this.#world.isClosing) return;
      const mishap = this.#random.pick(scenario.mishaps);
      this.#world.note("misfortune", mishap);
      try {
        await this.#meet(mishap);
      } catch (error) {
        if (!(error instanceof OttlaError)) throw error;
        this.#world.note("misfortune", "was refused", error.message);
      }
      if (!this.#world.machine.isRunning) await this.startAgain();
    }
  }

  /** Mends everything and starts the broker anew, as an operator does in the end. */
  async mend(): Promise<void> {
    const { machine, disk, net } = this.#world;
    for (const takeBack of this.#takeBackFaults) takeBack();
    disk.capacityBytes = Infinity;
    net.latencyMs = this.#world.scenario.latencyMs;
    this.#world.note("misfortune", "all is mended");
    await machine.stop();
    machine.end("killed");
    for (let attempt = 0; attempt < 3; attempt++) {
      const outcome = await machine.start();
      if (outcome === "serving") return;
      this.#world.note("misfortune", "the broker does not start", outcome);
      if (attempt === 2)
        this.#world.fault(`a broker on a sound disk does not start: ${outcome instanceof Error ? outcome.message : outcome}`);
    }
  }

  /** Starts it, through a few failures, which faults of the disk may cause. */
  async startAgain(): Promise<void> {
    const { machine } = this.#world;
    for (let attempt = 0; attempt < START_ATTEMPTS_MAX && !this.#world.isClosing; attempt++) {
      await this.#world.sleep(this.#random.nextInt(DOWN_MS_MAX));
      this.#world.note("machine", "starts");
      const outcome = await machine.start();
      this.#world.note("machine", "start:", outcome);
      if (outcome === "serving") return;
    }
  }

  async #meet(mishap: Mishap): Promise<void> {
    const { machine, disk, net, clock, topics } = this.#world;
    switch (mishap) {
      case "kill":
        return machine.end("killed");
      case "power loss":
        return machine.end("power-lost");
      case "kill in a write":
        return this.#endInWrite("killed");
      case "power loss in a write":
        return this.#endInWrite("power-lost");
      case "kill in a write, then power loss":
        return this.#killThenLosePower();
      case "clean restart":
        return machine.stop();
      case "clean restart, then kill in a write, then power loss":
        // What a clean stop said of the files is true until the next process writes.
        await machine.stop();
        await this.startAgain();
        await this.#world.sleep(this.#random.nextInt(AFTER_START_MS_MAX));
        return this.#killThenLosePower();
      case "power loss behind a topic that was made again":
        // Names that are not on the disk come back: the directory of the old one in the place of the new one's.
        if (await this.#topicWasMadeAgain()) await this.#endInWrite("power-lost");
        return;
      case "failed sync": {
        const fault = { operation: "sync", after: this.#random.nextInt(4), ...(this.#random.chance(0.5) && { path: "/t" }) } as const;
        this.#takeBackFaults.push(disk.fail(fault));
        // A log whose sync failed takes nothing until it is opened again.
        await this.#world.sleep(this.#random.nextInt(1000));
        return this.#random.chance(0.5) ? machine.stop() : machine.end("killed");
      }
      case "failed syncs, then power loss": {
        // What was acknowledged meanwhile must be there afterwards.
        const takeBack = disk.fail({ operation: "sync", times: Infinity, path: "/t" });
        this.#takeBackFaults.push(takeBack);
        await this.#world.sleep(50 + this.#random.nextInt(250));
        machine.end("power-lost");
        return takeBack();
      }
      case "disk full": {
        // The last write may find room for a part of it.
        const partialBytes = this.#random.chance(0.5) ? this.#random.nextInt(300) : 0;
        const takeBack = disk.fail({ operation: "append", code: "DISK_FULL", times: Infinity, partialBytes });
        if (partialBytes === 0) disk.capacityBytes = 0;
        await this.#world.sleep(50 + this.#random.nextInt(500));
        takeBack();
        disk.capacityBytes = Infinity;
        return;
      }
      case "connections reset":
        if (this.#random.chance(0.5)) net.resetAll();
        else this.#anySocket()?.reset();
        return;
      case "cable cut":
        return this.#anySocket()?.cut();
      case "slow net": {
        net.latencyMs = 50 + this.#random.nextInt(2000);
        await this.#world.sleep(100 + this.#random.nextInt(1000));
        net.latencyMs = this.#world.scenario.latencyMs;
        return;
      }
      case "clock jump":
        return clock.jumpWall((this.#random.nextInt(3) - 1) * 86_400_000 + this.#random.nextInt(10_000));
      case "broker down": {
        const nodeId = this.#random.pick(machine.nodeIds);
        await machine.takeDown(nodeId);
        await this.#world.sleep(50 + this.#random.nextInt(700));
        await machine.bringUp(nodeId);
        return;
      }
      case "leader moved": {
        const topic = this.#random.pick(topics);
        await machine.moveLeader(topic.topicId, this.#random.nextInt(topic.partitionCount), this.#random.pick(machine.nodeIds));
        return;
      }
    }
  }

  /** What the second process found in the page cache need not be on the disk, whatever it has told of it. */
  async #killThenLosePower(): Promise<void> {
    await this.#endInWrite("killed");
    await this.startAgain();
    // What was told before anything was written is what a later sync of the same file would hide.
    if (this.#random.chance(0.5)) return this.#endInWrite("power-lost", FIRST_WRITES);
    await this.#world.sleep(this.#random.nextInt(AFTER_START_MS_MAX));
    this.#world.machine.end("power-lost");
  }

  /** Whether somebody made a topic again, soon. */
  async #topicWasMadeAgain(): Promise<boolean> {
    const known = new Set(this.#world.topics);
    for (let waited = 0; waited < MAKING_AGAIN_MS && !this.#world.isClosing; waited += MADE_AGAIN_CHECK_MS) {
      await this.#world.sleep(MADE_AGAIN_CHECK_MS);
      if (this.#world.topics.some((topic) => topic.incarnation > 1 && !known.has(topic))) return true;
    }
    return false;
  }

  async #endInWrite(kind: EndKind, changesMax = 12): Promise<void> {
    const { machine } = this.#world;
    machine.endAfterChanges(kind, this.#random.nextInt(changesMax));
    for (let waited = 0; machine.isRunning && waited < LAST_WRITE_MS; waited += 20) await this.#world.sleep(20);
    machine.end(kind);
  }

  #anySocket(): SimulatedSocket | undefined {
    const sockets = [...this.#world.net.sockets];
    return sockets.length === 0 ? undefined : this.#random.pick(sockets);
  }
}
