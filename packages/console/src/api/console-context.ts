import type { ActionAudit, Clock, Logger } from "@ottla/base";
import type { Client } from "@ottla/client";
import type { ChangeDesk } from "../actions/change-desk.ts";
import type { Doctor } from "../findings/doctor.ts";
import type { SchemaDecoder } from "../messages/schema-decoder.ts";
import type { ConsoleAccess } from "../access/console-access.ts";
import type { Masking } from "../masking/masking.ts";
import type { ConnectRest } from "@ottla/connect/rest-client";
import type { SchemaRegistry } from "../services/schema-registry.ts";
import type { ClusterWatch } from "../watch/cluster-watch.ts";

/** Services beside the console, where they are served: their pages are there when they are. */
export interface BesideServices {
  readonly registry?: string | undefined;
  readonly connect?: string | undefined;
}

/** What the routes stand on. */
export interface ConsoleContext {
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Undefined where no registry is known. */
  readonly schemas: SchemaDecoder | undefined;
  /** Services beside the cluster; undefined where none is known. */
  readonly registry: SchemaRegistry | undefined;
  readonly connect: ConnectRest | undefined;
  readonly watch: ClusterWatch;
  readonly desk: ChangeDesk;
  readonly doctor: Doctor;
  readonly access: ConsoleAccess;
  readonly audit: ActionAudit;
  readonly masking: Masking;
  readonly readOnly: boolean;
  readonly version: string;
  readonly services: BesideServices;
}
