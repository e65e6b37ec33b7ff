import type { Dashboard, DashboardRow, Panel } from "./dashboard.ts";
import type { SignalReader } from "./signal-reader.ts";

const WIDTH = 24;
const STAT = { w: 4, h: 4 };
const GRAPH = { w: 12, h: 8 };
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
/** The schema that Grafana 10 to 12 read without a migration that loses something. */
const SCHEMA_VERSION = 39;

/** The dashboard as Grafana imports it, with a variable for the data source; undefined when the profiles have nothing for it. */
export function grafanaDashboard(dashboard: Dashboard, read: SignalReader): object | undefined {
  const rows = dashboard.rows
    .map((row) => ({ ...row, panels: row.panels.filter(({ needs }) => needs.every((signal) => read.has(signal))) }))
    .filter((row) => row.panels.length > 0);
  if (rows.length === 0) return undefined;
  return {
    uid: dashboard.name,
    title: dashboard.title,
    tags: ["kafka"],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    timezone: "browser",
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    templating: { list: [{ name: "datasource", type: "datasource", query: "prometheus", label: "Data source", hide: 0 }] },
    annotations: { list: [] },
    panels: placed(rows, read),
  };
}

function placed(rows: readonly DashboardRow[], read: SignalReader): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: WIDTH, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of row.panels) {
      const { w, h } = panel.kind === "stat" ? STAT : GRAPH;
      if (x + w > WIDTH) {
        x = 0;
        y += height;
        height = 0;
      }
      panels.push(grafanaPanel(panel, panels.length + 1, { x, y, w, h }, read));
      x += w;
      height = Math.max(height, h);
    }
    y += height;
  }
  return panels;
}

function grafanaPanel(panel: Panel, id: number, gridPos: object, read: SignalReader): object {
  return {
    id,
    type: panel.kind,
    title: panel.title,
    description: panel.description,
    gridPos,
    datasource: DATASOURCE,
    targets: panel.queries(read).map(({ expression, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr: expression,
      legendFormat: legend,
    })),
    fieldConfig: { defaults: { unit: panel.unit, min: 0, thresholds: { mode: "absolute", steps: steps(panel) } }, overrides: [] },
    options:
      panel.kind === "stat"
        ? { reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false }, colorMode: "value", graphMode: "area" }
        : {
            legend: { displayMode: "table", placement: "bottom", calcs: ["lastNotNull", "max"] },
            tooltip: { mode: "multi", sort: "desc" },
          },
  };
}

/** Colours that colour-blind people tell apart. */
function steps({ thresholds }: Panel): readonly { readonly color: string; readonly value: number | null }[] {
  if (!thresholds) return [{ color: "blue", value: null }];
  const { warning, critical, isLowBad } = thresholds;
  if (isLowBad)
    return [
      { color: critical === undefined ? "orange" : "red", value: null },
      ...(critical !== undefined && warning !== undefined ? [{ color: "orange", value: critical }] : []),
      { color: "blue", value: warning ?? critical! },
    ];
  return [
    { color: "blue", value: null },
    ...(warning === undefined ? [] : [{ color: "orange", value: warning }]),
    ...(critical === undefined ? [] : [{ color: "red", value: critical }]),
  ];
}
