import { pause } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { Redis } from "ioredis";
import { RetriableError } from "../../connect-error.ts";
import type { SourceEvent, SourceTaskContext } from "../../plugin/source-plugin.ts";
import { reconnectWaitMs } from "../reconnect-wait.ts";
import type { RedisSettings } from "./redis-config.ts";
import { openRedis, redisError } from "./redis-session.ts";

/** What is done with a pair of connections: one that waits for what comes, and one that tells Redis what is durable meanwhile. */
interface Pair {
  read(reader: Redis, teller: Redis): AsyncIterable<readonly SourceEvent[]>;
  /** The reader is closed, the teller not yet. */
  end(): Promise<void>;
}

/** Reads until the task ends; where Redis is lost, by a new pair of connections after a pause that grows. Errors: those of Redis that are not retriable. */
export async function* readOverLosses(
  { signal, log }: Pick<SourceTaskContext<unknown>, "signal" | "log">,
  settings: RedisSettings & { readonly "redis.reconnect.max.ms": number },
  pair: Pair,
): AsyncGenerator<readonly SourceEvent[]> {
  for (let failures = 0; !signal.aborted; failures++) {
    let reader: Redis | undefined;
    let teller: Redis | undefined;
    const stop = (): void => reader?.disconnect();
    signal.addEventListener("abort", stop, { once: true });
    try {
      reader = await openRedis(settings);
      teller = await openRedis(settings);
      for await (const events of pair.read(reader, teller)) {
        failures = 0;
        if (events.length > 0) yield events;
        if (signal.aborted) break;
      }
    } catch (error) {
      if (signal.aborted) break;
      const told = redisError(error, settings);
      if (!(told instanceof RetriableError)) throw told;
      const waitMs = reconnectWaitMs(failures, settings["redis.reconnect.max.ms"]);
      log.warn("Redis was lost and is tried again", { waitMs, problem: told.message });
      await pause(systemClock, waitMs, signal);
    } finally {
      signal.removeEventListener("abort", stop);
      reader?.disconnect();
      await pair.end();
      teller?.disconnect();
    }
  }
}
