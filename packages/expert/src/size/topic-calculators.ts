import { bindingOf, calculator, figure } from "./calculator.ts";
import { processing, produced, write } from "./common-inputs.ts";
import { wholeUp } from "./whole-up.ts";

/** How many partitions a topic needs, by throughput and by readers. */
export const partitionCount = calculator({
  name: "partitions",
  summary: "how many partitions a topic needs, and what decides it",
  inputs: {
    write,
    growth: { dimension: "count", summary: "how many times as much it will become", default: 1, isMinExcluded: true },
    writePerPartition: { dimension: "bytesPerS", summary: "what one partition takes", default: 10e6, isMinExcluded: true },
    readPerPartition: { dimension: "bytesPerS", summary: "what one consumer reads", default: 30e6, isMinExcluded: true },
    reads: { dimension: "count", summary: "how often one group reads each record", default: 1 },
    use: { dimension: "ratio", summary: "how much of what a partition takes may be used", default: 0.7, isMinExcluded: true, max: 1 },
    consumers: { dimension: "count", summary: "members of the largest group that work side by side", default: 1 },
    brokers: { dimension: "count", summary: "round up to a multiple of so many brokers; 0: do not", default: 0 },
  },
  calculate: ({ write: rate, growth, writePerPartition, readPerPartition, reads, use, consumers, brokers }) => {
    const needed = {
      writing: wholeUp((rate * growth) / (writePerPartition * use)),
      reading: wholeUp((rate * growth * reads) / (readPerPartition * use)),
      consumers: wholeUp(consumers),
    };
    const least = Math.max(1, ...Object.values(needed));
    const rounded = brokers > 0 ? wholeUp(least / brokers) * brokers : least;
    return {
      figures: [
        figure("writing", needed.writing, "count", "for writing", "write × growth ÷ (writePerPartition × use)"),
        figure("reading", needed.reading, "count", "for reading", "write × growth × reads ÷ (readPerPartition × use)"),
        figure("consumers", needed.consumers, "count", "for the consumers", "consumers"),
        figure(
          "partitions",
          rounded,
          "count",
          "partitions",
          brokers > 0 ? "the greatest of these, up to a multiple of brokers" : "the greatest of these",
        ),
      ],
      result: "partitions",
      binding: bindingOf(needed),
      notes: ["Adding partitions later moves keys to other partitions: take what you will need in the end."],
    };
  },
});

/** How many consumers keep up with a rate. */
export const consumerCount = calculator({
  name: "consumers",
  summary: "how many consumers keep up with a rate",
  inputs: {
    produced,
    processing,
    partitions: { dimension: "count", summary: "partitions of the topic; 0: not known", default: 0 },
  },
  calculate: ({ produced: rate, processing: seconds, partitions }) => {
    const consumers = Math.max(1, wholeUp(rate * seconds));
    return {
      figures: [figure("consumers", consumers, "count", "consumers", "produced × processing")],
      result: "consumers",
      notes:
        partitions > 0 && consumers > partitions
          ? [
              `Only ${partitions} members of a group can have a partition: add partitions, work in parallel inside a member, or use a share group.`,
            ]
          : [],
    };
  },
});

/** `max.poll.records` that leaves half of the poll interval free. */
export const pollRecords = calculator({
  name: "poll-records",
  summary: "max.poll.records that fits into max.poll.interval.ms",
  inputs: {
    processing,
    pollInterval: { dimension: "seconds", summary: "max.poll.interval.ms", default: 300, isMinExcluded: true },
  },
  calculate: ({ processing: seconds, pollInterval }) => {
    const records = Math.floor(Number(((0.5 * pollInterval) / seconds).toPrecision(12)));
    return {
      figures: [figure("maxPollRecords", records, "records", "max.poll.records at most", "0.5 × pollInterval ÷ processing")],
      result: "maxPollRecords",
      notes:
        records < 1
          ? ["Not even one record fits: raise max.poll.interval.ms, or work outside of the poll loop with partitions paused."]
          : [],
    };
  },
});

/** What one producer can do. */
export const producer = calculator({
  name: "producer",
  summary: "what one producer can send to a partition, and how long its buffer lasts in an outage",
  inputs: {
    batchSize: { dimension: "bytes", summary: "batch.size", default: 16_384, isMinExcluded: true },
    inFlight: { dimension: "count", summary: "max.in.flight.requests.per.connection", default: 5, min: 1 },
    roundTrip: { dimension: "seconds", summary: "time from a request to its answer", default: 0.004, isMinExcluded: true },
    bufferMemory: { dimension: "bytes", summary: "buffer.memory", default: 33_554_432 },
    sent: { dimension: "bytesPerS", summary: "what the producer sends", default: 10e6, isMinExcluded: true },
  },
  calculate: ({ batchSize, inFlight, roundTrip, bufferMemory, sent }) => {
    const perPartition = (inFlight * batchSize) / roundTrip;
    return {
      figures: [
        figure("perPartition", perPartition, "bytesPerS", "to one partition at most", "inFlight × batchSize ÷ roundTrip"),
        figure("outage", bufferMemory / sent, "seconds", "an outage that the buffer takes", "bufferMemory ÷ sent"),
      ],
      result: "perPartition",
      notes: sent > perPartition ? ["More is sent than one partition takes: spread it over partitions, or raise batch.size."] : [],
    };
  },
});

/** How many keys the cleaner takes in one pass. */
export const cleaner = calculator({
  name: "cleaner",
  summary: "how many keys the log cleaner takes in one pass",
  inputs: { dedupeBuffer: { dimension: "bytes", summary: "log.cleaner.dedupe.buffer.size of one thread", default: 134_217_728 } },
  calculate: ({ dedupeBuffer }) => ({
    figures: [figure("keys", Math.floor((dedupeBuffer * 0.9) / 24), "records", "keys", "dedupeBuffer × 0.9 ÷ 24")],
    result: "keys",
    notes: ["More keys than this take more passes; each reads the dirty part again."],
  }),
});
