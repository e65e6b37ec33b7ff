import { nodeDisk, systemClock } from "@ottla/base/node";
import type { Client } from "@ottla/client";
import { ClientClusterAccess, type LookBesides } from "@ottla/expert/collect";
import type { ClusterAccess } from "@ottla/expert/mcp";
import type { CommandContext } from "../../command.ts";
import { connectClient } from "../../connect-client.ts";
import type { FileApprovals } from "./file-approvals.ts";

interface Connection {
  readonly client: Client;
  readonly access: ClusterAccess;
}

/** The cluster of the command line, reached when a tool first needs it: an agent starts its servers long before it uses them, and a cluster that is down is the answer of that call alone. */
export class LazyCluster implements ClusterAccess {
  readonly #context: CommandContext;
  readonly #approvals: FileApprovals;
  readonly #besides: (client: Client) => LookBesides;
  #connection: Promise<Connection> | undefined;

  /** Journals of applied plans go into the folder of the approvals. */
  constructor(context: CommandContext, approvals: FileApprovals, besides: (client: Client) => LookBesides) {
    this.#besides = besides;
    this.#context = context;
    this.#approvals = approvals;
  }

  snapshot: ClusterAccess["snapshot"] = async (signal) => (await this.#access()).snapshot(signal);
  lag: ClusterAccess["lag"] = async (groupIds, watchMs, signal) => (await this.#access()).lag(groupIds, watchMs, signal);
  records: ClusterAccess["records"] = async (request, signal) => (await this.#access()).records(request, signal);
  drawUp: ClusterAccess["drawUp"] = async (wanted, signal) => (await this.#access()).drawUp(wanted, signal);
  apply: ClusterAccess["apply"] = async (plan, told, signal) => (await this.#access()).apply(plan, told, signal);
  undo: ClusterAccess["undo"] = async (plan, told, signal) => (await this.#access()).undo(plan, told, signal);

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.client.close({ timeoutMs: 500 }).catch(() => {});
  }

  async #access(): Promise<ClusterAccess> {
    const connection = this.#connection ?? this.#connect();
    this.#connection = connection;
    try {
      return (await connection).access;
    } catch (error) {
      if (this.#connection === connection) this.#connection = undefined;
      throw error;
    }
  }

  async #connect(): Promise<Connection> {
    const client = await connectClient(this.#context, "inTime");
    const folder = await this.#approvals.open();
    return {
      client,
      access: new ClientClusterAccess(client, systemClock, { disk: nodeDisk, folder }, this.#besides(client)),
    };
  }
}
