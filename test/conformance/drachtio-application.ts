import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { randomUUID } from "node:crypto";
import Srf from "drachtio-srf";
import { Inbox } from "../../src/core/inbox.ts";
import { systemClock } from "../../src/core/system-clock.ts";

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

const WAIT_MS = 3000;

/** What the tests use of drachtio-srf; its own declarations leave most of it out. */
export interface SrfMessage {
  readonly method: string;
  readonly status: number;
  readonly reason: string;
  readonly body: string;
  readonly raw: string;
  readonly uri: string;
  readonly source: string;
  readonly source_address: string;
  readonly source_port: number;
  readonly protocol: string;
  readonly stackTxnId: string;
  readonly stackDialogId: string;
  readonly receivedOn?: string;
  get(name: string): string;
  has(name: string): boolean;
}

export type Acknowledge = (options?: { body?: string; headers?: Record<string, string> }) => void;

export interface SrfRequest extends SrfMessage {
  cancel(callback?: (error: Error | null, cancel: SrfMessage) => void): void;
  on(event: "response", listener: (response: SrfMessage, acknowledge: Acknowledge) => void): this;
  on(event: "cancel", listener: (cancel: SrfMessage) => void): this;
  on(event: "update", listener: (update: SrfRequest, response: SrfResponse) => void): this;
}

export interface SrfResponse extends SrfMessage {
  send(
    status: number,
    reasonOrOptions?: string | object,
    optionsOrCallback?: object | ((error: string | null, sent: SrfMessage) => void),
    callback?: ((error: string | null, sent: SrfMessage) => void) | ((ack: SrfMessage) => void),
    onAck?: (ack: SrfMessage) => void,
  ): void;
}

export interface SrfDialog {
  readonly id: string;
  readonly sip: { callId: string; localTag: string; remoteTag: string };
  readonly local: { sdp: string };
  readonly remote: { sdp: string };
  request(options: { method: string; headers?: Record<string, string>; body?: string }): Promise<SrfMessage>;
  modify(sdp: string): Promise<string>;
  destroy(): Promise<SrfMessage>;
  on(event: string, listener: (request: SrfRequest, response: SrfResponse) => void): this;
  on(event: "destroy", listener: (request: SrfRequest, reason: string) => void): this;
}

export type Handler = (request: SrfRequest, response: SrfResponse, next: () => void) => void;

export interface SrfApplication {
  connect(options: ConnectOptions): void;
  disconnect(): void;
  on(event: "connect", listener: (error: Error | null, told: string, version: string, bound: string) => void): this;
  on(event: "error" | "reconnecting", listener: (error: Error) => void): this;
  use(verb: string, handler: Handler): void;
  request(
    uri: string,
    options: object,
    callback: (error: (Error & { code?: string }) | null, sent: SrfRequest) => void,
  ): void;
  createUAC(uri: string, options: object, progress?: object): Promise<SrfDialog>;
  createB2BUA(
    request: SrfRequest,
    response: SrfResponse,
    uri: string,
    options: object,
  ): Promise<{ uas: SrfDialog; uac: SrfDialog }>;
  createUAS(request: SrfRequest, response: SrfResponse, options: object): Promise<SrfDialog>;
}

/** A connected drachtio-srf with its handlers set before it connects. */
export async function openApplication(
  options: ConnectOptions,
  handlers: Record<string, Handler> = {},
): Promise<SrfApplication> {
  const application = new Srf() as unknown as SrfApplication;
  for (const [verb, handler] of Object.entries(handlers)) application.use(verb, handler);
  await new Promise<void>((resolve, reject) => {
    application.on("connect", (error) => {
      if (error) reject(error);
      else resolve();
    });
    application.on("error", reject);
    application.connect(options);
  });
  return application;
}

export interface Taken {
  readonly request: SrfRequest;
  readonly response: SrfResponse;
}

/** A handler that keeps what it gets, for the test to answer. */
export function keeping(): { handler: Handler; next: () => Promise<Taken>; pending: () => number } {
  const inbox = new Inbox<Taken>(systemClock);
  return {
    handler: (request, response) => {
      inbox.put({ request, response });
    },
    next: () => inbox.take({ timeoutMs: 3000, description: "the application waited for a request" }),
    pending: () => inbox.pending.length,
  };
}

/** Sends a response and resolves with what the server says it sent; rejects with its refusal. */
export function send(response: SrfResponse, status: number, options: object = {}): Promise<SrfMessage> {
  return new Promise((resolve, reject) => {
    response.send(status, options, (error: string | null, sent: SrfMessage) => {
      if (error === null) resolve(sent);
      else reject(new Error(error));
    });
  });
}

export interface Answer {
  readonly response: SrfMessage;
  readonly acknowledge: Acknowledge;
}

/** A request sent by the callback form of `srf.request`, with every response that came. */
export class Exchange {
  readonly sent: SrfRequest;
  readonly #answers = new Inbox<Answer>(systemClock);

  static send(application: SrfApplication, uri: string, options: object): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      application.request(uri, options, (error, sent) => {
        if (error) reject(error);
        else resolve(new Exchange(sent));
      });
    });
  }

  private constructor(sent: SrfRequest) {
    this.sent = sent;
    sent.on("response", (response, acknowledge) => {
      this.#answers.put({ response, acknowledge });
    });
  }

  /** The next response that no test has looked at. */
  next(): Promise<Answer> {
    return this.#answers.take({ timeoutMs: WAIT_MS, description: `${this.sent.method} waited for a response` });
  }
}

/** An application that speaks the wire protocol by hand. */
export class RawApplication {
  readonly #socket: Socket;
  readonly #frames = new Inbox<string[]>(systemClock);
  #buffer = Buffer.alloc(0);
  readonly closed: Promise<unknown>;

  static async open({ host, port }: ConnectOptions): Promise<RawApplication> {
    const socket = connect(port, host);
    await once(socket, "connect");
    return new RawApplication(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = once(socket, "close");
    socket.on("data", (chunk) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#cut();
    });
  }

  async authenticate(secret: string): Promise<string[]> {
    return await this.ask(`authenticate|${secret}|`);
  }

  /** Sends a command and resolves with the fields of its answer that follow the id it names. */
  async ask(command: string): Promise<string[]> {
    const id = randomUUID();
    this.write(RawApplication.frame(`${id}|${command}`));
    const frame = await this.#frames.take(
      { timeoutMs: WAIT_MS, description: `an answer to ${command}` },
      ([, type, of]) => type === "response" && of === id,
    );
    return frame.slice(3);
  }

  /** Fields of the next frame that is no answer. */
  async notified(): Promise<string[]> {
    return await this.#frames.take({ timeoutMs: WAIT_MS, description: "a frame" }, ([, type]) => type !== "response");
  }

  static frame(body: string): Buffer {
    return Buffer.from(`${Buffer.byteLength(body)}#${body}`);
  }

  write(octets: Buffer): void {
    this.#socket.write(octets);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Fields of the meta line, with the SIP text as one more field behind them. */
  #cut(): void {
    for (;;) {
      const hash = this.#buffer.indexOf("#");
      if (hash < 0) return;
      const end = hash + 1 + Number(this.#buffer.toString("latin1", 0, hash));
      if (this.#buffer.length < end) return;
      const [meta = "", ...sip] = this.#buffer.toString("utf8", hash + 1, end).split("\r\n");
      this.#buffer = this.#buffer.subarray(end);
      this.#frames.put([...meta.split("|"), ...(sip.length > 0 ? [sip.join("\r\n")] : [])]);
    }
  }
}
