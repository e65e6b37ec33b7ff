import { ottlaCommand } from "../ottla/broker.ts";
import { nodeBinary } from "../paths.ts";
import { startChild } from "../process/child.ts";

/** What a broker whose faults are in our hands is asked to do. */
export type FailoverAction = Readonly<Record<string, string | number>> & { readonly do: string };

/** An Ottla of three virtual brokers in memory, with the door through which they fail. */
export interface FailoverCluster {
  readonly bootstrap: string;
  readonly pid: number;
  act(action: FailoverAction): Promise<void>;
  outputTail(): string;
  stop(): Promise<void>;
}

export async function startFailoverCluster(): Promise<FailoverCluster> {
  const args = ["dev", "--only", "broker", "--json", "--memory", "--port", "0", "--brokers", "3", "--faults"];
  const child = startChild(nodeBinary, [...ottlaCommand, ...args]);
  const ready = await new Promise<{ readonly bootstrap: string; readonly faults: string }>((resolve, reject) => {
    let text = "";
    child.process.stdout?.on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("\n")) resolve(JSON.parse(text.slice(0, text.indexOf("\n"))) as { bootstrap: string; faults: string });
    });
    void child.exited.then((status) => reject(new Error(`ottla ended (${status}) before it was ready: ${child.outputTail()}`)));
  });
  return {
    bootstrap: ready.bootstrap,
    pid: child.pid,
    outputTail: child.outputTail,
    async act(action) {
      const answer = await fetch(`${ready.faults}/actions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(action),
      });
      if (!answer.ok) throw new Error(`${action.do} was answered with ${answer.status}: ${await answer.text()}`);
    },
    async stop() {
      await child.stop();
    },
  };
}
