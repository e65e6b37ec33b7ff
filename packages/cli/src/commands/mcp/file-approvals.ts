import { chmod, lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { OttlaError } from "@ottla/base";
import { APPROVAL_LIFETIME_MS, type Approvals, planFacts, type StoredPlan } from "@ottla/expert/mcp";
import { commandLine } from "@ottla/expert/plan";

/** A plan that waits, as it lies in the folder. */
export interface WaitingPlan {
  readonly planId: string;
  readonly digest: string;
  /** What has to be typed; absent: yes. */
  readonly typed?: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** How long a plan may wait. */
const WAITING_MAX_MS = 60 * 60_000;
const PLAN_ID = /^plan-[0-9a-f]{12}$/;

/** The folder of this user. */
export function approvalsFolder(named: string | undefined): string {
  return named ?? join(tmpdir(), `ottla-approvals-${userInfo().username}`);
}

/** Plans and approvals as files of one user: `plan-ID.json` waits, `plan-ID.approved` holds the digest that was agreed to. */
export class FileApprovals implements Approvals {
  readonly #folder: string;
  readonly #command: string;

  constructor(folder: string, isNamed: boolean) {
    this.#folder = folder;
    this.#command = isNamed ? ` ${commandLine(["--approvals", folder])}` : "";
  }

  async offer(stored: StoredPlan, typed: string | undefined): Promise<string> {
    await this.open();
    const waiting: WaitingPlan = {
      planId: stored.planId,
      digest: stored.digest,
      ...(typed !== undefined && { typed }),
      facts: planFacts(stored),
    };
    await writeFile(join(this.#folder, `${stored.planId}.json`), JSON.stringify(waiting), { mode: 0o600 });
    return `ottla approve ${stored.planId}${this.#command}`;
  }

  async take({ planId, digest }: StoredPlan): Promise<boolean> {
    const path = join(this.#folder, `${planId}.approved`);
    await this.open();
    try {
      // Whoever takes the file away first has the approval; nobody else has it then.
      const taken = `${path}.${process.pid}`;
      await rename(path, taken);
      const [{ mtimeMs }, text] = [await stat(taken), await readFile(taken, "utf8")];
      await rm(taken, { force: true });
      await rm(join(this.#folder, `${planId}.json`), { force: true });
      return text === digest && Date.now() - mtimeMs <= APPROVAL_LIFETIME_MS;
    } catch {
      return false;
    }
  }

  /** What waits, the newest first. Nothing where there is no such folder, and none is made. Errors: as {@link open}. */
  async waiting(): Promise<readonly WaitingPlan[]> {
    const names = await this.#names();
    const plans: (WaitingPlan & { readonly atMs: number })[] = [];
    for (const name of names) {
      const id = name.replace(/\.json$/, "");
      if (!name.endsWith(".json") || !PLAN_ID.test(id)) continue;
      const path = join(this.#folder, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
      if (Date.now() - mtimeMs > WAITING_MAX_MS) await rm(path, { force: true });
      else plans.push({ ...((await readPlan(path)) ?? { planId: id, digest: "", facts: {} }), atMs: mtimeMs });
    }
    return plans.sort((a, b) => b.atMs - a.atMs);
  }

  /** Agrees to exactly this plan. */
  async approve({ planId, digest }: WaitingPlan): Promise<void> {
    await this.open();
    await writeFile(join(this.#folder, `${planId}.approved`), digest, { mode: 0o600 });
  }

  /**
   * Makes the folder if it is not there, and gives its path. Errors: `APPROVALS_UNSAFE` where others of the machine could put files into it, or lead elsewhere; `APPROVALS_UNUSABLE`
   * where there can be no such folder.
   */
  async open(): Promise<string> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw this.#unusable(error);
    }
    await this.#makeSafe();
    return this.#folder;
  }

  async #names(): Promise<readonly string[]> {
    try {
      await this.#makeSafe();
      return await readdir(this.#folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return [];
      throw error instanceof OttlaError ? error : this.#unusable(error);
    }
  }

  async #makeSafe(): Promise<void> {
    const { uid, mode } = await lstat(this.#folder);
    if (process.getuid !== undefined && uid !== process.getuid())
      throw new OttlaError("APPROVALS_UNSAFE", `${this.#folder} belongs to another user: name a folder of your own with --approvals.`);
    if ((mode & 0o077) !== 0) await chmod(this.#folder, 0o700);
  }

  #unusable(cause: unknown): OttlaError {
    const { code } = cause as NodeJS.ErrnoException;
    return new OttlaError(
      "APPROVALS_UNUSABLE",
      `There can be no folder for approvals at ${this.#folder.slice(0, 200)} (${code}): name another with --approvals.`,
      { cause },
    );
  }
}

async function readPlan(path: string): Promise<WaitingPlan | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as WaitingPlan;
  } catch {
    return undefined;
  }
}
