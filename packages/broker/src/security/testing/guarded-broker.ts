import { setImmediate as turn } from "node:timers/promises";
import { type Disk, type LogFields, silentLogger } from "@ottla/base";
import { TestBroker } from "../../testing/test-broker.ts";
import { CountingClock } from "./counting-clock.ts";

/** The users of a {@link GuardedBroker}; both mechanisms know them. */
export const PASSWORDS: Readonly<Record<string, string>> = { alice: "wonder land", bob: "the builder" };

const plainUsers = Object.entries(PASSWORDS)
  .map(([user, password]) => `user_${user}="${password}"`)
  .join(" ");

interface GuardedOptions {
  readonly listener?: "SASL_PLAINTEXT" | "SASL_SSL";
  /** As an earlier one left it. */
  readonly disk?: Disk;
  /** As of a {@link TestBroker}. */
  readonly seed?: number;
}

/** A leak stays for ever; what is given back comes some turns behind the last connection. */
const GIVEN_BACK_WITHIN_MS = 10_000;

/** A broker that asks for a login, and what it spends on those who have not logged in. */
export class GuardedBroker implements AsyncDisposable {
  readonly broker: TestBroker;
  readonly clock: CountingClock;
  /** Why connections were closed, as the log has it. */
  readonly said: LogFields[];
  readonly #timersBefore: number;

  private constructor(broker: TestBroker, clock: CountingClock, said: LogFields[]) {
    this.broker = broker;
    this.clock = clock;
    this.said = said;
    this.#timersBefore = clock.waiting;
  }

  static async start(settings: Readonly<Record<string, string>> = {}, more: GuardedOptions = {}): Promise<GuardedBroker> {
    const { listener = "SASL_PLAINTEXT" } = more;
    const clock = new CountingClock();
    const said: LogFields[] = [];
    // How the machine is does not belong here.
    const say = (_: string, fields: LogFields = {}): void => void ("reason" in fields && said.push(fields));
    const broker = await TestBroker.start({
      clock,
      ...(more.disk && { disk: more.disk }),
      ...(more.seed !== undefined && { seed: more.seed }),
      logger: { ...silentLogger, warn: say },
      scramUsers: Object.entries(PASSWORDS).map(([name, password]) => ({ name, password, mechanism: "SCRAM-SHA-256" })),
      settings: {
        listeners: `${listener}://127.0.0.1:0`,
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256",
        [`listener.name.${listener.toLowerCase()}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required ${plainUsers};`,
        "connection.failed.authentication.delay.ms": "0",
        ...settings,
      },
    });
    said.splice(0);
    return new GuardedBroker(broker, clock, said);
  }

  get connections(): number {
    return [...this.broker.running.nodes.connections()].reduce((sum, { connectionCount }) => sum + connectionCount, 0);
  }

  /** Held on behalf of clients. */
  get heldBytes(): number {
    return this.broker.running.state.clientMemory.heldBytes;
  }

  /** Beside those that the broker has for itself. */
  get timers(): number {
    return this.clock.waiting - this.#timersBefore;
  }

  async deleteUser(user: string): Promise<void> {
    await this.broker.running.state.controller.change(() => [{ kind: "scram-credential-deleted", user, mechanism: "SCRAM-SHA-256" }]);
  }

  /** All that strangers cost has been given back. */
  async isAsBefore(): Promise<void> {
    const endMs = performance.now() + GIVEN_BACK_WITHIN_MS;
    while (this.connections > 0 || this.heldBytes !== 0 || this.timers > 0) {
      if (performance.now() > endMs)
        throw new Error(`${this.connections} connections, ${this.heldBytes} bytes and ${this.timers} timers are left.`);
      await turn();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.broker[Symbol.asyncDispose]();
  }
}
