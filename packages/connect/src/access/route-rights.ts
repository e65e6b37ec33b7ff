import type { Role } from "@ottla/base";

/** What a route asks of who calls it, and how the audit names what it does. */
export interface RouteRight {
  /** `anyone`: also who has not logged in. */
  readonly role: Role | "anyone";
  /**
   * What the role is needed for. `connector`: the one in the path. `some`: any at all; the route shows nothing of the others, or asks again when it knows the name. `all`: what is of all of them.
   */
  readonly of: "connector" | "some" | "all";
  /** Told in the audit; left out where something is only looked at. */
  readonly does?: string;
}

const see: RouteRight = { role: "viewer", of: "connector" };
const look: RouteRight = { role: "viewer", of: "some" };
const run = (does: string): RouteRight => ({ role: "operator", of: "connector", does });
const change = (does: string): RouteRight => ({ role: "admin", of: "connector", does });

/**
 * Who may do what at a worker's REST API, by method and path. A route that is not here is that of administrators of everything, and a test fails.
 *
 * Whoever gives a connector its settings reads and writes with the worker's rights, and can have any secret that its providers reach sent anywhere: that a dry run of settings (`validate`, `preview`) is an administrator's is for the same
 * reason.
 */
export const ROUTE_RIGHTS: Readonly<Record<string, RouteRight>> = {
  "GET /": look,
  "GET /health": { role: "anyone", of: "some" },
  "GET /metrics": look,
  "GET /connectors": look,
  "POST /connectors": { role: "admin", of: "some", does: "connector.create" },
  "GET /connectors/:name": see,
  "DELETE /connectors/:name": change("connector.delete"),
  "GET /connectors/:name/config": see,
  "PUT /connectors/:name/config": change("connector.configure"),
  "PATCH /connectors/:name/config": change("connector.configure"),
  "GET /connectors/:name/status": see,
  "GET /connectors/:name/tasks": see,
  "GET /connectors/:name/tasks/:task{[0-9]+}/status": see,
  "PUT /connectors/:name/pause": run("connector.pause"),
  "PUT /connectors/:name/resume": run("connector.resume"),
  "PUT /connectors/:name/stop": run("connector.stop"),
  "POST /connectors/:name/restart": run("connector.restart"),
  "POST /connectors/:name/tasks/:task{[0-9]+}/restart": run("connector.restart-task"),
  "GET /connectors/:name/topics": see,
  "PUT /connectors/:name/topics/reset": run("connector.reset-topics"),
  "GET /connectors/:name/offsets": see,
  "PATCH /connectors/:name/offsets": change("connector.alter-offsets"),
  "DELETE /connectors/:name/offsets": change("connector.reset-offsets"),
  "GET /connector-plugins": look,
  "GET /connector-plugins/:plugin/config": look,
  "PUT /connector-plugins/:plugin/config/validate": { role: "admin", of: "some", does: "connector.validate" },
  "GET /admin/loggers": look,
  "GET /admin/loggers/:logger": look,
  "PUT /admin/loggers/:logger": { role: "operator", of: "some", does: "logger.set" },
  "GET /ottla/logs": look,
  "PUT /ottla/preview": { role: "admin", of: "some", does: "connector.preview" },
};
