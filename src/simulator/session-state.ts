import { PeerProtocolError } from "../core/errors.ts";
import type { SessionDescription } from "../sdp/index.ts";
import type { MediaSession } from "./call.ts";
import type { History, HistoryWait } from "./history.ts";

type Side = "local" | "remote";

interface OpenOffer {
  readonly by: Side;
  readonly offer: SessionDescription | undefined;
  /** Answer seen in an unreliable provisional response: counts once the 2xx confirms it (RFC 3261 §13.2.1). */
  readonly preview?: SessionDescription;
}

/**
 * Where offer and answer of one call stand (RFC 3264), whatever messages carried them. There is at most one open
 * offer; a session is what the last one that was answered came to.
 */
export class SessionState {
  readonly #settled: History<MediaSession>;
  readonly #onAgreed: (session: MediaSession) => void;
  #confirmed: MediaSession | undefined;
  #open: OpenOffer | undefined;

  /**
   * @param settled a fresh history: of each offer's outcome.
   * @param onAgreed is told of each session before anybody who waits for it.
   */
  constructor(settled: History<MediaSession>, onAgreed: (session: MediaSession) => void = () => undefined) {
    this.#settled = settled;
    this.#onAgreed = onAgreed;
  }

  /** Whose offer waits for its answer. */
  get offerBy(): Side | undefined {
    return this.#open?.by;
  }

  /** @param offer undefined where the sender's text could not be read. */
  offered(by: Side, offer: SessionDescription | undefined): void {
    this.#open = { by, offer };
  }

  /** An answer that may still be withdrawn. */
  previewed(answer: SessionDescription | undefined): void {
    if (this.#open && answer) this.#open = { ...this.#open, preview: answer };
  }

  /** The open offer is answered; without `answer` by the one previewed. */
  answered(answer?: SessionDescription): void {
    const open = this.#open;
    if (!open) return;
    const said = answer ?? open.preview;
    if (!open.offer || !said) {
      this.failed(new PeerProtocolError("offer or answer is missing or unreadable", { code: "ERR_ANSWER_MISSING" }));
      return;
    }
    this.#open = undefined;
    this.#confirmed =
      open.by === "local"
        ? { offer: open.offer, answer: said, local: open.offer, remote: said, localRole: "offerer" }
        : { offer: open.offer, answer: said, local: said, remote: open.offer, localRole: "answerer" };
    this.#onAgreed(this.#confirmed);
    this.#settled.add(this.#confirmed);
  }

  /** The open offer came to nothing: the session stays as it was, and there is none if there was none. */
  failed(reason: Error): void {
    this.#open = undefined;
    if (this.#confirmed) this.#settled.add(this.#confirmed);
    else this.#settled.end(reason);
  }

  /** The session; while an offer is open, what comes of it. */
  async current(wait: Omit<HistoryWait, "from">): Promise<MediaSession> {
    if (!this.#open && this.#confirmed) return this.#confirmed;
    return await this.#settled.first(() => true, { ...wait, from: this.#settled.items.length });
  }
}
