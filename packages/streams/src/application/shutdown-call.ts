import type { StreamsError } from "../streams-error.ts";
import { groupConsumer, subscribeToSources } from "./worker/group-consumer.ts";
import type { GroupHost } from "./worker/worker-host.ts";
import { reasonOf } from "../thrown.ts";

const POLL_MS = 100;
/** So long members have to hear of it: who is not in the group by then was not running. */
const CALL_MS = 30_000;

/**
 * Tells all instances of an application that they are to end: joins the group as one more member, which has nothing else to say, until the group says it back. Whose worker failed cannot do that any more: it
 * has left. Never rejects: what fails is in the log.
 */
export async function announceShutdown(host: GroupHost): Promise<void> {
  const { clock, logger, options } = host;
  let heard: Error | undefined;
  const consumer = groupConsumer(
    { ...host, options: { ...options, applicationServer: undefined, groupInstanceId: undefined } },
    {
      held: () => [],
      onRejoin() {},
      nonce: () => 0,
      onStandbys() {},
      onHosts() {},
      onReady() {},
      onFailure(error) {
        heard = error;
        consumer.wakeup();
      },
      isShutdownRequested: () => true,
    },
  );
  try {
    subscribeToSources(consumer, host.plan, {});
    const endMs = clock.monotonicMs() + CALL_MS;
    while (heard === undefined && clock.monotonicMs() < endMs) {
      // Partitions that it may be given are for others to read.
      consumer.pause(consumer.assignment());
      await consumer.poll(POLL_MS).catch((error: Error) => {
        if (heard === undefined && (!("code" in error) || error.code !== "WOKEN_UP")) throw error;
      });
    }
    const isHeard = (heard as StreamsError | undefined)?.code === "STREAMS_SHUTDOWN";
    if (!isHeard) throw heard ?? new Error(`nobody answered within ${CALL_MS} ms`);
    logger.info("all instances are told to end", { application: options.applicationId });
  } catch (error) {
    logger.error("the other instances could not be told to end", { application: options.applicationId, error: reasonOf(error) });
  } finally {
    await consumer.close().catch((error: Error) => logger.warn("a consumer did not close", { error: error.message }));
  }
}
