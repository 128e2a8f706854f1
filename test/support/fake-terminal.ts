import { runCli } from "../../src/cli/main.ts";

export interface Said {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export interface SayOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What standard input holds. */
  readonly input?: string;
  /** What is typed when a secret is asked for; without it there is nobody to ask. */
  readonly secret?: string;
  readonly columns?: number;
}

/** The command line in this process, with a terminal that is only remembered. */
export async function say(argv: readonly string[], options: SayOptions = {}): Promise<Said> {
  const { cwd = process.cwd(), env = {}, input = "", secret, columns = 100 } = options;
  let [out, err] = ["", ""];
  const exitCode = await runCli(argv, {
    ...{ cwd, env, isTerminal: false, columns },
    out: (text) => (out += text),
    err: (text) => (err += text),
    readInput: () => Promise.resolve(Buffer.from(input, "latin1")),
    askSecret: () => Promise.resolve(secret),
  });
  return { exitCode, out, err };
}
