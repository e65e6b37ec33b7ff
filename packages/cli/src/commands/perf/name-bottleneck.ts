/** What was seen at one rate. Undefined: it could not be observed from here. */
export interface LoadEvidence {
  /** What the first record that failed did so with; undefined: none failed. */
  readonly firstError: string | undefined;
  /** 1 is one core. */
  readonly clientCpu: number;
  /** Share of the time in which the client's event loop was busy. */
  readonly clientLoop: number;
  readonly brokerCpu: number | undefined;
  /** The broker works on one core for the most, as Node does; undefined: it is not known. */
  readonly brokerCores: number | undefined;
  /** Of all processors of this machine. */
  readonly machineCpu: number | undefined;
  /** Share of the time in which the busiest disk of this machine had something to do, where the broker is here. */
  readonly diskBusy: number | undefined;
  readonly bytesPerS: number;
  /** Of the network, where somebody has said it. */
  readonly networkBytesPerS: number | undefined;
  readonly batchBytes: number;
  readonly batchBytesMax: number;
  /** Limits of the client's user and client id at the brokers, in bytes a second of all of them. */
  readonly quotaBytesPerS: number | undefined;
}

type BottleneckName = "errors" | "quota" | "client" | "broker" | "machine" | "disk" | "network" | "batching" | "unknown";

/** What stands in the way, and what shows it. */
export interface Bottleneck {
  readonly name: BottleneckName;
  readonly evidence: string;
  readonly remedy: string;
  /** What else was looked at, and what was not. */
  readonly others: readonly string[];
}

const BUSY = 0.85;
const QUOTA_REACHED = 0.9;
const FULL_BATCH = 0.25;

interface Candidate {
  readonly name: Exclude<BottleneckName, "unknown" | "errors">;
  /** Share of what there is; undefined: not observed. */
  readonly share: number | undefined;
  readonly from: number;
  readonly text: string;
  readonly remedy: string;
}

/** Names what was at its limit, in the order in which one causes the other: a limit that was set, then who works, then what they wait for. */
export function nameBottleneck(seen: LoadEvidence): Bottleneck {
  const candidates = candidatesOf(seen);
  const found = candidates.find(({ share, from }) => share !== undefined && share >= from);
  const others = candidates
    .filter((each) => each !== found)
    .map(({ text, share }) => (share === undefined ? `${text}: not observed` : text));
  // What fails stands still meanwhile: how busy anybody was then says nothing.
  if (seen.firstError !== undefined) {
    const evidence = `records failed, the first with: ${seen.firstError.replace(/\.$/, "")}`;
    return { name: "errors", evidence, remedy: "Mend that first, and sweep again; the log of the broker may say more.", others };
  }
  if (found) return { name: found.name, evidence: found.text, remedy: found.remedy, others };
  const isSmall = seen.batchBytes > 0 && seen.batchBytes < seen.batchBytesMax * FULL_BATCH;
  if (isSmall)
    return {
      name: "batching",
      evidence: `batches of ${Math.round(seen.batchBytes).toLocaleString("en-US")} bytes, of ${seen.batchBytesMax.toLocaleString("en-US")} that they may have: each request carries little`,
      remedy: "Raise linger.ms, or write to fewer partitions.",
      others,
    };
  return {
    name: "unknown",
    evidence: "nothing that was observed was at its limit",
    remedy: "Look at the brokers: replication, request queues, and how busy their disks are.",
    others,
  };
}

function candidatesOf({
  clientCpu,
  clientLoop,
  brokerCpu,
  brokerCores,
  machineCpu,
  diskBusy,
  bytesPerS,
  networkBytesPerS,
  quotaBytesPerS,
}: LoadEvidence): readonly Candidate[] {
  const percent = (share: number | undefined): string => (share === undefined ? "" : ` ${Math.round(share * 100)} %`);
  return [
    {
      name: "quota",
      share: quotaBytesPerS === undefined ? undefined : bytesPerS / quotaBytesPerS,
      from: QUOTA_REACHED,
      text: `producer_byte_rate of this client${quotaBytesPerS === undefined ? "" : ` ${Math.round(quotaBytesPerS).toLocaleString("en-US")} B/s, of which${percent(bytesPerS / quotaBytesPerS)} is sent`}`,
      remedy: "Raise the quota: ottla quotas set.",
    },
    {
      name: "client",
      share: Math.max(clientLoop, Math.min(1, clientCpu)),
      from: 0.92,
      text: `the client's event loop is busy${percent(clientLoop)} of the time, its processor time${percent(clientCpu)} of a core`,
      remedy: "Run more producers, each in its own process; this client can give no more.",
    },
    {
      name: "broker",
      share: brokerCpu === undefined ? undefined : brokerCpu / (brokerCores ?? 1),
      from: BUSY,
      text: `the broker's processor time${percent(brokerCpu)} of a core${brokerCores === undefined || brokerCores === 1 ? "" : ` of ${brokerCores}`}`,
      remedy: "Spread partitions over more brokers, send larger batches, or give it faster processors.",
    },
    {
      name: "machine",
      share: machineCpu,
      from: 0.95,
      text: `all processors of this machine${percent(machineCpu)}${machineCpu === undefined ? "" : `, and client and broker together take${percent(clientCpu + (brokerCpu ?? 0))} of a core`}`,
      remedy: "Client, broker and what else runs here take each other's processors: measure from another machine, when nothing else runs.",
    },
    {
      name: "disk",
      share: diskBusy,
      from: BUSY,
      text: `the busiest disk${percent(diskBusy)}`,
      remedy: "Faster disks, or logs on more of them.",
    },
    {
      name: "network",
      share: networkBytesPerS === undefined ? undefined : bytesPerS / networkBytesPerS,
      from: BUSY,
      text: `the network${percent(networkBytesPerS === undefined ? undefined : bytesPerS / networkBytesPerS)} of what was said`,
      remedy: "Compress (compression.type), or take a faster network.",
    },
  ];
}
