import { pause } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { Redis } from "ioredis";
import { RetriableError } from "../../connect-error.ts";
import { defineSource } from "../../plugin/define.ts";
import type { SourceEvent } from "../../plugin/source-plugin.ts";
import { reconnectWaitMs } from "../reconnect-wait.ts";
import { redisPubSubConfig } from "./redis-config.ts";
import { checkRedis, openRedis, readAddress, redisError } from "./redis-session.ts";
import { topicOf, valueOfBytes } from "./value-of-bytes.ts";

const BATCH = 1000;

/** Messages of Redis's channels as records, at most once: Redis keeps none, so that what is said while nobody listens, or while too many wait, is lost. */
export const redisPubSubSource = defineSource({
  name: "redis-pubsub-source",
  version: "0.1.0",
  doc: "Listens to channels of Redis: each message at most once.",
  config: redisPubSubConfig,
  check: async (settings, context) => {
    readAddress(settings["redis.uri"]);
    if (settings["redis.channels"].length + settings["redis.patterns"].length === 0)
      return [{ severity: "error", key: "redis.channels", message: "redis.channels and redis.patterns name no channel." }];
    return checkRedis(settings, context);
  },
  async *read(settings, { signal, log, metric }) {
    let waiting: (readonly [channel: Buffer, message: Buffer])[] = [];
    let lost = 0;
    let told = 0;
    let count = 0;
    let wake = (): void => {};
    const heard = (channel: Buffer, message: Buffer): void => {
      if (waiting.length < settings["ottla.queue.size"]) waiting.push([channel, message]);
      else lost++;
      wake();
    };
    for (let failures = 0; !signal.aborted; failures++) {
      let client: Redis | undefined;
      let isOver = false;
      const end = (): void => {
        isOver = true;
        wake();
      };
      const stop = (): void => {
        client?.disconnect();
        end();
      };
      signal.addEventListener("abort", stop, { once: true });
      try {
        client = await openRedis(settings);
        client.on("close", end);
        client.on("messageBuffer", heard);
        client.on("pmessageBuffer", (_pattern: string, channel: Buffer, message: Buffer) => heard(channel, message));
        if (settings["redis.channels"].length > 0) await client.subscribe(...settings["redis.channels"]);
        if (settings["redis.patterns"].length > 0) await client.psubscribe(...settings["redis.patterns"]);
        if (failures > 0) log.warn("Redis is heard again; what was said meanwhile is lost");
        failures = 0;
        while (!isOver || waiting.length > 0) {
          if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          const taken = waiting.slice(0, BATCH);
          waiting = waiting.slice(BATCH);
          if (lost > told) {
            log.warn("messages of Redis came faster than Kafka took them, and were lost", { lost: lost - told });
            metric?.("messages_lost", lost);
            told = lost;
          }
          if (signal.aborted) return;
          const events = taken.map(([channelBytes, message]): SourceEvent => {
            const channel = channelBytes.toString();
            return {
              topic: topicOf(settings.topic, "channel", channel),
              key: channel,
              ...valueOfBytes(message, settings["redis.value"], `A message of the channel ${channel}`),
              partition: { channel },
              offset: { count: ++count },
            };
          });
          if (events.length > 0) yield events;
        }
        if (!signal.aborted) throw new RetriableError("Redis ended the connection.");
      } catch (error) {
        if (signal.aborted) return;
        const failure = redisError(error, settings);
        if (!(failure instanceof RetriableError)) throw failure;
        const waitMs = reconnectWaitMs(failures, settings["redis.reconnect.max.ms"]);
        log.warn("Redis was lost and is tried again; what is said meanwhile is lost", { waitMs, problem: failure.message });
        await pause(systemClock, waitMs, signal);
      } finally {
        signal.removeEventListener("abort", stop);
        client?.disconnect();
      }
    }
  },
});
