import { runCli } from "../../src/cli/main.ts";

export interface Said {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** The command line in this process, with a terminal that is only remembered. */
export async function say(
  argv: readonly string[],
  { cwd = process.cwd(), env = {} }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Said> {
  let [out, err] = ["", ""];
  const exitCode = await runCli(argv, {
    ...{ cwd, env, isTerminal: false, columns: 100 },
    out: (text) => (out += text),
    err: (text) => (err += text),
  });
  return { exitCode, out, err };
}
