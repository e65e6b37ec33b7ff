import { type Clock, type Disk, DiskError, type DiskFile, type Net, type NetListener, type NetSocket } from "@ottla/base";

/** What a process that has ended still hears of its machine. */
const MACHINE_IS_OFF = "the simulated process has ended";

/** How long a name takes that is changed in the background, in ms. */
const BACKGROUND_MS = 2;

/** Whether an error is nothing but the end of the process that met it. */
export function isEndOfProcess(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) if (each.message.includes(MACHINE_IS_OFF)) return true;
  return false;
}

/**
 * One process on the machine: its clock, disk and net. When it ends, at any moment or at the nth change of its disk, nothing that it still does reaches the world: timers do not
 * run, the disk refuses, what it writes to sockets is gone.
 */
export class Life {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly net: Net;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  readonly #listeners: NetListener[] = [];
  readonly #onEnd: () => void;
  #resolveEnded: () => void = () => {};
  #isOver = false;
  #changesLeft = Infinity;

  /** `onEnd` does to the machine what the end of the process does. */
  constructor(machine: { readonly clock: Clock; readonly disk: Disk; readonly net: Net }, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.clock = this.#mortalClock(machine.clock);
    this.disk = this.#mortalDisk(machine.disk, machine.clock);
    this.net = this.#mortalNet(machine.net);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The process ends in the middle of what it does, when so many more changes of the disk are made. */
  endAfterChanges(changes: number): void {
    this.#changesLeft = changes;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const listener of this.#listeners) void listener.close();
    this.#onEnd();
    this.#resolveEnded();
  }

  #mortalClock(clock: Clock): Clock {
    const alive = (run: () => void) => (): void => {
      if (!this.#isOver) run();
    };
    return {
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      schedule: (delayMs, run) => (this.#isOver ? { cancel() {} } : clock.schedule(delayMs, alive(run))),
      nextTurn: (run) => {
        if (!this.#isOver) clock.nextTurn(alive(run));
      },
    };
  }

  #mortalNet(net: Net): Net {
    return {
      listen: async (host, port, onSocket) => {
        this.#check("listen");
        const listener = await net.listen(host, port, (socket) => onSocket(this.#mortalSocket(socket)));
        this.#listeners.push(listener);
        return listener;
      },
      connect: (...args) => net.connect(...args),
      tlsServer: (material) => net.tlsServer(material),
      tlsClient: (material) => net.tlsClient(material),
    };
  }

  #mortalSocket(socket: NetSocket): NetSocket {
    const write = socket.write.bind(socket);
    socket.write = (buffers, onWritten) => (this.#isOver ? false : write(buffers, onWritten));
    return socket;
  }

  #mortalDisk(beneath: Disk, machineClock: Clock): Disk {
    const change = (path: string): void => {
      if (this.#changesLeft-- <= 0) this.end();
      this.#check(path);
    };
    const file = (open: DiskFile): DiskFile => ({
      path: open.path,
      get sizeBytes() {
        return open.sizeBytes;
      },
      append: (buffers) => (change(open.path), open.append(buffers)),
      write: (buffer, position) => (change(open.path), open.write(buffer, position)),
      readSync: (target, position) => (this.#check(open.path), open.readSync(target, position)),
      read: async (target, position) => (this.#check(open.path), open.read(target, position)),
      truncate: (sizeBytes) => (change(open.path), open.truncate(sizeBytes)),
      sync: async () => (change(open.path), open.sync()),
      syncNow: () => (change(open.path), open.syncNow()),
      close: () => open.close(),
    });
    const checked = <Args extends [string, ...unknown[]], Result>(run: (...args: Args) => Result): ((...args: Args) => Result) => {
      return (...args) => (this.#check(args[0]), run(...args));
    };
    const changing = <Args extends [string, ...unknown[]], Result>(run: (...args: Args) => Result): ((...args: Args) => Result) => {
      return (...args) => (change(args[0]), run(...args));
    };
    return {
      open: changing((path) => file(beneath.open(path))),
      openRead: checked((path) => file(beneath.openRead(path))),
      readFile: checked((path) => beneath.readFile(path)),
      list: checked((path) => beneath.list(path)),
      stat: checked((path) => beneath.stat(path)),
      lockDirectory: checked((path) => beneath.lockDirectory(path)),
      replaceFile: changing((path, content) => beneath.replaceFile(path, content)),
      replace: async (path, content) => (change(path), beneath.replace(path, content)),
      makeDirectory: changing((path) => beneath.makeDirectory(path)),
      rename: changing((from, to) => beneath.rename(from, to)),
      renameInBackground: (from, to) => this.#later(machineClock, from, () => (change(from), beneath.rename(from, to))),
      remove: changing((path) => beneath.remove(path)),
      syncDirectory: changing((path) => beneath.syncDirectory(path)),
      syncNames: async (path) => (change(path), beneath.syncNames(path)),
    };
  }

  /** As a thread of the process does it: after a moment, and never once the process has ended. */
  #later(clock: Clock, path: string, run: () => void): Promise<void> {
    this.#check(path);
    return new Promise((resolve, reject) => {
      clock.schedule(BACKGROUND_MS, () => {
        if (this.#isOver) return;
        try {
          run();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #check(path: string): void {
    if (this.#isOver) throw new DiskError("DISK_IO", path, `${path}: ${MACHINE_IS_OFF}.`);
  }
}
