/** The names in what an option was given, which is one or several with commas between; another one ends the process with a sentence. */
export function choose<Name extends string>(option: string, text: string, names: readonly Name[]): Name[] {
  return text.split(",").map((each) => {
    const name = names.find((one) => one === each);
    if (name !== undefined) return name;
    process.stderr.write(`--${option} takes ${names.join(", ")}, not "${each}".\n`);
    process.exit(2);
  });
}
