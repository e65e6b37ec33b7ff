import { readFileSync, writeFileSync } from "node:fs";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";

const COUNT = 1000;
const words = "order customer amount status pending shipped region north south item price total street number city note created".split(" ");

/** text like JSON, of which lz4 takes about a half away. The same file is read by each, Java included. */
function writePayloads(file: string, payloadBytes: number): void {
  let state = 42;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  const payloads = Array.from({ length: COUNT }, () => {
    let text = "{";
    while (text.length < payloadBytes) text += `"${words[next(words.length)]}":"${next(2 ** 24).toString(36)}",`;
    return text.slice(0, payloadBytes - 1) + "}";
  });
  writeFileSync(file, payloads.join(""));
}

/** What {@link writePayloads} wrote. */
export function readPayloads(file: string, payloadBytes: number): Buffer[] {
  const bytes = readFileSync(file);
  return Array.from({ length: bytes.length / payloadBytes }, (_, i) => bytes.subarray(i * payloadBytes, (i + 1) * payloadBytes));
}

/** Runs `use` with a file of payloads, which is gone afterwards. */
export async function withPayloads<Result>(payloadBytes: number, use: (file: string) => Promise<Result>): Promise<Result> {
  const folder = makeTemporaryFolder("payloads");
  try {
    const file = `${folder}/payloads`;
    writePayloads(file, payloadBytes);
    return await use(file);
  } finally {
    removeTemporaryFolder(folder);
  }
}
