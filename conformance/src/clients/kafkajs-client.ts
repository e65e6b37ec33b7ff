import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import kafkajs, { type Kafka as KafkaClient } from "kafkajs";
import { compressFrameSync, decompressFrameSync } from "lz4-napi";
import { compressSync, uncompressSync } from "snappy";
import { requireTarget } from "../target.ts";
import type { Codec } from "./codecs.ts";

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;

const XERIAL_HEADER = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);

function compressXerial(data: Buffer): Buffer {
  const block = compressSync(data);
  const length = Buffer.alloc(4);
  length.writeInt32BE(block.length);
  return Buffer.concat([XERIAL_HEADER, length, block]);
}

function decompressXerial(data: Buffer): Buffer {
  if (!data.subarray(0, 8).equals(XERIAL_HEADER.subarray(0, 8))) return Buffer.from(uncompressSync(data));
  const blocks: Buffer[] = [];
  for (let position = XERIAL_HEADER.length; position < data.length; ) {
    const length = data.readInt32BE(position);
    blocks.push(Buffer.from(uncompressSync(data.subarray(position + 4, position + 4 + length))));
    position += 4 + length;
  }
  return Buffer.concat(blocks);
}

interface EncodedBatch {
  readonly buffer: Buffer;
}

function register(type: number, compress: (data: Buffer) => Buffer, decompress: (data: Buffer) => Buffer): void {
  (CompressionCodecs as Record<number, unknown>)[type] = () => ({
    compress: async (encoder: EncodedBatch) => compress(encoder.buffer),
    decompress: async (data: Buffer) => decompress(data),
  });
}

register(CompressionTypes.Snappy, compressXerial, decompressXerial);
register(CompressionTypes.LZ4, compressFrameSync, decompressFrameSync);
register(CompressionTypes.ZSTD, zstdCompressSync, zstdDecompressSync);

/** kafkajs' numbers for the codecs' names. kafkajs itself brings gzip only; the others are registered here. */
export const kafkajsCompression: Readonly<Record<Codec, number>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

/** A kafkajs client of the cluster under test. */
export function makeKafkajs(): KafkaClient {
  return new Kafka({
    clientId: "conformance-kafkajs",
    brokers: requireTarget().bootstrap.split(","),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 12 },
  });
}
