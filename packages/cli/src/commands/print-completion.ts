import { type CommandSpec, type RunCommand, UsageError } from "../command.ts";
import { COMMON_OPTIONS } from "../parse-command-line.ts";

const SCRIPTS: Readonly<Record<string, (commands: readonly CommandSpec[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Prints the script of one shell for these commands. */
export function printCompletion(commands: readonly CommandSpec[]): RunCommand {
  return async ({ positionals, stdout }) => {
    const [shell = ""] = positionals;
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (script === undefined)
      throw new UsageError(`There is no completion for "${shell}"; the shells are ${Object.keys(SCRIPTS).join(", ")}.`);
    stdout.write(script(commands));
    return 0;
  };
}

/** What may follow each prefix of words, options of whole commands included, and the values of options that have a fixed few. */
interface Candidates {
  readonly next: ReadonlyMap<string, readonly string[]>;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

function candidatesOf(commands: readonly CommandSpec[]): Candidates {
  const next = new Map<string, Set<string>>([["", new Set(["--help", "--version"])]]);
  const values = new Map<string, readonly string[]>();
  const add = (prefix: string, word: string): void => {
    const words = next.get(prefix) ?? new Set<string>();
    next.set(prefix, words.add(word));
  };
  for (const { path, options, arguments: args = [] } of commands) {
    path.forEach((word, i) => add(path.slice(0, i).join(" "), word));
    const whole = path.join(" ");
    for (const { name, choices } of [...options, ...COMMON_OPTIONS]) {
      add(whole, `--${name}`);
      if (choices) values.set(`${whole} --${name}`, choices);
    }
    if (args[0]?.name === "shell") for (const shell of ["bash", "zsh", "fish"]) add(whole, shell);
  }
  return { next: new Map([...next].map(([prefix, words]) => [prefix, [...words]])), values };
}

function bashScript(commands: readonly CommandSpec[]): string {
  const { next, values } = candidatesOf(commands);
  const cases = (entries: ReadonlyMap<string, readonly string[]>): string =>
    [...entries].map(([key, words]) => `    "${key}") words="${words.join(" ")}" ;;`).join("\n");
  return `# Completion of ottla for bash. Add to ~/.bashrc: eval "$(ottla completion bash)"
_ottla() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; esac
    case "\${path:+$path }$word" in
      ${[...next.keys()]
        .filter((key) => key !== "")
        .map((key) => `"${key}"`)
        .join("|")}) path="\${path:+$path }$word" ;;
      *) break ;;
    esac
  done
  case "$path $previous" in
${cases(values)}
  esac
  if [ -z "$words" ]; then
    case "$path" in
${cases(next)}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _ottla ottla
`;
}

function zshScript(commands: readonly CommandSpec[]): string {
  return `# Completion of ottla for zsh. Add to ~/.zshrc, behind compinit: eval "$(ottla completion zsh)"
autoload -U +X bashcompinit && bashcompinit
${bashScript(commands)}`;
}

function fishScript(commands: readonly CommandSpec[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = ["# Completion of ottla for fish. Save as ~/.config/fish/completions/ottla.fish", "complete -c ottla -f"];
  const seen = new Set<string>();
  const groups = new Set(commands.filter(({ path }) => path.length > 1).map(({ path }) => path[0]!));
  for (const { path, summary, options } of commands) {
    const [first = "", second] = path;
    if (!seen.has(first))
      lines.push(`complete -c ottla -n __fish_use_subcommand -a ${first}${groups.has(first) ? "" : ` -d ${quoted(summary)}`}`);
    seen.add(first);
    const others = commands.filter(({ path: other }) => other[0] === first && other.length > 1).map(({ path: other }) => other[1]);
    if (second !== undefined) {
      const condition = `__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${others.join(" ")}`;
      lines.push(`complete -c ottla -n ${quoted(condition)} -a ${second} -d ${quoted(summary)}`);
    }
    const here = path.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
    for (const { name, short, kind, choices, summary: about } of [...options, ...COMMON_OPTIONS]) {
      const value = kind === "flag" ? "" : choices ? ` -x -a ${quoted(choices.join(" "))}` : " -r";
      lines.push(`complete -c ottla -n ${quoted(here)} -l ${name}${short ? ` -s ${short}` : ""}${value} -d ${quoted(about)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
