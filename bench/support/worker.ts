import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SOURCES = fileURLToPath(new URL("../workers/", import.meta.url));
const BUNDLES = fileURLToPath(new URL("../../node_modules/.cache/offhook-bench/", import.meta.url));
const bundled = new Map<string, Promise<string>>();

/**
 * A program of `bench/workers`, in a process of its own, as it ships: compiled before it runs, without a loader in the
 * process that is measured. It talks in messages.
 */
export class Worker {
  readonly #child: ChildProcess;
  readonly #heard: unknown[] = [];
  #wanted: (() => void) | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message) => {
      this.#heard.push(message);
      this.#wanted?.();
    });
    child.once("exit", () => this.#wanted?.());
  }

  static async start(name: string, args: readonly (string | number)[], nodeOptions: string[] = []): Promise<Worker> {
    return new Worker(fork(await bundleOf(name), args.map(String), { execArgv: nodeOptions }));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The next message of the worker. @throws {Error} it ended without one. */
  async next<Message>(): Promise<Message> {
    while (this.#heard.length === 0) {
      if (this.#child.exitCode !== null) throw new Error(`a bench worker ended early (${this.#child.exitCode})`);
      await new Promise<void>((resolve) => (this.#wanted = resolve));
    }
    return this.#heard.shift() as Message;
  }

  /** Tells the worker something and takes its answer. */
  async ask<Message>(question: string): Promise<Message> {
    this.#child.send(question);
    return await this.next<Message>();
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill();
    await exited;
  }
}

function bundleOf(name: string): Promise<string> {
  let file = bundled.get(name);
  if (!file) {
    file = bundle(name);
    bundled.set(name, file);
  }
  return file;
}

async function bundle(name: string): Promise<string> {
  const outfile = `${BUNDLES}${name}.mjs`;
  await build({
    entryPoints: [`${SOURCES}${name}.ts`],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  return outfile;
}
