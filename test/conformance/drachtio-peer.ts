import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { Inbox } from "../../src/core/inbox.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { type HeaderField, parseMessage, SipRequest, SipResponse } from "../../src/sip/message/index.ts";

export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

const WAIT_MS = 3000;

let counter = 0;

/** A name that no other test of this run uses. */
export function unique(prefix: string): string {
  counter += 1;
  return `${prefix}-${process.pid}-${counter}`;
}

/** A SIP peer on UDP that does only what a test tells it to: no transactions, no copies, no automatic answers. */
export class SipPeer {
  readonly #socket: Socket;
  readonly #inbox = new Inbox<SipRequest | SipResponse>(systemClock);
  /** Everything that arrived, in order, copies too. */
  readonly arrived: (SipRequest | SipResponse)[] = [];

  static async open(): Promise<SipPeer> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new SipPeer(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (octets) => {
      const message = parseMessage(octets);
      this.arrived.push(message);
      this.#inbox.put(message);
    });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** URI at which this peer is reached. */
  uri(user = "peer"): string {
    return `sip:${user}@127.0.0.1:${this.port}`;
  }

  /** The oldest request of that method that no test has looked at. */
  async request(method: string): Promise<SipRequest> {
    const options = { timeoutMs: WAIT_MS, description: `the peer waited for ${method}` };
    return (await this.#inbox.take(options, (m) => m.kind === "request" && m.method === method)) as SipRequest;
  }

  /** The oldest response with that status to a request of that method that no test has looked at. */
  async response(status: number, method: string): Promise<SipResponse> {
    const options = { timeoutMs: WAIT_MS, description: `the peer waited for ${status} to ${method}` };
    const fits = (m: SipRequest | SipResponse): boolean =>
      m.kind === "response" && m.status === status && m.cseq.method === method;
    return (await this.#inbox.take(options, fits)) as SipResponse;
  }

  /** Answers a request, to where its Via says. */
  answer(
    request: SipRequest,
    status: number,
    options: { toTag?: string; headers?: HeaderField[]; body?: string; reason?: string } = {},
  ): SipResponse {
    const response = SipResponse.to(request, status, options);
    const { host, port, rport } = request.topVia;
    this.send(response, { host, port: typeof rport === "number" ? rport : (port ?? 5060) });
    return response;
  }

  /** Answers 200 with Contact. */
  accept(request: SipRequest, toTag: string, headers: HeaderField[] = [], body = ""): SipResponse {
    const type: HeaderField[] = body === "" ? [] : [["Content-Type", "application/sdp"]];
    return this.answer(request, 200, { toTag, headers: [["Contact", `<${this.uri()}>`], ...type, ...headers], body });
  }

  /** A request outside dialogs to `to`, not sent yet. */
  newRequest(
    method: string,
    to: SocketAddress,
    headers: HeaderField[] = [],
    body = "",
    requestUri = `sip:svc@${to.host}:${to.port}`,
  ): SipRequest {
    const given = new Set(headers.map(([name]) => name));
    const defaults: HeaderField[] = [
      ["Via", this.via()],
      ["Max-Forwards", "70"],
      ["From", `<${this.uri()}>;tag=${unique("ft")}`],
      ["To", `<sip:svc@${to.host}:${to.port}>`],
      ["Call-ID", unique("call")],
      ["CSeq", `1 ${method}`],
      ["Contact", `<${this.uri()}>`],
    ];
    return SipRequest.create({
      method,
      requestUri,
      headers: [...defaults.filter(([name]) => !given.has(name)), ...headers],
      body,
    });
  }

  /** A request in the dialog that `response` to our `request` made, not sent yet. */
  inDialog(
    method: string,
    {
      request,
      response,
      cseq,
      headers = [],
    }: { request: SipRequest; response: SipResponse; cseq: number; headers?: HeaderField[] },
    body = "",
  ): SipRequest {
    const contact = response.contacts;
    if (contact === "*" || !contact[0]) throw new Error("the response has no Contact");
    return SipRequest.create({
      method,
      requestUri: contact[0].uriText,
      headers: [
        ["Via", this.via()],
        ["Max-Forwards", "70"],
        ["From", request.get("From") ?? ""],
        ["To", response.get("To") ?? ""],
        ["Call-ID", request.callId],
        ["CSeq", `${cseq} ${method}`],
        ["Contact", `<${this.uri()}>`],
        ...headers,
      ],
      body,
    });
  }

  /** A request in the dialog that our `response` to their `request` made, not sent yet. */
  back(
    method: string,
    request: SipRequest,
    response: SipResponse,
    cseq: number,
    headers: HeaderField[] = [],
  ): SipRequest {
    const contact = request.contacts;
    return SipRequest.create({
      method,
      requestUri: contact !== "*" && contact[0] ? contact[0].uriText : request.from.uriText,
      headers: [
        ["Via", this.via()],
        ["Max-Forwards", "70"],
        ["From", response.get("To") ?? ""],
        ["To", request.get("From") ?? ""],
        ["Call-ID", request.callId],
        ["CSeq", `${cseq} ${method}`],
        ["Contact", `<${this.uri()}>`],
        ...headers,
      ],
    });
  }

  via(branch = unique("z9hG4bK")): string {
    return `SIP/2.0/UDP 127.0.0.1:${this.port};branch=${branch};rport`;
  }

  send(message: SipRequest | SipResponse | string, to: SocketAddress): void {
    const octets = typeof message === "string" ? Buffer.from(message) : message.toOctets();
    this.#socket.send(octets, to.port, to.host);
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }
}
