import { SipRequest, SipResponse, type HeaderField } from "../../src/sip/message/index.ts";
import type { HeaderValues } from "../../src/simulator/index.ts";
import type {
  IncomingRequest,
  OutgoingRequest,
  RequestObserver,
  ResponseOptions,
  Signalling,
} from "../../src/simulator/signalling.ts";
import type { WireTrace } from "../../src/simulator/trace.ts";

export const REMOTE_TARGET = "sip:target@192.0.2.10:5060";

export interface ReplyOptions {
  readonly headers?: HeaderValues;
  readonly body?: string;
  readonly dialogId?: string;
  readonly madeUp?: boolean;
}

export interface DeliverOptions extends Omit<ReplyOptions, "madeUp"> {
  readonly byStack?: boolean;
  readonly uri?: string;
}

/** A request that the phone under test sent. */
export class FakeSent {
  readonly plan: OutgoingRequest;
  readonly request: SipRequest;
  readonly cancels: HeaderValues[] = [];
  readonly acks: { readonly headers?: HeaderValues; readonly body?: string }[] = [];
  /** When an ACK is out. */
  acknowledged = Promise.resolve();
  readonly #observer: RequestObserver;
  readonly #show: (direction: "sent" | "received", message: SipRequest | SipResponse) => void;

  constructor(
    plan: OutgoingRequest,
    request: SipRequest,
    observer: RequestObserver,
    show: (direction: "sent" | "received", message: SipRequest | SipResponse) => void,
  ) {
    this.plan = plan;
    this.request = request;
    this.#observer = observer;
    this.#show = show;
  }

  reply(status: number, { headers = {}, body, dialogId, madeUp = false }: ReplyOptions = {}): SipResponse {
    const fields: HeaderField[] = Object.entries(headers);
    if (body !== undefined) fields.push(["Content-Type", "application/sdp"]);
    const message = SipResponse.to(this.request, status, {
      toTag: "remote",
      headers: fields,
      ...(body === undefined ? {} : { body }),
    });
    if (!madeUp) this.#show("received", message);
    const acknowledge = async (options: (typeof this.acks)[number] = {}): Promise<undefined> => {
      this.acks.push(options);
      await this.acknowledged;
    };
    this.#observer.response({ message, dialogId, madeUp, acknowledge });
    return message;
  }
}

/** A request that was put to the phone under test, with what the phone answered. */
export interface FakeIncoming {
  readonly request: SipRequest;
  readonly responses: { readonly status: number; readonly options: ResponseOptions }[];
  cancel(): void;
}

/** A SIP stack for tests of phones: shows what they send, and says what the test tells it to. */
export class FakeSignalling implements Signalling {
  readonly sent: FakeSent[] = [];
  closed = false;
  readonly #trace: WireTrace;
  #listener: (request: IncomingRequest) => void = () => undefined;
  #serial = 0;

  constructor(trace: WireTrace) {
    this.#trace = trace;
  }

  send(plan: OutgoingRequest, observer: RequestObserver): void {
    this.#serial += 1;
    const given = new Set(Object.keys(plan.headers).map((name) => name.toLowerCase()));
    const supplied: HeaderField[] = [
      ["Via", `SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${this.#serial}`],
      ["From", "<sip:local@192.0.2.1>;tag=local"],
      ["To", "<sip:remote@192.0.2.10>;tag=remote"],
      ["Call-ID", plan.dialogId ?? `call-${this.#serial}`],
      ["CSeq", `${100 + this.#serial} ${plan.method}`],
    ];
    const request = SipRequest.create({
      method: plan.method,
      requestUri: plan.dialogId === undefined ? plan.uri : REMOTE_TARGET,
      headers: [...supplied.filter(([name]) => !given.has(name.toLowerCase())), ...Object.entries(plan.headers)],
      ...(plan.body === undefined ? {} : { body: plan.body }),
    });
    const sent = new FakeSent(plan, request, observer, this.#show);
    this.sent.push(sent);
    this.#show("sent", request);
    observer.sent({ request, cancel: (headers = {}) => void sent.cancels.push(headers) });
  }

  onRequest(listener: (request: IncomingRequest) => void): void {
    this.#listener = listener;
  }

  /** Puts a request to the phone. `headers` replace or add to plain ones. */
  deliver(
    method: string,
    { headers = {}, body, dialogId, byStack = false, uri = "sip:1002@192.0.2.1:5060" }: DeliverOptions = {},
  ): FakeIncoming {
    this.#serial += 1;
    const fields = new Map<string, string>([
      ["Via", `SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKin${this.#serial}`],
      ["From", "<sip:1001@192.0.2.10>;tag=caller"],
      ["To", `<sip:1002@192.0.2.1>${dialogId === undefined ? "" : ";tag=phone"}`],
      ["Call-ID", dialogId ?? `incoming-${this.#serial}`],
      ["CSeq", `${this.#serial} ${method}`],
      ["Contact", `<${REMOTE_TARGET}>`],
      ...(body === undefined ? [] : [["Content-Type", "application/sdp"] as const]),
      ...Object.entries(headers),
    ]);
    const request = SipRequest.create({
      method,
      requestUri: uri,
      headers: [...fields],
      ...(body === undefined ? {} : { body }),
    });
    if (!byStack) this.#show("received", request);
    return this.#put(request, dialogId, byStack);
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.resolve();
  }

  #put(request: SipRequest, dialogId: string | undefined, byStack: boolean): FakeIncoming {
    const responses: FakeIncoming["responses"] = [];
    const cancelListeners: ((cancel: SipRequest) => void)[] = [];
    this.#listener({
      request,
      dialogId,
      byStack,
      respond: async (status, options = {}) => {
        responses.push({ status, options });
        const response = SipResponse.to(request, status, { toTag: "phone" });
        this.#show("sent", response);
        await Promise.resolve();
        return { response, dialogId: dialogId ?? request.callId };
      },
      onCancel: (listener) => void cancelListeners.push(listener),
    });
    return {
      request,
      responses,
      cancel: () => {
        const { requestUri } = request;
        const headers = request.headers.map(({ name, value }) => [name, value.replace(/INVITE$/, "CANCEL")] as const);
        const cancel = SipRequest.create({ method: "CANCEL", requestUri, headers });
        for (const listener of cancelListeners) listener(cancel);
      },
    };
  }

  readonly #show = (direction: "sent" | "received", message: SipRequest | SipResponse): void => {
    const octets = message.toOctets();
    const ends = { local: "192.0.2.1:5060", remote: "192.0.2.10:5060" };
    this.#trace.add({ at: 0, direction, protocol: "udp", ...ends, octets, message, notes: [] });
  };
}
