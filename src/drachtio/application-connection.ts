import type { Socket } from "node:net";
import { asError, HarnessError } from "../core/errors.ts";
import type { Ids } from "../core/ids.ts";
import type { Logger } from "../core/logger.ts";
import { type Command, commandId, readCommand, splitFrame, writeMeta } from "./commands.ts";
import { FrameReader, writeFrame } from "./frames.ts";
import { BrokenCommand } from "./refusal.ts";

/** What an application may ask once it has authenticated. */
export type ServedCommand = Exclude<Command, { type: "authenticate" | "ping" }>;

/** What an application reaches once it has shown the right secret. */
export interface ApplicationServer {
  /** What the answer to `authenticate` tells: SIP addresses as told to peers, version, addresses as bound. */
  readonly greeting: readonly string[];
  joined(application: ApplicationConnection): void;
  /** @throws {Refusal} the command can't be done. @throws {BrokenCommand} it can't even be understood. */
  command(application: ApplicationConnection, command: ServedCommand): void;
  left(application: ApplicationConnection): void;
}

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly ids: Ids;
  readonly log: Logger;
  /** The server behind a secret, if there is one. */
  readonly serverFor: (secret: string) => ApplicationServer | undefined;
}

/** One application's connection: frames in and out, nothing before a good `authenticate`. */
export class ApplicationConnection {
  readonly #socket: Socket;
  readonly #ids: Ids;
  readonly #log: Logger;
  readonly #serverFor: ConnectionOptions["serverFor"];
  readonly #reader = new FrameReader();
  #server: ApplicationServer | undefined;
  #closed = false;
  readonly #uncork = (): void => {
    this.#socket.uncork();
  };

  constructor(options: ConnectionOptions) {
    this.#socket = options.socket;
    this.#ids = options.ids;
    this.#log = options.log;
    this.#serverFor = options.serverFor;
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (chunk) => {
      this.#read(chunk);
    });
    this.#socket.on("error", (error) => {
      this.#log.debug({ err: error }, "application connection failed");
    });
    this.#socket.once("close", () => {
      this.#leave();
    });
  }

  /** Once true, nothing reaches the application any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Sends a message that answers nothing: `fields` follow a fresh id. */
  notify(fields: readonly string[], sip: Buffer): void {
    this.#write([this.#ids.uuid(), ...fields], sip);
  }

  /** Answers the command with that id. */
  answer(commandIdentifier: string, fields: readonly string[], sip?: Buffer): void {
    this.#write([this.#ids.uuid(), "response", commandIdentifier, ...fields], sip);
  }

  /** Sends what is still to be sent, then ends the connection. */
  end(): void {
    this.#socket.end();
    this.#leave();
  }

  /** Resolves once the socket is gone. */
  async close(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      if (this.#socket.closed) resolve();
      else this.#socket.once("close", resolve);
    });
    this.#socket.destroy();
    await gone;
  }

  #write(fields: readonly string[], sip?: Buffer): void {
    if (this.#closed) return;
    const frame = writeFrame(writeMeta(fields), sip);
    // One call into the kernel for all that is written in one turn, such as the answers to a chunk of commands.
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(this.#uncork);
    }
    this.#socket.write(frame);
  }

  #read(chunk: Buffer): void {
    try {
      for (const body of this.#reader.push(chunk)) {
        if (this.#closed) return;
        this.#obey(body);
      }
    } catch (error) {
      this.#log.debug({ err: asError(error) }, "broken frame from an application");
      this.end();
    }
  }

  #obey(body: Buffer): void {
    const content = splitFrame(body);
    try {
      this.#carryOut(readCommand(content));
    } catch (error) {
      if (error instanceof BrokenCommand) {
        this.answer(commandId(content), ["NO", error.message]);
        this.end();
        return;
      }
      if (!(error instanceof HarnessError)) this.#log.error({ err: asError(error) }, "command failed");
      this.answer(commandId(content), ["NOK", asError(error).message]);
    }
  }

  #carryOut(command: Command): void {
    if (command.type === "authenticate") {
      this.#authenticate(command.id, command.secret);
      return;
    }
    // drachtio-server answers ping and route without authentication; no drachtio-srf depends on it.
    if (!this.#server) throw new BrokenCommand("not authenticated");
    if (command.type === "ping") this.answer(command.id, ["OK", "pong"]);
    else this.#server.command(this, command);
  }

  #authenticate(id: string, secret: string): void {
    const server = this.#serverFor(secret);
    if (!server || (this.#server && this.#server !== server)) throw new BrokenCommand("incorrect secret");
    this.answer(id, ["OK", ...server.greeting]);
    if (this.#server) return;
    this.#server = server;
    server.joined(this);
  }

  #leave(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#server?.left(this);
  }
}
