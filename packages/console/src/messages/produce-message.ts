import type { Client } from "@ottla/client";
import type { z } from "zod";
import { bytesGiven, type givenHeader, type givenPiece, headerGiven } from "./given-bytes.ts";

/** One record to write. */
export interface NewMessage {
  readonly partition?: number | undefined;
  readonly key: z.infer<typeof givenPiece>;
  readonly value: z.infer<typeof givenPiece>;
  readonly headers: readonly z.infer<typeof givenHeader>[];
}

/** Where a record was written. */
export interface WrittenPlace {
  readonly partition: number;
  readonly offset: number;
}

const WITHIN_MS = 10_000;

/** Writes one record, and tells where it is. Errors: those of the producer. */
export async function produceMessage(client: Client, topic: string, { partition, key, value, headers }: NewMessage): Promise<WrittenPlace> {
  const producer = client.producer({
    deliveryTimeoutMs: WITHIN_MS,
    maxBlockMs: WITHIN_MS,
    requestTimeoutMs: WITHIN_MS / 2,
    maxRequestSizeBytes: 16 * 1024 * 1024,
  });
  try {
    const written = await producer.send({
      topic,
      ...(partition !== undefined && { partition }),
      key: bytesGiven(key),
      value: bytesGiven(value),
      headers: headers.map(headerGiven),
    });
    return { partition: written.partition, offset: written.offset };
  } finally {
    await producer.close({ timeoutMs: 1_000 });
  }
}
