import { WaitTimeoutError, type HarnessError } from "../core/errors.ts";
import { Inbox } from "../core/inbox.ts";
import { SipRequest, SipResponse, type HeaderField } from "../sip/message/index.ts";
import { TransportLayer, type Flow, type TlsCredentials } from "../sip/transport/index.ts";
import type { PhoneContext } from "./phone-context.ts";
import type { OverTlsOptions, TlsOutcome } from "./phone.ts";
import { sipUri } from "./sip-uri.ts";
import type { Address } from "./wire.ts";

type News =
  | { readonly kind: "response"; readonly response: SipResponse }
  | { readonly kind: "end"; readonly error: HarnessError | undefined };

const EXPIRES_SECONDS = 3600;

/**
 * One try to register over a TLS connection of its own. It goes past drachtio-srf, which cannot tell a refused
 * handshake from a port that nobody listens on, and takes any certificate of the target's: what is tried is the target.
 */
export class TlsRegistration {
  readonly #context: PhoneContext;
  readonly #options: OverTlsOptions;
  readonly #number: string;
  readonly #callId: string;
  readonly #tag: string;
  readonly #news: Inbox<News>;
  #cseq = 0;
  #requestSent = false;
  #flow: Flow | undefined;

  constructor(context: PhoneContext, options: OverTlsOptions) {
    this.#context = context;
    this.#options = options;
    this.#number = context.lineOf(options.line).directoryNumber;
    this.#callId = context.ids.callId();
    this.#tag = context.ids.tag();
    this.#news = new Inbox(context.clock);
  }

  async run(): Promise<TlsOutcome> {
    const { port } = this.#context.tls;
    if (port === undefined) {
      return { outcome: "no session", reason: "the target listens nowhere with TLS" };
    }
    const { clock, log } = this.#context;
    const layer = await TransportLayer.open({
      listen: [],
      clock,
      log,
      tap: (entry) => {
        this.#requestSent ||= entry.direction === "sent";
        this.#context.tap(entry);
      },
      tls: { ...this.#credentials(), verifyServer: false },
    });
    this.#listenTo(layer);
    try {
      return await this.#register(layer, { protocol: "tls", host: this.#context.targetAddress.host, port });
    } finally {
      await layer.close();
    }
  }

  #credentials(): TlsCredentials {
    const { tls } = this.#context;
    switch (this.#options.certificate ?? "own") {
      case "own":
        return tls.own() ?? {};
      case "none":
        return {};
      case "self-signed":
        return tls.selfSigned();
    }
  }

  #listenTo(layer: TransportLayer): void {
    layer.start({
      message: (message, flow) => {
        this.#flow = flow;
        if (message instanceof SipResponse && message.callId === this.#callId) {
          if (message.isFinal) this.#news.put({ kind: "response", response: message });
        }
      },
      malformed: (error) => {
        this.#news.put({ kind: "end", error });
      },
      failed: (_to, _message, error) => {
        // Of a connection that was up, `closed` tells more: the alert.
        if (!this.#requestSent) this.#news.put({ kind: "end", error });
      },
      closed: (_flow, error) => {
        this.#news.put({ kind: "end", error });
      },
    });
  }

  async #register(layer: TransportLayer, to: Address): Promise<TlsOutcome> {
    try {
      const outcome = await this.#exchange(layer, to, EXPIRES_SECONDS);
      // A binding over TLS is the target's mistake; the lab is to be left as it was.
      if (outcome.outcome === "registered") await this.#exchange(layer, to, 0);
      return outcome;
    } catch (error) {
      if (!(error instanceof WaitTimeoutError) || this.#requestSent) throw error;
      const reason = `no TLS session with port ${to.port} within ${this.#context.waits.answerMs} ms`;
      return { outcome: "no session", reason };
    }
  }

  async #exchange(layer: TransportLayer, to: Address, expiresSeconds: number): Promise<TlsOutcome> {
    const request = this.#request(expiresSeconds);
    let news = await this.#ask(layer, to, request);
    if (news.kind === "response" && news.response.status === 401) {
      const answer = this.#context.authenticator.answer(news.response, request, {});
      if (answer) news = await this.#ask(layer, to, this.#request(expiresSeconds, [[answer.header, answer.value]]));
    }
    if (news.kind === "end") return shutOut(news.error);
    const { response: final } = news;
    const reason = `the REGISTER was answered ${final.status}`;
    return { outcome: final.isSuccess ? "registered" : "refused", reason, final };
  }

  async #ask(layer: TransportLayer, to: Address, request: SipRequest): Promise<News> {
    layer.send(request.toOctets(), request, this.#flow ?? to);
    const awaited = {
      what: "a final response to REGISTER over TLS",
      callId: this.#callId,
      wait: "answerMs",
      check: "Check that the target answers what it takes over TLS",
    } as const;
    return await this.#context.take(this.#news, awaited, () => true);
  }

  #request(expiresSeconds: number, credentials: readonly HeaderField[] = []): SipRequest {
    const { ids, address, device } = this.#context;
    const aor = this.#context.userUri(this.#number);
    const { host, port, protocol } = address;
    const reachedBy = this.#options.contact === "plain" ? protocol : "tls";
    this.#cseq += 1;
    return SipRequest.create({
      method: "REGISTER",
      requestUri: this.#context.domainUri(),
      headers: [
        ["Via", `SIP/2.0/TLS ${sipUri({ host, port }).slice("sip:".length)};branch=${ids.branch()};rport`],
        ["Max-Forwards", "70"],
        ["From", `<${aor}>;tag=${this.#tag}`],
        ["To", `<${aor}>`],
        ["Call-ID", this.#callId],
        ["CSeq", `${this.#cseq} REGISTER`],
        ["Contact", `<${sipUri({ host, port, user: this.#number, protocol: reachedBy })}>`],
        ["Expires", String(expiresSeconds)],
        ["User-Agent", device.phoneProfile.userAgent],
        ...credentials,
        ["Content-Length", "0"],
      ],
    });
  }
}

/** The session was refused, or was over before the final response. */
function shutOut(error: HarnessError | undefined): TlsOutcome {
  const alert = error?.details["alert"];
  return {
    outcome: "no session",
    reason: error?.message ?? "the target closed the connection",
    ...(typeof alert === "string" ? { alert } : {}),
  };
}
