import type { Alert } from "../alert.ts";
import { availabilityAlerts } from "./availability-alerts.ts";
import { capacityAlerts } from "./capacity-alerts.ts";
import { groupAlerts } from "./group-alerts.ts";
import { platformAlerts } from "./platform-alerts.ts";
import { streamsAlerts } from "./streams-alerts.ts";

/** Every alert, the gravest kinds first. */
export const alerts: readonly Alert[] = [...availabilityAlerts, ...capacityAlerts, ...groupAlerts, ...platformAlerts, ...streamsAlerts];

/** The alert of that name, whatever its case. */
export function alertByName(name: string): Alert | undefined {
  return alerts.find((alert) => alert.name.toLowerCase() === name.toLowerCase());
}
