import type { Alert, AlertExample, SampleRun } from "./alert.ts";
import { yamlText } from "./render-rules.ts";
import type { SignalReader } from "./signal-reader.ts";

/** Tests of the alerts for `promtool test rules`: each fires in one situation and is silent in one just short of it. */
export function ruleTestFile(alerts: readonly { readonly alert: Alert; readonly read: SignalReader }[], ruleFileName: string): string {
  const tests = alerts.flatMap(({ alert, read }) => [
    { ...situation(`${alert.name} fires`, alert.fires, read), promql_expr_test: [firing(alert, 1)] },
    { ...situation(`${alert.name} is silent`, alert.silent, read), promql_expr_test: [firing(alert, 0)] },
  ]);
  return yamlText({ rule_files: [ruleFileName], evaluation_interval: "1m", tests });
}

function situation(name: string, { series }: AlertExample, read: SignalReader) {
  return {
    name,
    interval: "1m",
    input_series: series.map(({ signal, labels = {}, runs }) => {
      const exported = read.exported(signal, labels);
      return { series: exported.series, values: runs.map((run) => notation(run, exported.factor)).join(" ") };
    }),
  };
}

/** Whether it fires is asked of the series that Prometheus writes about alerts, since labels and texts differ from profile to profile. */
function firing(alert: Alert, count: 0 | 1) {
  const example = count === 1 ? alert.fires : alert.silent;
  return {
    expr: `count(ALERTS{alertname="${alert.name}",alertstate="firing"}) > bool 0`,
    eval_time: `${example.atMinute}m`,
    exp_samples: count === 1 ? [{ labels: "{}", value: 1 }] : [],
  };
}

/** Prometheus's notation of a run: `10+5x20`, `10x20`. */
function notation({ from, step = 0, times }: SampleRun, factor: number): string {
  const start = plain(from * factor);
  return step === 0 ? `${start}x${times}` : `${start}${step < 0 ? "-" : "+"}${plain(Math.abs(step) * factor)}x${times}`;
}

/** Without an exponent, which the notation does not know. */
function plain(value: number): string {
  return Number(value.toPrecision(12)).toLocaleString("en", { useGrouping: false, maximumFractionDigits: 9 });
}
