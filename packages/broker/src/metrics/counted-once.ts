import type { MetricFamily } from "@ottla/base";
import { gauge, type MBean } from "./mbean-families.ts";

/** Makes a gauge of something that was counted. */
type Counted<Counts> = (bean: MBean, help: string, value: (counts: Counts) => number) => MetricFamily[];

/** For gauges that are counts of one walk: the first that is collected walks, in steps, the others take what was counted then. */
export function countedOnce<Counts>(walk: () => Generator<void, Counts>): Counted<Counts> {
  let counts: Counts | undefined;
  return (bean, help, value) =>
    gauge(bean, help, function* (sink) {
      sink("", value((counts ??= yield* walk())));
      yield;
    });
}
