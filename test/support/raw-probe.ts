import { createSocket, type Socket } from "node:dgram";
import { connect, type Socket as Stream } from "node:net";
import { parseMessage, SipRequest, SipResponse, type Address } from "../../src/sip/index.ts";
import { settle } from "./fake-clock.ts";

/** How long a live endpoint may take on a busy machine before we say that it is dead. */
const ANSWER_MS = 5000;
const DEFAULT_PORT = 5060;

/** What came back for some octets. */
export interface Reaction {
  readonly responses: readonly SipResponse[];
  /** The peer ended the stream; false over UDP. */
  readonly closed: boolean;
}

const FENCE = "fence-";

let fences = 0;

/** Whether it is one of the valid requests that go behind what is probed with. */
export function isFence(request: SipRequest): boolean {
  return request.callId.startsWith(FENCE);
}

/** A request that every living user agent answers 200. */
function fence(via: string): SipRequest {
  fences += 1;
  return SipRequest.create({
    method: "OPTIONS",
    requestUri: "sip:ua@127.0.0.1",
    headers: [
      ["Via", `${via};branch=z9hG4bKfence${fences};rport`],
      ["Max-Forwards", "70"],
      ["From", "<sip:fence@127.0.0.1>;tag=fence"],
      ["To", "<sip:ua@127.0.0.1>"],
      ["Call-ID", `${FENCE}${fences}`],
      ["CSeq", "1 OPTIONS"],
    ],
  });
}

/** Splits what came into the answer to the fence and everything else. */
class Answers {
  readonly responses: SipResponse[] = [];
  readonly #callId: string;
  readonly answered: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor(request: SipRequest) {
    this.#callId = request.callId;
    this.answered = new Promise((resolve) => (this.#resolve = resolve));
  }

  take(octets: Buffer): void {
    const message = parseMessage(octets);
    if (!(message instanceof SipResponse)) return;
    if (message.has("Call-ID") && message.callId === this.#callId) this.#resolve();
    else this.responses.push(message);
  }
}

/**
 * Sends octets as one datagram and then a valid OPTIONS; resolves once that is answered. Answers to the octets are
 * heard wherever their Via may send them: the default port and every port that they mention, on the address `from`,
 * which therefore has to be a loopback address that nobody else uses.
 * @throws when the OPTIONS is not answered: the endpoint is dead.
 */
export async function probeDatagram(octets: Buffer, to: Address, from: string): Promise<Reaction> {
  const request = fence(`SIP/2.0/UDP ${from}`);
  const answers = new Answers(request);
  const sockets = await Promise.all([0, ...portsIn(octets)].map((port) => listen(from, port)));
  for (const socket of sockets) {
    socket?.on("message", (datagram) => {
      answers.take(datagram);
    });
  }
  try {
    sockets[0]?.send(octets, to.port, to.host);
    sockets[0]?.send(request.toOctets(), to.port, to.host);
    await inTime(answers.answered, "the OPTIONS behind the datagram");
    await settle(); // what was sent before the answer lies in the other sockets' queues
    return { responses: answers.responses, closed: false };
  } finally {
    for (const socket of sockets) socket?.close();
  }
}

/**
 * Sends octets over a connection of their own, then a valid OPTIONS over another one; resolves once that is answered.
 * @throws when the OPTIONS is not answered.
 */
export async function probeStream(octets: Buffer, to: Address): Promise<Reaction> {
  const first = await Line.open(to);
  const second = await Line.open(to);
  try {
    first.stream.write(octets);
    const behind = fence("SIP/2.0/TCP 127.0.0.1");
    first.stream.write(behind.toOctets());
    await Promise.race([first.hears(behind.callId), first.ended]);
    const request = fence("SIP/2.0/TCP 127.0.0.1");
    second.stream.write(request.toOctets());
    await inTime(second.hears(request.callId), "the OPTIONS on another connection");
    const responses = first.responses().filter((response) => response.get("Call-ID") !== behind.callId);
    return { responses, closed: first.hasEnded };
  } finally {
    first.stream.destroy();
    second.stream.destroy();
  }
}

/** A connection, and what came over it. */
class Line {
  readonly stream: Stream;
  readonly ended: Promise<void>;
  hasEnded = false;
  #text = "";

  static async open(to: Address): Promise<Line> {
    const stream = connect({ host: to.host, port: to.port, allowHalfOpen: true });
    await new Promise((resolve, reject) => stream.once("connect", resolve).once("error", reject));
    return new Line(stream);
  }

  private constructor(stream: Stream) {
    this.stream = stream;
    stream.on("data", (octets: Buffer) => (this.#text += octets.toString("latin1")));
    stream.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      stream.on("end", () => {
        this.hasEnded = true;
        resolve();
      });
    });
  }

  async hears(text: string): Promise<void> {
    while (!this.#text.includes(text)) await new Promise((resolve) => this.stream.once("data", resolve));
  }

  responses(): SipResponse[] {
    const texts = this.#text.split(/(?=^SIP\/2\.0 )/m);
    return texts.filter((text) => text !== "").map((text) => parseMessage(Buffer.from(text, "latin1")) as SipResponse);
  }
}

function portsIn(octets: Buffer): Set<number> {
  const mentioned = [...octets.toString("latin1").matchAll(/:(\d{4,5})\b/g)].map(([, digits]) => Number(digits));
  return new Set([DEFAULT_PORT, ...mentioned.filter((port) => port > 1023 && port < 65_536)]);
}

/** Undefined where the port can't be had. */
async function listen(host: string, port: number): Promise<Socket | undefined> {
  const socket = createSocket("udp4");
  return await new Promise((resolve) => {
    socket.once("error", () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind(port, host, () => {
      resolve(socket);
    });
  });
}

async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(new Error(`${what} was not answered within ${ANSWER_MS} ms`));
    });
  });
  return await Promise.race([promise, late]);
}
