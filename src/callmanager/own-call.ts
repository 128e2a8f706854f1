import {
  isLive,
  isRtp,
  parseSdp,
  type Direction,
  type MediaDescription,
  type SessionDescription,
} from "../sdp/index.ts";
import { Dialog } from "../sip/dialog/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import { ownInvite, settlingOwner } from "./invite-owner.ts";
import { Leg } from "./leg.ts";
import type { ReleaseLine } from "./line-usage.ts";
import type { Appearance } from "./directory.ts";
import { reject } from "./media-lines.ts";
import { describe, type SideMedia } from "./media-state.ts";
import { dialogWording, newTag, PRODUCT, respond } from "./messages.ts";
import { readSession } from "./offers.ts";
import type { CallKeeper } from "./ongoing-call.ts";
import { PrivateCall } from "./private-call.ts";
import type { Services } from "./services.ts";

/** RFC 863; we have no media of our own to send or hear. */
const DISCARD_PORT = 9;

/** A call that the call manager answers itself: a service that was granted, a conference. Its audio is silence. */
export class OwnCall extends PrivateCall {
  readonly #services: Services;
  readonly #keeper: CallKeeper;
  readonly #leg: Leg;
  readonly #release: ReleaseLine;
  #over = false;

  constructor(services: Services, keeper: CallKeeper, invite: ServerTransaction, appearance: Appearance) {
    super();
    this.#services = services;
    this.#keeper = keeper;
    const { device, line } = appearance;
    invite.toTag = newTag(services);
    const ids = { callId: invite.request.callId, localTag: invite.toTag };
    this.#leg = new Leg(services, { side: "caller", device, line, flow: invite.flow, ...ids });
    this.#release = keeper.usage.take(device, line, "outgoing");
    keeper.attach(this.#leg, this);
    const session = this.#answerTo(invite, "inactive");
    const wording = { ...dialogWording(services, this.#leg, this.#leg, "called"), session };
    this.#leg.establish(Dialog.fromRequest(invite.request, respond(services, invite, 200, wording)));
    this.#settle(invite);
  }

  request(leg: Leg, transaction: ServerTransaction): void {
    if (transaction.request.method === "BYE") {
      respond(this.#services, transaction, 200, { headers: [["Server", PRODUCT]] });
      leg.hungUp();
      this.clear();
      return;
    }
    leg.dialog?.refreshTarget(transaction.request);
    const session = this.#answerTo(transaction, "inactive");
    respond(this.#services, transaction, 200, { headers: [["Contact", leg.contact]], session });
    if (transaction.request.method === "INVITE") this.#settle(transaction);
  }

  clear(): void {
    if (this.#over) return;
    this.#over = true;
    this.#leg.hangUp([["Reason", "Q.850;cause=16"]]);
    this.#release("hung up");
    this.#keeper.ended(this);
  }

  #settle(transaction: ServerTransaction): void {
    this.#leg.answered();
    ownInvite(
      transaction,
      settlingOwner(this.#leg, () => {
        this.clear();
      }),
    );
  }

  #answerTo({ request, flow }: ServerTransaction, direction: Direction): SessionDescription {
    const read = readSession(request);
    const offer = read.outcome === "present" ? read.session : ownOffer(flow.local.host);
    return ownSession(offer, flow.local.host, direction);
  }
}

/** An answer of the call manager's own to an offer: its audio with one codec, all else refused. */
export function ownSession(offer: SessionDescription, address: string, direction: Direction): SessionDescription {
  const side: Pick<SideMedia, "sessionId" | "address"> = { sessionId: "1", address };
  const lines = offer.media.map((line) => (isAudio(line) ? silence(line, direction) : reject(line)));
  return describe(side, { ...offer, bandwidths: [] }, lines);
}

function isAudio(line: MediaDescription): boolean {
  return line.kind.toLowerCase() === "audio" && isRtp(line) && isLive(line);
}

function silence({ kind, protocol, formats, attributes }: MediaDescription, direction: Direction): MediaDescription {
  const [format = "0"] = formats;
  const rtpmaps = attributes.filter(({ name, value }) => name === "rtpmap" && value?.startsWith(`${format} `));
  return {
    kind,
    port: DISCARD_PORT,
    protocol,
    formats: [format],
    bandwidths: [],
    attributes: [...rtpmaps, { name: direction }],
  };
}

function ownOffer(address: string): SessionDescription {
  const lines = ["v=0", `o=- 1 1 IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0", "m=audio 9 RTP/AVP 0"];
  return parseSdp(Buffer.from(`${lines.join("\r\n")}\r\n`));
}
