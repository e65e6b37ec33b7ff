export type { Alert, AlertExample, AlertSettings, AlertSeverity, Runbook, RunbookStep } from "./alert.ts";
export { alertByName, alerts } from "./alerts/alerts.ts";
export type { MetricProfile, MetricSource } from "./metric-profile.ts";
export { type GeneratedFile, generateMonitoring, type Monitoring, type MonitoringOptions, metricProfiles } from "./monitoring.ts";
export { filledCommand, runbookPage } from "./render-runbook.ts";
export { SIGNAL_LABELS, type SignalLabel, type SignalName, signals } from "./signal.ts";
