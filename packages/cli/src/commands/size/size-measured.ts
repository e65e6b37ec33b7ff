import { OttlaError, pause } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { printBytes, printNumber, printSeconds } from "@ottla/expert";
import { takeSnapshot } from "@ottla/expert/collect";
import { type ClusterObservation, observeInSlices } from "@ottla/expert/doctor";
import { type CapacityDimension, type CapacityLimits, type MeasuredCapacity, measureCapacity, parseQuantity } from "@ottla/expert/size";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";
import { milliseconds } from "../lag/observed-groups.ts";

const WORDS: Readonly<Record<CapacityDimension["name"], string>> = {
  disk: "disk",
  replicas: "replicas",
  networkIn: "network in",
  networkOut: "network out",
};

/** What a cluster has room for, measured. */
export const sizeMeasured: RunCommand = async (context) => {
  const { options, stdout, stderr, signal, env } = context;
  const forMs = milliseconds(options, "for", 30, 0);
  const limits = limitsOf(context);
  await withClient(context, async (client) => {
    const look = (before: ClusterObservation | undefined) =>
      takeSnapshot(client.admin(), { clock: systemClock, signal }).then((seen) => observeInSlices(before, seen, systemClock));
    let observation = await look(undefined);
    if (forMs > 0) {
      if (forMs >= 2000 && stderr.isTTY) stderr.write(`Watching for ${forMs / 1000} s; Ctrl-C ends it.\n`);
      await pause(systemClock, forMs, signal);
      signal.throwIfAborted();
      observation = await look(observation);
    }
    const capacity = measureCapacity(observation, limits);
    if (capacity.copies === 0) throw new OttlaError("NOTHING_TO_MEASURE", "The cluster shows no topics: there is nothing to measure.");
    if (options.has("json")) printJson(context, capacity);
    else stdout.write(page(capacity, limits, textStyle(stdout, env)));
  });
  return 0;
};

/** Errors: {@link UsageError} with the option's name. */
function limitsOf({ options }: CommandContext): CapacityLimits {
  const quantity = (name: string, dimension: Parameters<typeof parseQuantity>[1]): number | undefined => {
    const text = options.text(name);
    try {
      return text === undefined ? undefined : parseQuantity(text, dimension);
    } catch (error) {
      throw new UsageError(`--${name}: ${(error as Error).message}`);
    }
  };
  const limits = {
    fill: quantity("fill", "ratio") ?? 0.8,
    replicas: quantity("replicas", "count") ?? 4000,
    networkBytesPerS: quantity("network", "bytesPerS"),
  };
  for (const [name, value] of [
    ["fill", limits.fill],
    ["replicas", limits.replicas],
    ["network", limits.networkBytesPerS ?? 1],
  ] as const)
    if (!(value > 0)) throw new UsageError(`--${name} is ${value}; it must be above 0.`);
  if (limits.fill > 1) throw new UsageError(`--fill is ${limits.fill}; it must be at most 1.`);
  return limits;
}

function page(capacity: MeasuredCapacity, { fill }: CapacityLimits, style: TextStyle): string {
  const { brokers, watchedMs, writtenBytesPerS, dimensions, binding, fullInS, copies, notSeen } = capacity;
  const bound = dimensions.find(({ name }) => name === binding);
  const isTooMuch = (bound?.shareWithoutOne ?? bound?.share ?? 0) > 1;
  const head = bound
    ? `${WORDS[bound.name]} binds: ${percent(bound.share)} of broker ${bound.broker}${bound.shareWithoutOne === undefined ? "" : `, ${percent(bound.shareWithoutOne)} when another broker is lost`}`
    : "Nothing that has a limit was seen.";
  const rows = dimensions.map((each) => [
    WORDS[each.name],
    String(each.broker),
    amount(each, each.used),
    amount(each, each.usedWithoutOne),
    amount(each, each.limit),
    percent(each.share),
    percent(each.shareWithoutOne),
  ]);
  const facts = [
    `${brokers} ${brokers === 1 ? "broker" : "brokers"}`,
    watchedMs > 0 ? `watched for ${printSeconds(Math.round(watchedMs / 100) / 10)}` : "one look",
    ...(writtenBytesPerS === undefined ? [] : [`${printBytes(writtenBytesPerS)}/s written`]),
  ];
  const table = renderTable(
    [
      { title: "what" },
      { title: "broker", isNumeric: true },
      { title: "used", isNumeric: true },
      { title: "without one", isNumeric: true },
      { title: "limit", isNumeric: true },
      { title: "share", isNumeric: true },
      { title: "without one", isNumeric: true },
    ],
    rows,
    style,
  );
  const notes = [
    ...(brokers < 2
      ? ["One broker: nobody takes its part when it is lost."]
      : brokers - 1 < copies
        ? [`With ${brokers - 1} brokers ${copies} copies of a partition cannot be made anew: nothing is moved, and each has what it has.`]
        : []),
    ...(isTooMuch ? [`The loss of a broker would be too much: add one, or lighten ${WORDS[bound!.name]}.`] : []),
    ...(fullInS === undefined
      ? []
      : [
          fullInS === null
            ? "No disk filled meanwhile."
            : `At this rate the first disk is ${percent(fill)} full in ${printSeconds(fullInS)}; a day has its hours, so watch for longer before you rely on it.`,
        ]),
    ...notSeen,
  ];
  return `${style.bold(head)}\n${style.dim(facts.join(", "))}\n\n${table.trimEnd()}\n${notes.map((note) => `- ${note}\n`).join("")}`;
}

function amount({ name }: CapacityDimension, value: number | undefined): string {
  if (value === undefined) return "-";
  if (name === "replicas") return printNumber(value);
  return name === "disk" ? printBytes(value) : `${printBytes(value)}/s`;
}

function percent(share: number | undefined): string {
  return share === undefined ? "-" : `${printNumber(share * 100)} %`;
}
