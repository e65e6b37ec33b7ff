import { basename, dirname, join } from "node:path";
import { DiskError, OttlaError } from "@ottla/base";
import { nodeDisk } from "@ottla/base/node";
import { decodeProducerSnapshot } from "@ottla/log/producer-snapshot";
import { ByteOutput } from "../../byte-output.ts";
import { type RunCommand, UsageError } from "../../command.ts";
import { textStyle } from "../../text-style.ts";
import { dumpOffsetIndex, dumpTimeIndex } from "./dump-index.ts";
import type { DumpSink } from "./dump-lines.ts";
import { DumpPrinter } from "./dump-printer.ts";
import { dumpSegment, type SegmentMap } from "./dump-segment.ts";

const SEGMENT_FILE = /^(\d{20})\.(log|index|timeindex|snapshot)$/;
/** In this order the batches are known before the indexes are checked against them. */
const KINDS = ["log", "index", "timeindex", "snapshot"];

export const dumpLog: RunCommand = async (context) => {
  const { options, positionals, stdout, env, signal } = context;
  if (options.has("records") && options.has("check-only"))
    throw new UsageError("--records and --check-only exclude each other; give one of them.");
  const files = positionals.flatMap(filesAt);
  const output = new ByteOutput(context);
  const detail = { isJson: options.has("json"), isCheckOnly: options.has("check-only") };
  const printer = new DumpPrinter(output, detail, textStyle(stdout, env));
  const dumper = new FileDumper(options.has("records"), printer.print);
  for (const file of files) {
    if (signal.aborted) break;
    await dumper.dump(file);
  }
  await printer.print({ type: "sums", ...printer.sums });
  await output.flush();
  return printer.sums.damages > 0 ? 1 : 0;
};

/** Dumps files one after the other; remembers the batches of the last segment for the indexes that follow. */
class FileDumper {
  readonly #withRecords: boolean;
  readonly #sink: DumpSink;
  #map: { readonly stem: string; readonly map: SegmentMap } | undefined;

  constructor(withRecords: boolean, sink: DumpSink) {
    this.#withRecords = withRecords;
    this.#sink = sink;
  }

  async dump(path: string): Promise<void> {
    const [, digits = "", kind = ""] = SEGMENT_FILE.exec(basename(path)) ?? [];
    const baseOffset = Number(digits);
    const stem = path.slice(0, -kind.length);
    const { sizeBytes = 0 } = nodeDisk.stat(path) ?? {};
    await this.#sink({ type: "file", path, bytes: sizeBytes });
    if (kind === "log") this.#map = { stem, map: await this.#dumpSegment(path, baseOffset, this.#withRecords, this.#sink) };
    else if (kind === "snapshot") await this.#dumpSnapshot(path);
    else {
      const content = nodeDisk.readFile(path);
      const dump = kind === "index" ? dumpOffsetIndex : dumpTimeIndex;
      await dump({ path, content, baseOffset }, await this.#mapOf(stem, baseOffset), this.#sink);
    }
  }

  async #dumpSegment(path: string, baseOffset: number, withRecords: boolean, sink: DumpSink): Promise<SegmentMap> {
    const file = nodeDisk.openRead(path);
    try {
      return await dumpSegment(file, baseOffset, { withRecords }, sink);
    } finally {
      file.close();
    }
  }

  /** The batches of the segment beside an index; its damage is not reported again. Undefined when there is no such segment. */
  async #mapOf(stem: string, baseOffset: number): Promise<SegmentMap | undefined> {
    if (this.#map?.stem === stem) return this.#map.map;
    const path = `${stem}log`;
    if (nodeDisk.stat(path) === undefined) return undefined;
    const map = await this.#dumpSegment(path, baseOffset, false, () => undefined);
    this.#map = { stem, map };
    return map;
  }

  async #dumpSnapshot(path: string): Promise<void> {
    const producers = decodeProducerSnapshot(nodeDisk.readFile(path));
    if (producers === undefined) {
      await this.#sink({ type: "damage", path, position: 0, fault: "the file is no whole snapshot of producers of a known version" });
      return;
    }
    for (const { producerId, epoch, lastSequence, batches, lastTimestampMs, coordinatorEpoch, transactionStartOffset } of producers) {
      await this.#sink({
        type: "producer",
        producerId,
        producerEpoch: epoch,
        lastSequence,
        lastOffset: batches.at(-1)?.lastOffset ?? -1,
        lastTimestamp: lastTimestampMs,
        coordinatorEpoch,
        transactionStartOffset,
      });
    }
  }
}

/** The segment files that a path means, segment by segment. Errors: `NOT_A_LOG`, the disk's. */
function filesAt(path: string): string[] {
  const stat = nodeDisk.stat(path);
  if (stat === undefined) throw new DiskError("DISK_NOT_FOUND", path, `There is nothing at ${path}; check the path.`);
  if (!stat.isDirectory) {
    if (SEGMENT_FILE.test(basename(path))) return [path];
    throw new OttlaError(
      "NOT_A_LOG",
      `${path} is no file of a segment; those are named by 20 digits and .log, .index, .timeindex or .snapshot.`,
    );
  }
  const names = nodeDisk.list(path).filter((name) => SEGMENT_FILE.test(name));
  if (names.length === 0) {
    const example = nodeDisk.list(path).find((name) => /-\d+$/.test(name));
    const hint =
      example === undefined ? `its neighbours in ${dirname(path)} may` : `name one of its partitions, such as ${join(path, example)}`;
    throw new OttlaError("NOT_A_LOG", `${path} holds no segment of a log; ${hint}.`);
  }
  const rank = (name: string): string => `${name.slice(0, 20)}${KINDS.indexOf(SEGMENT_FILE.exec(name)?.[2] ?? "")}`;
  return names.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).map((name) => join(path, name));
}
