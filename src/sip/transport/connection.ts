import { TransportError } from "../../core/errors.ts";
import type { SipMessage, SipParseError } from "../message/index.ts";
import { formatAddress, hostPort, type Address, type Flow } from "./address.ts";
import { showTap, type TransportContext } from "./context.ts";
import { connectionFailure, sendFailure } from "./failures.ts";
import type { StreamConnection } from "./network.ts";
import type { Reception } from "./reception.ts";
import { StreamFramer } from "./stream-framer.ts";
import { STREAM_LIMITS } from "./stream-limits.ts";
import type { TapNote } from "./tap.ts";

/** Something to send over a connection, with what its failure report needs. */
export interface Outgoing {
  readonly octets: Buffer;
  readonly message: SipMessage | undefined;
  readonly to: Address | Flow;
  readonly notes: readonly TapNote[];
}

/** What a connection tells the pool it lives in. */
export interface ConnectionOwner {
  /** It takes nothing new any more; answers to what came over it may still go out. */
  retired(connection: Connection): void;
  closed(connection: Connection): void;
}

export interface ConnectionParts {
  readonly context: TransportContext;
  readonly reception: Reception;
  readonly owner: ConnectionOwner;
  readonly stream: StreamConnection;
  /** Counts the connections of an endpoint. */
  readonly number: number;
  /** Where it leads, as the pool finds it. */
  readonly key: string;
  /** The peer opened it, so the peer has to say something. */
  readonly accepted: boolean;
}

const PING = Buffer.from("\r\n\r\n");
const PONG = Buffer.from("\r\n");

/** An open stream to a peer: cuts what comes into messages, answers pings, knows its age. */
export class Connection {
  readonly flow: Flow;
  readonly number: number;
  readonly key: string;
  readonly #context: TransportContext;
  readonly #reception: Reception;
  readonly #owner: ConnectionOwner;
  readonly #stream: StreamConnection;
  readonly #framer: StreamFramer;
  #writable = true;
  #silent: boolean;
  #activeAt: number;
  /** When the message began that is still coming in. */
  #messageSince: number | undefined;
  /** When the first of the two sides closed. */
  #retiredAt: number | undefined;
  #failure: TransportError | undefined;

  constructor(parts: ConnectionParts) {
    const { local, remote } = parts.stream;
    this.flow = { protocol: remote.protocol, local, remote, connection: parts.number };
    this.number = parts.number;
    this.key = parts.key;
    this.#context = parts.context;
    this.#reception = parts.reception;
    this.#owner = parts.owner;
    this.#stream = parts.stream;
    this.#silent = parts.accepted;
    this.#activeAt = parts.context.clock.now();
    this.#framer = new StreamFramer({
      message: (octets) => {
        this.#heard();
        this.#reception.streamMessage(octets, this.flow);
      },
      ping: () => {
        this.#heard();
        this.#reception.keepalive(PING, this.flow);
        this.send({ octets: PONG, message: undefined, to: this.flow, notes: ["keepalive"] });
      },
      broken: (error, octets) => {
        this.#broken(error, octets);
      },
    });
  }

  /** Whether something can be sent over it. */
  get writable(): boolean {
    return this.#writable;
  }

  start(): void {
    this.#stream.start({
      received: (octets) => {
        this.#framer.push(octets);
        if (!this.#framer.midMessage) this.#messageSince = undefined;
        else this.#messageSince ??= this.#context.clock.now();
      },
      ended: () => {
        this.#framer.finish();
        this.#retire();
      },
      closed: (error) => {
        this.#closed(error);
      },
    });
  }

  send(outgoing: Outgoing): void {
    const { octets, message, to, notes } = outgoing;
    if (this.#stream.unsentOctets > STREAM_LIMITS.unsentOctets) this.expire("does not read what is sent to it");
    if (!this.#writable) {
      const failure = this.#failure ?? sendFailure(new Error("the connection is closed"), to);
      queueMicrotask(() => {
        this.#context.handler.failed(to, message, failure);
      });
      return;
    }
    const context = this.#context;
    context.counters.sent += 1;
    this.#activeAt = context.clock.now();
    if (context.tap) showTap(context, "sent", this.flow, octets, message, notes);
    this.#stream.write(octets, (error) => {
      if (error) context.handler.failed(to, message, this.#failure ?? sendFailure(error, to));
    });
  }

  /** Why it has no right to live on at `now`, or undefined. */
  overdue(now: number): string | undefined {
    if (this.#retiredAt !== undefined) {
      return now - this.#retiredAt > STREAM_LIMITS.halfClosedMs ? "stayed half closed" : undefined;
    }
    if (this.#messageSince !== undefined && now - this.#messageSince > STREAM_LIMITS.messageMs) {
      return "did not finish a message";
    }
    if (this.#silent && now - this.#activeAt > STREAM_LIMITS.firstMessageMs) return "brought no message";
    return now - this.#activeAt > STREAM_LIMITS.idleMs ? "was idle" : undefined;
  }

  /** Gives it up at once. */
  expire(reason: string): void {
    const { local, remote } = this.flow;
    this.#failure ??= new TransportError(
      `The connection ${hostPort(local)} to ${formatAddress(remote)} was given up: the peer ${reason}.`,
      { code: "ERR_CONNECTION_GIVEN_UP", details: { protocol: remote.protocol, host: remote.host, port: remote.port } },
    );
    this.#retire();
    this.#writable = false;
    this.#stream.destroy();
  }

  /** Closes once everything is written. */
  close(): void {
    this.#retire();
    this.#writable = false;
    this.#stream.close();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  #heard(): void {
    this.#silent = false;
    this.#messageSince = undefined;
    this.#activeAt = this.#context.clock.now();
  }

  /** Nothing more can be read: the handler may answer, then our side ends. What the peer still sends is read and lost. */
  #broken(error: SipParseError, octets: Buffer): void {
    this.#reception.streamBroken(error, octets, this.flow);
    this.#retire();
    this.#writable = false;
    this.#stream.end();
  }

  #retire(): void {
    this.#retiredAt ??= this.#context.clock.now();
    this.#owner.retired(this);
  }

  #closed(error: Error | undefined): void {
    this.#writable = false;
    if (error) this.#failure ??= connectionFailure(error, this.flow);
    this.#owner.closed(this);
    this.#context.handler.closed?.(this.flow, this.#failure);
  }
}
