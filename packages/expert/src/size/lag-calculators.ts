import { consumersToDrain, drainTimeS, lossDeadlineS } from "../lag/lag-forecast.ts";
import { calculator, figure } from "./calculator.ts";
import { produced } from "./common-inputs.ts";
import { wholeUp } from "./whole-up.ts";

/** When a backlog is worked off, and when it is lost. */
export const drain = calculator({
  name: "drain",
  summary: "when a backlog is worked off, by how many consumers, and when retention takes it",
  inputs: {
    lag: { dimension: "records", summary: "records that wait" },
    produced,
    consumed: { dimension: "recordsPerS", summary: "records that are read" },
    perConsumer: { dimension: "recordsPerS", summary: "what one consumer reads; 0: not known", default: 0 },
    within: { dimension: "seconds", summary: "when it is to be worked off", default: 1800, isMinExcluded: true },
    retained: { dimension: "records", summary: "records that are kept; 0: not known", default: 0 },
  },
  calculate: ({ lag, produced: producedPerS, consumed: consumedPerS, perConsumer, within, retained }) => {
    const rates = { producedPerS, consumedPerS };
    const time = drainTimeS(lag, rates);
    return {
      figures: [
        figure("drain", time, "seconds", "worked off in", "lag ÷ (consumed − produced)"),
        ...(perConsumer > 0
          ? [
              figure(
                "consumers",
                consumersToDrain(lag, producedPerS, perConsumer, within),
                "count",
                "consumers to do it in time",
                "(produced + lag ÷ within) ÷ perConsumer",
              ),
            ]
          : []),
        ...(retained > 0
          ? [figure("loss", lossDeadlineS(lag, retained, rates), "seconds", "lost in", "(retained − lag) ÷ (produced − consumed)")]
          : []),
      ],
      result: "drain",
      notes: Number.isFinite(time) ? [] : ["At these rates it is never worked off."],
    };
  },
});

/** The lag at which a Kubernetes autoscaler should add a consumer. */
export const autoscale = calculator({
  name: "autoscale",
  summary: "the lag threshold of a KEDA scaler",
  inputs: {
    perConsumer: { dimension: "recordsPerS", summary: "what one consumer reads", isMinExcluded: true },
    target: { dimension: "seconds", summary: "how old the oldest waiting record may be", default: 30, isMinExcluded: true },
  },
  calculate: ({ perConsumer, target }) => ({
    figures: [figure("lagThreshold", wholeUp(perConsumer * target), "records", "lagThreshold", "perConsumer × target")],
    result: "lagThreshold",
    notes: ["More replicas than partitions stay idle: set maxReplicaCount to the number of partitions."],
  }),
});

/** A quota that a client does not meet in good days. */
export const quota = calculator({
  name: "quota",
  summary: "a byte rate quota from what a client needs",
  inputs: { p99: { dimension: "bytesPerS", summary: "99th percentile of its rate", isMinExcluded: true } },
  calculate: ({ p99 }) => ({
    figures: [figure("quota", p99 * 1.5, "bytesPerS", "quota", "p99 × 1.5")],
    result: "quota",
    notes: ["A quota is enforced by each broker on its own: divide it by the brokers that lead the client's partitions."],
  }),
});
