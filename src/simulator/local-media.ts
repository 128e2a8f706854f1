import {
  createAnswer,
  createOffer,
  holdOffer,
  parseSdp,
  resumeOffer,
  writeSdp,
  type MediaSpec,
  type SessionDescription,
  type SessionOptions,
} from "../sdp/index.ts";
import type { SipMessage } from "../sip/message/index.ts";
import type { PhoneContext } from "./phone-context.ts";
import type { HeaderValues } from "./phone.ts";

/** What a phone says about media: as data where it can be read, a script's own text may be nonsense on purpose. */
export interface LocalSdp {
  readonly text: string;
  readonly session: SessionDescription | undefined;
}

/** A phone's side of the media of one call: keeps ports, slots and version from one offer to the next. */
export class LocalMedia {
  readonly #context: PhoneContext;
  readonly #sessionId: string;
  readonly #reservePort: () => number;
  #media: readonly MediaSpec[] = ["audio"];
  #last: SessionDescription | undefined;

  /** @param reservePort binds the port that a line is to tell. */
  constructor(context: PhoneContext, reservePort: () => number) {
    this.#context = context;
    this.#reservePort = reservePort;
    this.#sessionId = String(context.ids.integer(2 ** 32));
  }

  /** What the phone wants to send and receive from now on. */
  want(media: readonly MediaSpec[] | undefined): void {
    this.#media = media ?? this.#media;
  }

  offer(): LocalSdp {
    return this.#sent(createOffer(this.#options()));
  }

  /** As last sent, to the letter: changes nothing (RFC 4028 §7.4). Undefined: nothing was sent yet. */
  repeated(): LocalSdp | undefined {
    return this.#last && { text: writeSdp(this.#last), session: this.#last };
  }

  /** As last sent, but sending only. */
  holdOffer(): LocalSdp {
    return this.#sent(this.#last ? holdOffer(this.#last) : createOffer({ ...this.#options(), direction: "sendonly" }));
  }

  resumeOffer(): LocalSdp {
    return this.#sent(this.#last ? resumeOffer(this.#last) : createOffer(this.#options()));
  }

  answer(offer: SessionDescription): LocalSdp {
    return this.#sent(createAnswer(offer, this.#options()));
  }

  /** A script's own text, sent as it stands. */
  verbatim(text: string): LocalSdp {
    const session = readSdp(text);
    if (session) this.#last = session;
    return { text, session };
  }

  #sent(session: SessionDescription): LocalSdp {
    this.#last = session;
    return { text: writeSdp(session), session };
  }

  #options(): SessionOptions {
    const { phoneProfile, sipProfile } = this.#context.device;
    return {
      media: this.#media,
      address: this.#context.mediaHost,
      ports: this.#reservePort,
      origin: { sessionId: this.#sessionId },
      audioCodecs: phoneProfile.audioCodecs,
      videoCodecs: phoneProfile.videoCodecs,
      telephoneEvent: phoneProfile.telephoneEvent ? sipProfile.telephoneEventPayloadType : false,
      ...(this.#last ? { previous: this.#last } : {}),
    };
  }
}

/** The header that a message needs to carry it. */
export function sdpType(sdp: LocalSdp | undefined): HeaderValues {
  return sdp ? { "Content-Type": "application/sdp" } : {};
}

/**
 * The session description a message carries, if it does.
 * @throws {PeerProtocolError} ERR_SDP_SYNTAX
 */
export function sdpOf(message: SipMessage): SessionDescription | undefined {
  if (message.body.length === 0 || message.contentType?.type !== "application/sdp") return undefined;
  return parseSdp(message.body.toString("utf8"));
}

function readSdp(text: string): SessionDescription | undefined {
  try {
    return parseSdp(text);
  } catch {
    return undefined;
  }
}
