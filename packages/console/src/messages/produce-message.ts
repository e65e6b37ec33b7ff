import type { Client } from "@ottla/client";

/** Bytes as a person gives them: text, base64, or none at all. */
interface GivenBytes {
  readonly text: string | null;
  readonly encoding: "text" | "base64";
}

/** One record to write. */
export interface NewMessage {
  readonly partition?: number | undefined;
  readonly key: GivenBytes;
  readonly value: GivenBytes;
  readonly headers: readonly { readonly key: string; readonly value: string | null; readonly encoding: "text" | "base64" }[];
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
      key: bytesOf(key),
      value: bytesOf(value),
      headers: headers.map((header) => ({ key: header.key, value: bytesOf({ text: header.value, encoding: header.encoding }) })),
    });
    return { partition: written.partition, offset: written.offset };
  } finally {
    await producer.close({ timeoutMs: 1_000 });
  }
}

function bytesOf({ text, encoding }: GivenBytes): Buffer | null {
  return text === null ? null : Buffer.from(text, encoding === "base64" ? "base64" : "utf8");
}
