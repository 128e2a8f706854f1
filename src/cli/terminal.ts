import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { COLOURED, PLAIN, wantsColour, type Style } from "../reporters/index.ts";

/** What a command may know of the world around it; handed in so that commands can be tested. */
export interface Terminal {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly isTerminal: boolean;
  /** Width to write for. */
  readonly columns: number;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** All of standard input. */
  readonly readInput: () => Promise<Buffer>;
  /** Asks for a line that is not shown while it is typed; undefined where there is nobody to ask. */
  readonly askSecret: (prompt: string) => Promise<string | undefined>;
}

/** The process's own terminal. A reader that closed its end (`| head`) is no error. */
export function processTerminal(): Terminal {
  const quietOnClose = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE") throw error;
  };
  process.stdout.on("error", quietOnClose);
  process.stderr.on("error", quietOnClose);
  return {
    cwd: process.cwd(),
    env: process.env,
    isTerminal: process.stdout.isTTY,
    columns: columnsOf(process.env, process.stdout.columns),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    readInput: async () => await buffer(process.stdin),
    askSecret,
  };
}

async function askSecret(prompt: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  process.stderr.write(prompt);
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const answer = await new Promise<string | undefined>((resolve) => {
    lines.once("line", resolve);
    lines.once("close", () => {
      resolve(undefined);
    });
  });
  lines.close();
  process.stderr.write("\n");
  return answer;
}

/** Where no terminal says how wide it is: what a log of a nightly job shows without a scroll bar. */
const COLUMNS_OF_LOGS = 100;

/** `COLUMNS` wins, then the terminal itself. */
function columnsOf(env: NodeJS.ProcessEnv, ofTerminal: number | undefined): number {
  const told = Number(env["COLUMNS"]);
  return Number.isInteger(told) && told >= 40 ? told : (ofTerminal ?? COLUMNS_OF_LOGS);
}

export function styleFor(terminal: Terminal): Style {
  return wantsColour(terminal.env, terminal.isTerminal) ? COLOURED : PLAIN;
}

/** `CI` is set, and not to a word for no. */
export function inCi(env: NodeJS.ProcessEnv): boolean {
  const value = env["CI"];
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
