import { connect } from "node:net";

/** A broker as a Metadata answer names it. */
export interface ProbedBroker {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

const METADATA_KEY = 3;
const METADATA_VERSION = 1;
const PROBE_TIMEOUT_MS = 2_000;

function metadataRequest(): Buffer {
  const frame = Buffer.alloc(4 + 2 + 2 + 4 + 2 + 4);
  frame.writeInt32BE(frame.length - 4, 0);
  frame.writeInt16BE(METADATA_KEY, 4);
  frame.writeInt16BE(METADATA_VERSION, 6);
  frame.writeInt32BE(1, 8);
  frame.writeInt16BE(-1, 12); // no client id
  frame.writeInt32BE(0, 14); // no topics
  return frame;
}

function readBrokers(body: Buffer): ProbedBroker[] {
  let position = 4; // correlation id
  const readString = (): string => {
    const length = body.readInt16BE(position);
    position += 2;
    if (length < 0) return "";
    position += length;
    return body.toString("utf8", position - length, position);
  };
  const readInt32 = (): number => {
    position += 4;
    return body.readInt32BE(position - 4);
  };
  const brokers: ProbedBroker[] = [];
  for (let left = readInt32(); left > 0; left -= 1) {
    const nodeId = readInt32();
    const host = readString();
    const port = readInt32();
    readString(); // rack
    brokers.push({ nodeId, host, port });
  }
  return brokers;
}

/**
 * Asks one address for Metadata on a connection of its own, by hand-written bytes, so that it depends on no client.
 * Rejects when nothing listens, the connection breaks, or nothing is answered within two seconds.
 */
export function probeMetadata(host: string, port: number): Promise<ProbedBroker[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    let received = Buffer.alloc(0);
    socket.setTimeout(PROBE_TIMEOUT_MS, () => socket.destroy(new Error("No answer to Metadata.")));
    socket.once("connect", () => socket.write(metadataRequest()));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      socket.destroy();
      resolve(readBrokers(received.subarray(4)));
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("The connection was closed before Metadata was answered.")));
  });
}
