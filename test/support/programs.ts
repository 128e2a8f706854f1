import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once, type EventEmitter } from "node:events";
import { createServer } from "node:net";

/** `CI` makes a missing peer a failure: a nightly job must not go green because it tested nothing. */
const IN_CI = process.env["CI"] !== undefined && process.env["CI"] !== "" && process.env["CI"] !== "false";

/** Skips the test with a message where `program` is not installed; in CI fails it. */
export function needsProgram(context: Mocha.Context, program: string, debianPackage: string): void {
  if (spawnSync("sh", ["-c", `command -v ${program}`]).status === 0) return;
  const message = `${program} is not installed (apt-get install ${debianPackage})`;
  if (IN_CI) throw new Error(`${message}; in CI that is a failure`);
  process.stderr.write(`skipped: ${message}\n`);
  context.skip();
}

/** Inclusive. Below the ports that the kernel gives away and those of the phones' media, so that no test gets one by chance. */
const PORTS = [10_000, 16_382] as const;

/** An even port that nobody has at the moment, for UDP and TCP; the next one is free, too: some programs take it for TLS. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS[0] / 2, PORTS[1] / 2) * 2;
    const free = await Promise.all([isFreeForUdp(port), isFreeForTcp(port), isFreeForTcp(port + 1)]);
    if (free.every(Boolean)) return port;
  }
}

async function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket("udp4").bind(port, "127.0.0.1");
  return await bound(socket);
}

async function isFreeForTcp(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  return await bound(server);
}

async function bound(socket: EventEmitter & { close(closed: () => void): unknown }): Promise<boolean> {
  try {
    await once(socket, "listening");
  } catch {
    return false;
  }
  await new Promise<void>((resolve) => void socket.close(resolve));
  return true;
}

/** A program that runs beside a test; its output is kept to be shown when the test fails. */
export class Peer {
  readonly #child: ChildProcess;
  #output = "";
  #waiting: { readonly text: string; readonly resolve: () => void }[] = [];
  readonly exited: Promise<number | null>;

  constructor(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
    this.#child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout?.on("data", (data: Buffer) => {
      this.#hear(data);
    });
    this.#child.stderr?.on("data", (data: Buffer) => {
      this.#hear(data);
    });
    this.exited = new Promise((resolve) => this.#child.once("exit", resolve));
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves when the program has printed `text`; rejects when it ends without. */
  async says(text: string): Promise<void> {
    if (this.#output.includes(text)) return;
    const heard = new Promise<void>((resolve) => this.#waiting.push({ text, resolve }));
    const ended = this.exited.then((code) => {
      throw new Error(`the program ended (${String(code)}) without saying "${text}":\n${this.#output}`);
    });
    await Promise.race([heard, ended]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGTERM");
    await this.exited;
  }

  #hear(data: Buffer): void {
    this.#output += data.toString("utf8");
    for (const waiter of this.#waiting) if (this.#output.includes(waiter.text)) waiter.resolve();
  }
}
