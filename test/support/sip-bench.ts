import type { HarnessError } from "../../src/core/errors.ts";
import { seededIds } from "../../src/core/ids.ts";
import {
  SipEngine,
  SipRequest,
  SipResponse,
  TransportLayer,
  type Address,
  type ClientHandler,
  type ClientTransaction,
  type EngineOptions,
  type FailureReason,
  type Flow,
  type HeaderField,
  type Protocol,
  type ServerTransaction,
  type SipMessage,
  type TransactionUser,
} from "../../src/sip/index.ts";
import { FakeClock, settle } from "./fake-clock.ts";
import { memoryNetwork } from "./memory-network.ts";

const ENGINE_HOST = "192.0.2.1";
const PEER_HOST = "192.0.2.2";

/** One call of a handler, as one line. */
type Heard = string;

/** Writes down what it is told, as `at ms: what`. */
export class RecordingHandler implements ClientHandler {
  readonly heard: Heard[] = [];
  readonly responses: SipResponse[] = [];
  errors: HarnessError[] = [];
  readonly #clock: FakeClock;
  /** Called with each response. */
  onResponse: ((transaction: ClientTransaction, response: SipResponse) => void) | undefined;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  response(transaction: ClientTransaction, response: SipResponse): void {
    this.heard.push(`${this.#clock.now()}: ${response.status}`);
    this.responses.push(response);
    this.onResponse?.(transaction, response);
  }

  failed(_transaction: ClientTransaction, reason: FailureReason, error: HarnessError): void {
    this.heard.push(`${this.#clock.now()}: ${reason}`);
    this.errors.push(error);
  }
}

/** Keeps the transactions, writes down what it is told. */
export class RecordingUser implements TransactionUser {
  readonly heard: Heard[] = [];
  readonly transactions: ServerTransaction[] = [];
  readonly acks: SipRequest[] = [];
  readonly #clock: FakeClock;
  onRequest: ((transaction: ServerTransaction) => void) | undefined;
  onCancelled: ((transaction: ServerTransaction) => void) | undefined;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** The transaction of the latest request. */
  get latest(): ServerTransaction {
    const latest = this.transactions.at(-1);
    if (!latest) throw new Error("no request came");
    return latest;
  }

  request(transaction: ServerTransaction): void {
    this.#note(transaction.request.method);
    this.transactions.push(transaction);
    this.onRequest?.(transaction);
  }

  cancelled(transaction: ServerTransaction, cancel: SipRequest): void {
    this.#note(`cancelled ${cancel.cseq.method}`);
    this.onCancelled?.(transaction);
  }

  ack(ack: SipRequest, _flow: Flow, invite: ServerTransaction | undefined): void {
    this.#note(invite ? "ack" : "stray ack");
    this.acks.push(ack);
  }

  unacknowledged(): void {
    this.#note("unacknowledged");
  }

  failed(_transaction: ServerTransaction, reason: FailureReason): void {
    this.#note(reason);
  }

  #note(what: string): void {
    this.heard.push(`${this.#clock.now()}: ${what}`);
  }
}

/** The far end: sends what it is told to, answers nothing, writes down what comes. */
export class BarePeer {
  readonly address: Address;
  readonly messages: { at: number; message: SipMessage; flow: Flow; octets: Buffer }[] = [];
  readonly transport: TransportLayer;
  readonly #clock: FakeClock;

  constructor(transport: TransportLayer, clock: FakeClock) {
    const [address] = transport.addresses;
    if (!address) throw new Error("the peer listens nowhere");
    this.transport = transport;
    this.address = address;
    this.#clock = clock;
    transport.start({
      message: (message, flow) => {
        this.messages.push({ at: clock.now(), message, flow, octets: message.toOctets() });
      },
      malformed: (error) => {
        throw error;
      },
      failed: (_to, _message, error) => {
        throw error;
      },
    });
  }

  /** `method` or `status method` of everything that came. */
  get received(): string[] {
    return this.messages.map(({ message }) => nameOf(message));
  }

  /** When messages of that name came, ms. */
  times(name: string): number[] {
    return this.messages.filter(({ message }) => nameOf(message) === name).map(({ at }) => at);
  }

  /** `at ms: name` of everything that came. */
  get log(): string[] {
    return this.messages.map(({ at, message }) => `${at}: ${nameOf(message)}`);
  }

  /** The latest message of that name. */
  last(name: string): SipMessage {
    const found = this.messages.findLast(({ message }) => nameOf(message) === name);
    if (!found) throw new Error(`no ${name} came: ${this.log.join(", ")} until ${this.#clock.now()}`);
    return found.message;
  }

  request(method: string): SipRequest {
    const message = this.last(method);
    if (!(message instanceof SipRequest)) throw new Error(`${method} is no request`);
    return message;
  }

  response(name: string): SipResponse {
    const message = this.last(name);
    if (!(message instanceof SipResponse)) throw new Error(`${name} is no response`);
    return message;
  }

  /** Sends a message and lets it arrive. */
  async send(message: SipMessage | string, to: Address | Flow): Promise<void> {
    const octets = typeof message === "string" ? Buffer.from(message) : message.toOctets();
    this.transport.send(octets, undefined, to);
    await settle();
  }

  /** Answers a request that came. */
  async answer(
    request: SipRequest,
    status: number,
    options: { toTag?: string; headers?: HeaderField[] } = {},
  ): Promise<void> {
    const flow = this.messages.find(({ message }) => message === request)?.flow;
    if (!flow) throw new Error("that request did not come here");
    await this.send(SipResponse.to(request, status, { toTag: "peer", ...options }), flow);
  }
}

export interface SipBench {
  readonly clock: FakeClock;
  readonly engine: SipEngine;
  readonly user: RecordingUser;
  readonly handler: RecordingHandler;
  readonly peer: BarePeer;
  /** Where the engine is, for the peer. */
  readonly address: Address;
  /** Another peer in the place of a closed one. */
  openPeer(): Promise<BarePeer>;
  close(): Promise<void>;
}

/** An engine and a bare peer on a network in memory and a fake clock. */
export async function sipBench(
  protocol: Protocol = "udp",
  options: Partial<EngineOptions> & { refusesDatagrams?: boolean } = {},
): Promise<SipBench> {
  const clock = new FakeClock();
  const { refusesDatagrams = false, ...engineOptions } = options;
  const network = memoryNetwork(clock, { refusesDatagrams });
  const user = new RecordingUser(clock);
  const listen = [{ protocol, host: ENGINE_HOST, port: 5060 }];
  const engine = await SipEngine.open({ listen, clock, ids: seededIds("bench"), network, ...engineOptions }, user);
  const openPeer = async (): Promise<BarePeer> => {
    const place = { protocol, host: PEER_HOST, port: 5060 };
    return new BarePeer(await TransportLayer.open({ listen: [place], clock, network }), clock);
  };
  const peer = await openPeer();
  return {
    clock,
    engine,
    user,
    handler: new RecordingHandler(clock),
    peer,
    address: { protocol, host: ENGINE_HOST, port: 5060 },
    openPeer,
    async close() {
      await Promise.all([engine.close(), peer.transport.close()]);
    },
  };
}

/** A request of the engine's side, for `engine.send`. */
export function outgoing(method: string, headers: HeaderField[] = []): SipRequest {
  return SipRequest.create({
    method,
    requestUri: `sip:bob@${PEER_HOST}`,
    headers: [
      ["From", "<sip:alice@example.com>;tag=alice"],
      ["To", "<sip:bob@example.com>"],
      ["Call-ID", "call-1"],
      ["CSeq", `7 ${method}`],
      ["Contact", "<sip:alice@192.0.2.1>"],
      ...headers,
    ],
  });
}

export interface IncomingOptions {
  readonly branch?: string;
  readonly cseq?: number;
  /** Whole Via value; default: one made of `protocol` and `branch`. */
  readonly via?: string;
  readonly protocol?: Protocol;
  readonly toTag?: string;
  readonly fromTag?: string;
  readonly callId?: string;
  readonly headers?: HeaderField[];
}

/** A request of the peer's side. */
export function incoming(method: string, options: IncomingOptions = {}): SipRequest {
  const { branch = "z9hG4bKpeer", cseq = 3, protocol = "udp", toTag, fromTag = "bob", callId = "call-2" } = options;
  const via = options.via ?? `SIP/2.0/${protocol.toUpperCase()} ${PEER_HOST};branch=${branch};rport`;
  return SipRequest.create({
    method,
    requestUri: `sip:alice@${ENGINE_HOST}`,
    headers: [
      ["Via", via],
      ["Max-Forwards", "70"],
      ["From", `<sip:bob@example.com>;tag=${fromTag}`],
      ["To", `<sip:alice@example.com>${toTag === undefined ? "" : `;tag=${toTag}`}`],
      ["Call-ID", callId],
      ["CSeq", `${cseq} ${method}`],
      ["Contact", `<sip:bob@${PEER_HOST}>`],
      ...(options.headers ?? []),
    ],
  });
}

/** `INVITE`, or `200 INVITE`. */
function nameOf(message: SipMessage): string {
  if (message instanceof SipRequest) return message.method;
  return message instanceof SipResponse ? `${message.status} ${message.cseq.method}` : "?";
}
