import { type CommandContext, type OptionSpec, UsageError } from "./command.ts";
import { readLines } from "./read-lines.ts";

const CTRL_C = "\x03";
const BACKSPACE: ReadonlySet<string> = new Set(["\x7f", "\b"]);
const LINE_ENDS: ReadonlySet<string> = new Set(["\r", "\n", "\x04"]);
/** No password is as long; a file that was piped by mistake is. */
const PASSWORD_MAX = 1024;

/** A password is never a word of the command line, which other users of the machine can read. */
export const PASSWORD_ENV: OptionSpec = {
  name: "password-env",
  kind: "text",
  placeholder: "VARIABLE",
  summary: "the environment variable that holds the password",
  defaultText: "asked for on a terminal, else the first line of standard input",
};

/** A password from the environment, from a terminal that does not show it, or from the first line of standard input. Throws {@link UsageError}. */
export async function readPassword(context: CommandContext, whose: string): Promise<string> {
  const { options, env, stdin } = context;
  const variable = options.text("password-env");
  if (variable !== undefined) return checked(env[variable] ?? "", `the environment variable ${variable} is empty or not set`);
  if (stdin.isTTY) return askTwice(context, whose);
  for await (const line of readLines(stdin))
    return checked(line.toString().replace(/\r$/, ""), "the first line of standard input is empty");
  throw new UsageError(`There is no password for ${whose}: give it on standard input, or name a variable by --password-env.`);
}

function checked(password: string, fault: string): string {
  if (password === "") throw new UsageError(`There is no password: ${fault}.`);
  if (password.length > PASSWORD_MAX) throw new UsageError(`The password has more than ${PASSWORD_MAX} characters.`);
  return password;
}

async function askTwice(context: CommandContext, whose: string): Promise<string> {
  const password = checked(await ask(context, `Password of ${whose}: `), "nothing was typed");
  if ((await ask(context, "Once more: ")) !== password) throw new UsageError("The two passwords differ; nothing was changed.");
  return password;
}

/** One line that is not shown. */
function ask({ stdin, stderr, signal }: CommandContext, question: string): Promise<string> {
  stderr.write(question);
  return new Promise((resolve, reject) => {
    let typed = "";
    const end = (): void => {
      stdin.off("data", take);
      signal.removeEventListener("abort", stop);
      stdin.setRawMode?.(false);
      stdin.pause();
      stderr.write("\n");
    };
    const stop = (): void => {
      end();
      reject(signal.reason instanceof Error ? signal.reason : new UsageError("Nothing was typed."));
    };
    const take = (bytes: Buffer): void => {
      for (const key of bytes.toString()) {
        // A terminal that does not show what is typed does not make a signal of it, either.
        if (key === CTRL_C) return void process.kill(process.pid, "SIGINT");
        if (LINE_ENDS.has(key)) {
          end();
          return resolve(typed);
        }
        typed = BACKSPACE.has(key) ? typed.slice(0, -1) : typed + key;
      }
    };
    stdin.setRawMode?.(true);
    stdin.on("data", take);
    stdin.resume();
    signal.addEventListener("abort", stop, { once: true });
  });
}
