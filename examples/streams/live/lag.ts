import type { Client } from "@ottla/client";

/** How far an application has come in a topic, by what its group has committed. */
export class Progress {
  readonly #client: Client;
  readonly #groupId: string;
  readonly #topic: string;
  /** Records there when this began. */
  #from = 0;

  private constructor(client: Client, groupId: string, topic: string) {
    this.#client = client;
    this.#groupId = groupId;
    this.#topic = topic;
  }

  static async begin(client: Client, groupId: string, topic: string): Promise<Progress> {
    const progress = new Progress(client, groupId, topic);
    progress.#from = await progress.#committed();
    return progress;
  }

  /** Records that were processed since. */
  async processed(): Promise<number> {
    return (await this.#committed()) - this.#from;
  }

  async #committed(): Promise<number> {
    const offsets = await this.#client.admin().listGroupOffsets(this.#groupId);
    return offsets.reduce((sum, { topic, value }) => sum + (topic === this.#topic ? (value?.offset ?? 0) : 0), 0);
  }
}
