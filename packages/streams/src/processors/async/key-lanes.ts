import type { AnySerde } from "../../serdes/serde.ts";
import type { Lane, OpenCall } from "./open-call.ts";
import { writtenBytes } from "../../serdes/written-bytes.ts";

const OBJECTS_WITHOUT_SERDE = Symbol("objects without a serde");

/** Which records have the same key. Objects are equal when their bytes are; where no serde can tell, they all count as one key, so that no order is lost. */
export class KeyLanes {
  readonly #lanes = new Map<unknown, Lane>();
  readonly #serde: AnySerde | undefined;

  constructor(serde: AnySerde | undefined) {
    this.#serde = serde?.carriesSchemaId === true ? undefined : serde;
  }

  get size(): number {
    return this.#lanes.size;
  }

  of(key: unknown): Lane {
    const identity = this.#identityOf(key);
    let lane = this.#lanes.get(identity);
    if (lane === undefined) {
      lane = { identity, calls: [], done: 0 };
      this.#lanes.set(identity, lane);
    }
    return lane;
  }

  isFirst(call: OpenCall): boolean {
    return call.lane === undefined || call.lane.calls[call.lane.done] === call;
  }

  /** Takes the first of a lane out; gives the one that is first now. */
  leave(call: OpenCall): OpenCall | undefined {
    const lane = call.lane;
    if (lane === undefined) return undefined;
    lane.done++;
    if (lane.done === lane.calls.length) this.#lanes.delete(lane.identity);
    // In halves, so that each is moved once on average.
    else if (lane.done > 64 && lane.done * 2 > lane.calls.length) {
      lane.calls.splice(0, lane.done);
      lane.done = 0;
    }
    return lane.calls[lane.done];
  }

  clear(): void {
    this.#lanes.clear();
  }

  #identityOf(key: unknown): unknown {
    if (key === null || typeof key !== "object") return key;
    if (this.#serde === undefined) return OBJECTS_WITHOUT_SERDE;
    const bytes = writtenBytes(this.#serde.serialize("", key, []));
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  }
}
