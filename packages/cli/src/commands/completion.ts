import type { CommandSpec } from "../command.ts";

/** The command that completes all others, and itself. */
export const completionCommand = (allCommands: () => readonly CommandSpec[]): CommandSpec => ({
  path: ["completion"],
  summary: "print a script that completes commands and options in your shell",
  arguments: [{ name: "shell", summary: "bash, zsh or fish" }],
  options: [],
  examples: [
    { command: 'eval "$(ottla completion bash)"', does: "in ~/.bashrc; zsh likewise" },
    { command: "ottla completion fish > ~/.config/fish/completions/ottla.fish", does: "for fish" },
  ],
  load: async () => (await import("./print-completion.ts")).printCompletion(allCommands()),
});
