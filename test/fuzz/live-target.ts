import { createSocket, type Socket } from "node:dgram";
import { connect, type Socket as Stream } from "node:net";
import { pino } from "pino";
import { randomIds } from "../../src/core/ids.ts";
import { delay } from "../../src/core/clock.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { LIMITS, SipEngine, type Address, type Protocol } from "../../src/sip/index.ts";
import { OrdinaryUa } from "../support/ordinary-ua.ts";
import type { MessageCase } from "./cases.ts";
import { Caller } from "./caller.ts";
import { Dice } from "./dice.ts";
import { fencedNetwork, placeOf } from "./fenced-network.ts";

/** Short, so that transactions end while the fuzzer runs: 64*T1 is 1.3 s. */
const TIMERS = { t1: 20, t2: 80, t4: 80 };
/** Until when a connection has to be broken off that brings a head without end. */
const ENDLESS_MS = 2000;
const MOST_SEGMENTS = 400;
/** What goes over a stream in one piece behind its case, before the connection is gone. */
const ENDLESS_CHUNK = Buffer.from("X-Endless: header\r\n".repeat(500));
const VALID = [
  "OPTIONS sip:ua@127.0.0.1 SIP/2.0",
  "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKvalid;rport",
  "Max-Forwards: 70",
  "From: <sip:v@127.0.0.1>;tag=v",
  "To: <sip:ua@127.0.0.1>",
  "Call-ID: valid",
  "CSeq: 1 OPTIONS",
  "Content-Length: 0",
  "\r\n",
].join("\r\n");

/** An endpoint with an ordinary user, on UDP and TCP of loopback, that takes whatever is sent to it. */
export class LiveTarget {
  /** What the endpoint's log says went wrong in its user; empty for a sound one. */
  readonly complaints: string[];
  readonly #engine: SipEngine;
  readonly #caller: Caller;
  readonly #socket: Socket;

  static async open(): Promise<LiveTarget> {
    const caller = await Caller.open();
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    const reachable = new Set([...caller.addresses, { host: "127.0.0.1", port: socket.address().port }].map(placeOf));
    const complaints: string[] = [];
    const log = pino({ level: "error" }, { write: (line) => complaints.push(line) });
    const ua = new OrdinaryUa();
    const listen = (["udp", "tcp"] as const).map((protocol) => ({ protocol, host: "127.0.0.1", port: 0 }));
    const network = fencedNetwork(reachable);
    const engine = await SipEngine.open(
      { listen, clock: systemClock, ids: randomIds(), network, timers: TIMERS, log },
      ua,
    );
    ua.engine = engine;
    return new LiveTarget(engine, caller, socket, complaints);
  }

  private constructor(engine: SipEngine, caller: Caller, socket: Socket, complaints: string[]) {
    this.#engine = engine;
    this.#caller = caller;
    this.#socket = socket;
    this.complaints = complaints;
  }

  /** Transactions that have not ended yet: 0 some 64*T1 after the last message. */
  get transactions(): number {
    return this.#engine.transactionCount;
  }

  /** Sends what the case says, in the way it says; resolves once the endpoint has had the time to read it. */
  async deliver({ messages, delivery, index }: MessageCase): Promise<void> {
    if (delivery === "datagram") {
      for (const message of messages) await this.#datagram(message);
      return;
    }
    const stream = await open(this.#address("tcp"));
    const dice = new Dice(`delivery ${index}`);
    const octets = Buffer.concat(messages);
    if (delivery === "whole") await write(stream, octets);
    else if (delivery === "coalesced")
      await write(stream, Buffer.concat([Buffer.from(VALID), octets, Buffer.from(VALID)]));
    else if (delivery === "endless") await this.#endless(stream, octets);
    else if (delivery === "dribbled") await inSegments(stream, octets, () => 1);
    else if (delivery === "split") await inSegments(stream, octets, () => dice.between(1, 1500));
    else await write(stream, octets.subarray(0, dice.below(octets.length)));
    // A connection that ends in order is kept half open for 64*T1 of a usual endpoint: not all of them, that is much.
    if (delivery === "whole") stream.destroy();
    else stream.resetAndDestroy();
  }

  /** A valid call over each transport. */
  async call(): Promise<void> {
    for (const address of this.#engine.addresses) await this.#caller.call(address);
  }

  async close(): Promise<void> {
    this.#socket.close();
    await Promise.all([this.#engine.close(), this.#caller.close()]);
  }

  async #datagram(octets: Buffer): Promise<void> {
    const { host, port } = this.#address("udp");
    await new Promise<void>((resolve) => {
      // What is too long for a datagram the kernel refuses: the end of that case.
      this.#socket.send(octets, port, host, () => {
        resolve();
      });
    });
    await turns(1);
  }

  /** A head that never ends: the endpoint has to break the connection off, soon after its limit. */
  async #endless(stream: Stream, octets: Buffer): Promise<void> {
    const head = octets.subarray(0, Math.max(0, octets.indexOf("\r\n\r\n")));
    const ended = new Promise<boolean>((resolve) => {
      for (const event of ["end", "close"])
        stream.once(event, () => {
          resolve(true);
        });
    });
    await write(stream, head.length > 0 ? Buffer.concat([head, Buffer.from("\r\n")]) : Buffer.from(VALID.slice(0, 40)));
    for (let sent = 0; sent <= LIMITS.headOctets; sent += ENDLESS_CHUNK.length) await write(stream, ENDLESS_CHUNK);
    const patience = new AbortController();
    const late = delay(systemClock, ENDLESS_MS, patience.signal).then(() => false);
    const broken = await Promise.race([ended, late]);
    patience.abort();
    if (!broken) throw new Error("the endpoint goes on reading a head that never ends");
  }

  #address(protocol: Protocol): Address {
    const address = this.#engine.addresses.find((one) => one.protocol === protocol);
    if (!address) throw new Error(`the endpoint does not listen on ${protocol}`);
    return address;
  }
}

async function open({ host, port }: Address): Promise<Stream> {
  const stream = connect({ host, port, noDelay: true });
  stream.on("error", () => undefined).resume();
  await new Promise((resolve, reject) => stream.once("connect", resolve).once("error", reject));
  return stream;
}

/** A broken pipe is an answer too: the endpoint had enough. */
async function write(stream: Stream, octets: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.write(octets, () => {
      resolve();
    });
  });
  await turns(2 + octets.length / 65_536);
}

async function inSegments(stream: Stream, octets: Buffer, next: () => number): Promise<void> {
  let at = 0;
  for (let count = 0; at < octets.length && count < MOST_SEGMENTS; count += 1) {
    const end = at + next();
    await write(stream, octets.subarray(at, end));
    at = end;
  }
  if (at < octets.length) await write(stream, octets.subarray(at));
}

/** Lets the event loop go round, so that the endpoint, in this process too, can read. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
