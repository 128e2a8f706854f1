import { asError } from "../core/errors.ts";
import { formatUri, isSipUri, parseNameAddr, unescapeUri, type SipRequest } from "../sip/message/index.ts";
import { answerInBackground } from "./background.ts";
import type { Call } from "./call.ts";
import type { History } from "./history.ts";
import { mergeHeaders } from "./header-values.ts";
import type { PhoneContext } from "./phone-context.ts";
import type { CallOptions, Exchange, HeaderValues, RequestOptions } from "./phone.ts";
import type { IncomingRequest } from "./signalling.ts";
import type { FollowOptions, Transfer, TransferOptions } from "./transfer.ts";

export interface ReferralParts {
  readonly context: PhoneContext;
  readonly callId: () => string;
  /** Value of the phone's Contact in the call. */
  readonly contact: string;
  /** Sends a request within the call. */
  readonly request: (method: string, options: RequestOptions) => Promise<Exchange>;
}

/** A NOTIFY of a transfer, or the end of the call that it stood in. */
type News = { readonly notify: SipRequest } | "call ended";

/** A REFER of this phone that is on its way or was answered. */
interface Sent {
  readonly news: History<News>;
  exchange: Exchange | undefined;
}

/**
 * Transfers of one call (RFC 3515, RFC 5589): the REFERs that this phone sends in it with the NOTIFYs that they bring,
 * and those that it gets, which are declined unless its script said to follow them.
 */
export class Referrals {
  /** The call that goes on where the one of these transfers ended. */
  successor: Call | undefined;
  readonly #parts: ReferralParts;
  readonly #sent: Sent[] = [];
  #follow: FollowOptions | undefined;

  constructor(parts: ReferralParts) {
    this.#parts = parts;
  }

  /** Sends REFER; resolves with its final response, of any status. */
  async transfer(referTo: string, options: TransferOptions): Promise<Transfer> {
    const { headers, ...credentials } = options;
    const sent: Sent = { news: this.#parts.context.history(), exchange: undefined };
    this.#sent.push(sent);
    const exchange = await this.#parts.request("REFER", {
      headers: mergeHeaders({ "Refer-To": `<${referTo}>`, Contact: this.#parts.contact }, headers),
      ...credentials,
    });
    sent.exchange = exchange;
    return this.#asTransfer(sent, exchange);
  }

  follow(options: FollowOptions): void {
    this.#follow = options;
  }

  /** Whether its script said to follow transfers. */
  get follows(): boolean {
    return this.#follow !== undefined;
  }

  /** A NOTIFY within the call: 200 where it tells of a transfer of ours, 481 where it tells of none (RFC 6665 §4.1.3). */
  async notified(incoming: IncomingRequest): Promise<void> {
    const [event = "", ...parameters] = (incoming.request.get("Event") ?? "").toLowerCase().split(";");
    if (event.trim() !== "refer") {
      await answerInBackground(incoming);
      return;
    }
    const id = parameters.find((text) => text.trim().startsWith("id="))?.split("=")[1];
    const sent = this.#sentAs(id?.trim());
    sent?.news.add({ notify: incoming.request }); // before the 200: a BYE may be on its heels
    await incoming.respond(sent ? 200 : 481);
  }

  /** A REFER within the call. */
  async referred(incoming: IncomingRequest): Promise<void> {
    const follow = this.#follow;
    if (!follow) {
      await answerInBackground(incoming);
      return;
    }
    const target = readReferTo(incoming.request);
    if (!target) {
      await incoming.respond(400);
      return;
    }
    await incoming.respond(202, { headers: { Contact: this.#parts.contact } });
    await this.#carryOut(incoming.request, target.uri, { ...follow, headers: target.headers });
  }

  /** The call is over, and every subscription in it. */
  end(): void {
    for (const { news } of this.#sent) news.add("call ended");
  }

  async #carryOut(refer: SipRequest, uri: string, options: CallOptions): Promise<void> {
    const { context } = this.#parts;
    const event = `refer;id=${refer.cseq.number}`;
    await this.#notify(event, "100 Trying", "active;expires=60");
    const by = refer.get("Referred-By");
    const headers = mergeHeaders(by === undefined ? {} : { "Referred-By": by }, options.headers);
    const call = await context.place(uri, { ...options, headers });
    this.successor = call;
    const outcome = await call.final().then(
      ({ status, reason }) => `${status} ${reason}`,
      () => "408 Request Timeout",
    );
    await this.#notify(event, outcome, "terminated;reason=noresource");
  }

  /** Whatever becomes of a NOTIFY: the call that it tells of goes on. */
  async #notify(event: string, outcome: string, state: string): Promise<void> {
    const { context, contact, request } = this.#parts;
    const headers = { Event: event, "Subscription-State": state, Contact: contact };
    try {
      const body = `SIP/2.0 ${outcome}\r\n`;
      await request("NOTIFY", { headers, body, contentType: "message/sipfrag;version=2.0" });
    } catch (error) {
      context.log.debug({ err: asError(error) }, "transferor not told");
    }
  }

  /** The transfer that an `id` means; the last one that was not refused, where there is none. */
  #sentAs(id: string | undefined): Sent | undefined {
    const live = this.#sent.filter(({ exchange }) => !exchange || exchange.final.isSuccess);
    const named = live.find(({ exchange }) => exchange?.requests.some(({ cseq }) => String(cseq.number) === id));
    return named ?? live.findLast(({ exchange }) => id === undefined || !exchange);
  }

  #asTransfer({ news }: Sent, exchange: Exchange): Transfer {
    const { context, callId } = this.#parts;
    const check = "Check that NOTIFYs or a BYE come";
    const awaited = { what: "the end of its transfer", callId: callId(), wait: "answerMs", check } as const;
    const wait = { timeoutMs: context.waits.answerMs, onTimeout: () => context.waitTimeout(awaited) };
    const notifies = (): SipRequest[] => news.items.flatMap((item) => (item === "call ended" ? [] : [item.notify]));
    const statuses = (): number[] => notifies().map(statusOf);
    return {
      ...exchange,
      get notifies() {
        return notifies();
      },
      get statuses() {
        return statuses();
      },
      ended: async () => {
        if (exchange.final.isSuccess) await news.first(isLast, wait);
        return statuses().at(-1);
      },
    };
  }
}

function isLast(news: News): boolean {
  return news === "call ended" || /^\s*terminated\b/i.test(news.notify.get("Subscription-State") ?? "");
}

/** Of the status line in a body of message/sipfrag (RFC 3515 §2.4.5); 0 where there is none. */
function statusOf({ body }: SipRequest): number {
  return Number(/^SIP\/2\.0 ([1-6][0-9]{2})\b/.exec(body.toString("latin1", 0, 32))?.[1] ?? 0);
}

/** Whom a REFER asks to call, and the headers that the INVITE is to have (RFC 3261 §19.1.5): Replaces, if it is there. */
function readReferTo(refer: SipRequest): { readonly uri: string; readonly headers: HeaderValues } | undefined {
  try {
    const { uri } = parseNameAddr(refer.get("Refer-To") ?? "");
    if (!isSipUri(uri)) return undefined;
    const parameters = new Map([...uri.parameters].filter(([name]) => name !== "method"));
    const replaces = uri.headers.find(([name]) => name.toLowerCase() === "replaces")?.[1];
    return {
      uri: formatUri({ ...uri, parameters, headers: [] }),
      headers: replaces === undefined ? {} : { Replaces: unescapeUri(replaces), Require: "replaces" },
    };
  } catch {
    return undefined;
  }
}
