import { seededIds, type Ids } from "../../../src/core/ids.ts";
import { parseSdp, type SessionDescription } from "../../../src/sdp/index.ts";
import { Dialog } from "../../../src/sip/dialog/index.ts";
import { SipEngine } from "../../../src/sip/engine.ts";
import {
  answerChallenge,
  formatCredentials,
  parseChallenge,
  SipRequest,
  SipResponse,
  type HeaderField,
} from "../../../src/sip/message/index.ts";
import type { ClientTransaction, ServerTransaction } from "../../../src/sip/transaction/index.ts";
import type { Network, Protocol } from "../../../src/sip/transport/index.ts";
import { settle, type FakeClock } from "../../support/fake-clock.ts";

export interface World {
  readonly network: Network;
  readonly clock: FakeClock;
  /** Host and port of the call manager. */
  readonly target: { readonly host: string; readonly port: number };
}

export interface RawPhoneOptions {
  readonly number: string;
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly protocol?: Protocol;
}

export interface RequestOptions {
  readonly to?: string;
  readonly from?: string;
  readonly requestUri?: string;
  readonly headers?: readonly HeaderField[];
  readonly body?: string;
  /** `false`: a 401 is the result. */
  readonly authenticate?: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly contact?: string | null;
  readonly callId?: string;
  readonly cseq?: number;
}

/** What a phone sent and what came back. */
export class Exchange {
  readonly responses: SipResponse[] = [];
  request!: SipRequest;
  transaction!: ClientTransaction;
  failure: string | undefined;

  get statuses(): number[] {
    return this.responses.map(({ status }) => status);
  }

  get final(): SipResponse {
    const final = this.responses.findLast(({ isFinal }) => isFinal);
    if (!final) throw new Error(`no final response, but ${this.statuses.join(", ")}`);
    return final;
  }
}

/** A phone that does just what a test says: a bare engine with a memory of what arrived. */
export class RawPhone {
  readonly options: RawPhoneOptions;
  readonly engine: SipEngine;
  readonly acks: SipRequest[] = [];
  readonly cancels: SipRequest[] = [];
  readonly #world: World;
  readonly #ids: Ids;
  readonly #inbox: ServerTransaction[];
  #cseq = 0;

  static async open(world: World, options: RawPhoneOptions): Promise<RawPhone> {
    const inbox: ServerTransaction[] = [];
    const acks: SipRequest[] = [];
    const cancels: SipRequest[] = [];
    const { protocol = "udp", host } = options;
    const ids = seededIds(`phone ${options.number} ${host}`);
    const engine = await SipEngine.open(
      { listen: [{ protocol, host, port: 5062 }], clock: world.clock, ids, network: world.network },
      {
        request: (transaction) => void inbox.push(transaction),
        ack: (ack) => void acks.push(ack),
        cancelled: (transaction, cancel) => {
          cancels.push(cancel);
          transaction.respond(SipResponse.to(transaction.request, 487));
        },
      },
    );
    return new RawPhone(world, options, { engine, ids, inbox, acks, cancels });
  }

  private constructor(
    world: World,
    options: RawPhoneOptions,
    parts: Pick<RawPhone, "engine" | "acks" | "cancels"> & { ids: Ids; inbox: ServerTransaction[] },
  ) {
    this.#world = world;
    this.options = options;
    this.engine = parts.engine;
    this.acks = parts.acks;
    this.cancels = parts.cancels;
    this.#ids = parts.ids;
    this.#inbox = parts.inbox;
  }

  get contact(): string {
    return `<${this.engine.contactUri(this.options.number, this.options.protocol ?? "udp")}>`;
  }

  uri(number: string): string {
    return `sip:${number}@${this.#world.target.host}`;
  }

  /** Sends a request outside a dialog; answers one 401 unless told not to. */
  async send(method: string, options: RequestOptions = {}): Promise<Exchange> {
    const { host } = this.#world.target;
    const callId = options.callId ?? this.#ids.callId();
    const { contact = this.contact, from = this.uri(this.options.number) } = options;
    const to = options.to ?? from;
    const build = (extra: readonly HeaderField[]): SipRequest =>
      SipRequest.create({
        method,
        requestUri: options.requestUri ?? (method === "REGISTER" ? `sip:${host}` : to),
        headers: [
          ["From", `<${from}>;tag=${this.#ids.tag()}`],
          ["To", `<${to}>`],
          ["Call-ID", callId],
          ["CSeq", `${options.cseq ?? (this.#cseq += 1)} ${method}`],
          ...(contact === null ? [] : ([["Contact", contact]] as const)),
          ...(options.headers ?? []),
          ...extra,
        ],
        body: options.body ?? "",
      });
    const exchange = await this.#exchange(new Exchange(), build([]));
    if (options.authenticate === false || exchange.responses.at(-1)?.status !== 401) return exchange;
    return this.#exchange(exchange, build([this.credentials(exchange, options)]));
  }

  /** Authorization that answers the last 401 of an exchange. */
  credentials({ final, request }: Exchange, options: Pick<RequestOptions, "username" | "password"> = {}): HeaderField {
    const challenge = parseChallenge(final.get("WWW-Authenticate") ?? "");
    if (!challenge) throw new Error("no challenge");
    const { username = this.options.username, password = this.options.password } = options;
    const { method, requestUri: uri } = request;
    return ["Authorization", formatCredentials(answerChallenge({ challenge, username, password, method, uri }))];
  }

  register(options: RequestOptions = {}): Promise<Exchange> {
    return this.send("REGISTER", { callId: `reg-${this.options.number}-${this.options.host}`, ...options });
  }

  call(number: string, sdp: string | undefined, options: RequestOptions = {}): Promise<Exchange> {
    return this.send("INVITE", { to: this.uri(number), ...withSdp(sdp, options) });
  }

  /** Sends a request of a dialog; a 401 is answered. */
  async sendIn(dialog: Dialog, method: string, options: RequestOptions = {}): Promise<Exchange> {
    const build = (extra: readonly HeaderField[]): SipRequest =>
      dialog.createRequest(method, {
        headers: [...(options.headers ?? []), ...extra],
        body: options.body ?? "",
        contact: this.contact,
      });
    const exchange = await this.#exchange(new Exchange(), build([]));
    if (exchange.responses.at(-1)?.status !== 401) return exchange;
    return this.#exchange(exchange, build([this.credentials(exchange)]));
  }

  async #exchange(exchange: Exchange, request: SipRequest): Promise<Exchange> {
    exchange.request = request;
    const { target } = this.#world;
    exchange.transaction = this.engine.send(
      request,
      {
        response: (_, response) => void exchange.responses.push(response),
        failed: (_, reason) => (exchange.failure = reason),
      },
      { to: { protocol: this.options.protocol ?? "udp", ...target } },
    );
    await quiet();
    return exchange;
  }

  /** The dialog that the 2xx of an own INVITE made. */
  dialogOf({ request, final }: Exchange): Dialog {
    return Dialog.fromResponse(request, final);
  }

  /** Acknowledges the 2xx of an own INVITE. */
  async ack(exchange: Exchange, dialog: Dialog, sdp?: string): Promise<void> {
    const body = sdp === undefined ? {} : { body: sdp, headers: [["Content-Type", "application/sdp"] as const] };
    exchange.transaction.acknowledge(dialog.createAck(exchange.request.cseq.number, body));
    await quiet();
  }

  /** The oldest request of that method that arrived and was not taken. */
  async take(method: string): Promise<ServerTransaction> {
    await quiet();
    const index = this.#inbox.findIndex(({ request }) => request.method === method);
    const [transaction] = index < 0 ? [] : this.#inbox.splice(index, 1);
    if (!transaction) throw new Error(`${this.options.number} got no ${method}`);
    return transaction;
  }

  /** Methods of the requests that arrived and were not taken. */
  async waiting(): Promise<string[]> {
    await quiet();
    return this.#inbox.map(({ request }) => request.method);
  }

  async respond(
    transaction: ServerTransaction,
    status: number,
    sdp?: string,
    headers: readonly HeaderField[] = [],
  ): Promise<SipResponse> {
    const type: HeaderField[] = sdp === undefined ? [] : [["Content-Type", "application/sdp"]];
    const response = SipResponse.to(transaction.request, status, {
      toTag: transaction.toTag,
      headers: [["Contact", this.contact], ...headers, ...type],
      body: sdp ?? "",
    });
    transaction.respond(response);
    await quiet();
    return response;
  }

  /** Answers an INVITE with 200; the dialog it makes. */
  async accept(transaction: ServerTransaction, sdp: string, headers: readonly HeaderField[] = []): Promise<Dialog> {
    const response = await this.respond(transaction, 200, sdp, headers);
    return Dialog.fromRequest(transaction.request, response);
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}

export function withSdp(sdp: string | undefined, options: RequestOptions = {}): RequestOptions {
  if (sdp === undefined) return options;
  return { ...options, body: sdp, headers: [...(options.headers ?? []), ["Content-Type", "application/sdp"]] };
}

export function sessionOf(message: SipRequest | SipResponse): SessionDescription {
  return parseSdp(message.body);
}

/** `audio 20000 RTP/AVP 0 101` for each m-line. */
export function mediaLines(message: SipRequest | SipResponse): string[] {
  return sessionOf(message).media.map(
    ({ kind, port, protocol, formats }) => `${kind} ${port} ${protocol} ${formats.join(" ")}`,
  );
}

/** Lets messages travel to and fro until nothing moves any more. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await settle();
}
