import type { Clock } from "@ottla/base";
import { ConnectError } from "../../connect-error.ts";
import type { SourceItem, SourceTaskContext } from "../../plugin/source-plugin.ts";
import { reconnectWaitMs } from "../reconnect-wait.ts";
import { readOffset } from "./changes/cdc-offset.ts";
import { isPassing } from "./connection/passing-error.ts";
import { BinlogLostError } from "./judge-binlog.ts";
import type { MariadbConfig } from "./mariadb-config.ts";
import { MariadbReading } from "./mariadb-reading.ts";

/** One task's way through the binlog. A lost server is gone back to, from the record behind the last one that was handed on. */
export async function* readMariadb(
  config: MariadbConfig,
  context: SourceTaskContext<object>,
  clock: Clock,
): AsyncGenerator<readonly SourceItem[]> {
  const { signal, log, offsets } = context;
  let place = await offsets.get({ server: config["topic.prefix"] });
  let isFirst = true;
  let isReadAnew = false;
  for (let failures = 0; !signal.aborted; failures++) {
    const reading = new MariadbReading(config, context, clock, isFirst);
    isFirst = false;
    const stop = (): void => reading.close();
    signal.addEventListener("abort", stop, { once: true });
    try {
      for await (const items of reading.read(place === undefined ? undefined : readOffset(place))) {
        failures = 0;
        isReadAnew = false;
        place = items.at(-1)!.offset;
        yield items;
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof BinlogLostError && config["snapshot.mode"] === "when_needed" && !isReadAnew) {
        log.warn("Changes were lost; the tables are read anew", { problem: error.message });
        place = undefined;
        isReadAnew = true;
        continue;
      }
      const retriesMax = config["errors.max.retries"];
      if (!isPassing(error) || (retriesMax >= 0 && failures >= retriesMax)) throw asConnectError(error);
      const waitMs = reconnectWaitMs(failures, config["retriable.restart.connector.wait.ms"]);
      log.warn("The server was lost and is tried again", { waitMs, problem: error instanceof Error ? error.message : String(error) });
      await wait(clock, signal, waitMs);
    } finally {
      signal.removeEventListener("abort", stop);
      reading.close();
    }
  }
}

function wait(clock: Clock, signal: AbortSignal, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.schedule(waitMs, resolve);
    signal.addEventListener("abort", () => (timer.cancel(), resolve()), { once: true });
  });
}

function asConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ConnectError("CONNECT_SOURCE", `The server refuses: ${message}`, { cause: error });
}
