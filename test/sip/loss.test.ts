import { expect } from "chai";
import type { HarnessError } from "../../src/core/errors.ts";
import { seededIds } from "../../src/core/ids.ts";
import { createOffer, holdOffer, writeSdp } from "../../src/sdp/index.ts";
import {
  Dialog,
  SipEngine,
  SipRequest,
  type Address,
  type ClientTransaction,
  type HeaderField,
  type ImpairOptions,
  type SipResponse,
  type TapEntry,
} from "../../src/sip/index.ts";
import { FakeClock, settle } from "../support/fake-clock.ts";
import { memoryNetwork } from "../support/memory-network.ts";
import { OrdinaryUa } from "../support/ordinary-ua.ts";
import { rejection } from "../support/rejection.ts";

const TRIES = 1000;
const LOSS: ImpairOptions = { lossPercent: 20 };
const BAD: ImpairOptions = { lossPercent: 20, duplicatePercent: 10, reorderPercent: 10, delayMs: 40, jitterMs: 40 };
/** A new seed each day: what one day does not hit on, another does. */
const TODAY = new Date().toISOString().slice(0, 10);
/** Of the tries, how many may give up because the wire took every copy: some 0.1 are to be expected. */
const MOST_GIVEN_UP = 5;
/** Longer than any transaction lives. */
const LIFETIME_MS = 40_000;
/** Four transactions one after the other, each with the time that it has at most. */
const PATIENCE_MS = 4 * LIFETIME_MS;

const PHONE: Address = { protocol: "udp", host: "192.0.2.1", port: 5060 };
const FAR: Address = { protocol: "udp", host: "192.0.2.2", port: 5060 };

const CONTACT = "<sip:phone@192.0.2.1>";

/** A transaction that ended without a final response, or a 2xx that nobody acknowledged. */
class GivenUp extends Error {}

/** An endpoint that registers, calls, holds and hangs up over a bad network, and the one that answers it. */
class Bench {
  readonly clock = new FakeClock();
  readonly tapped: TapEntry[] = [];
  readonly #ua = new OrdinaryUa();
  #phone: SipEngine | undefined;
  #far: SipEngine | undefined;

  async open(seed: string, impairment: ImpairOptions): Promise<void> {
    const network = memoryNetwork(this.clock);
    const common = { clock: this.clock, network, ids: seededIds(seed) };
    this.#far = await SipEngine.open({ ...common, listen: [FAR] }, this.#ua);
    this.#ua.engine = this.#far;
    const tap = (entry: TapEntry): void => void this.tapped.push(entry);
    const nobody = { request: (): void => undefined };
    this.#phone = await SipEngine.open({ ...common, listen: [PHONE], tap }, nobody);
    this.#phone.wire.impair({ ...impairment, seed });
  }

  /** What is left when everything has had its time: `transactions calls timers`. */
  async rest(): Promise<string> {
    await this.clock.advanceAsync(LIFETIME_MS);
    const transactions = (this.#phone?.transactionCount ?? 0) + (this.#far?.transactionCount ?? 0);
    return `${transactions} ${this.#ua.calls} ${this.clock.timerCount}`;
  }

  async close(): Promise<void> {
    await Promise.all([this.#phone?.close(), this.#far?.close()]);
  }

  async registerCallHoldHangUp(): Promise<void> {
    await this.#succeeds(request("REGISTER", "reg"));
    const offer = createOffer({ media: ["audio"], address: PHONE.host, ports: () => 4000, origin: { sessionId: "1" } });
    const invite = request("INVITE", "call", writeSdp(offer));
    const dialog = Dialog.fromResponse(invite, await this.#invite(invite));
    const body = writeSdp(holdOffer(offer));
    const headers: HeaderField[] = [["Content-Type", "application/sdp"]];
    const held = await this.#invite(dialog.createRequest("INVITE", { contact: CONTACT, headers, body }), dialog);
    expect(held.body.toString()).to.include("a=recvonly");
    await this.#succeeds(dialog.createRequest("BYE"));
  }

  async #invite(invite: SipRequest, dialog?: Dialog): Promise<SipResponse> {
    const { response, transaction } = await this.#succeeds(invite);
    const ack = (dialog ?? Dialog.fromResponse(invite, response)).createAck(invite.cseq.number);
    transaction.acknowledge(ack, { to: FAR });
    return response;
  }

  async #succeeds(toSend: SipRequest): Promise<{ response: SipResponse; transaction: ClientTransaction }> {
    const outcome = await new Promise<{ response: SipResponse; transaction: ClientTransaction }>((resolve, reject) => {
      this.#phone?.send(
        toSend,
        {
          response: (transaction, response) => {
            if (response.isFinal) resolve({ response, transaction });
          },
          failed: (_transaction, _reason, error: HarnessError) => {
            reject(new GivenUp(error.message));
          },
        },
        { to: FAR },
      );
    });
    expect(outcome.response.status, toSend.method).to.equal(200);
    return outcome;
  }
}

function request(method: string, callId: string, body = ""): SipRequest {
  return SipRequest.create({
    method,
    requestUri: "sip:far@192.0.2.2",
    headers: [
      ["From", "<sip:phone@192.0.2.1>;tag=phone"],
      ["To", "<sip:far@192.0.2.2>"],
      ["Call-ID", callId],
      ["CSeq", `1 ${method}`],
      ["Contact", CONTACT],
      ...(body === "" ? [] : [["Content-Type", "application/sdp"] as const]),
    ],
    body,
  });
}

/** Runs `body` while the clock moves on. */
async function whileTimePasses(clock: FakeClock, body: Promise<void>): Promise<void> {
  const state = { over: false };
  const outcome = body.finally(() => (state.over = true));
  outcome.catch(() => undefined);
  while (!state.over && clock.now() < PATIENCE_MS) await clock.advanceAsync(500);
  if (!state.over) throw new Error(`neither ended nor given up within ${PATIENCE_MS} ms`);
  await outcome;
  await settle();
}

/** Whether the wire took every copy of what was given up, or of every answer to it. */
function wasCutOff(tapped: readonly TapEntry[]): boolean {
  const last = tapped.findLast(({ direction, message }) => direction === "sent" && message instanceof SipRequest);
  const cseq = last?.message?.get("CSeq");
  const exchange = tapped.filter(
    ({ message }) => message?.get("CSeq") === cseq && message?.get("Call-ID") === last?.message?.get("Call-ID"),
  );
  const passed = (direction: string): boolean =>
    exchange.some((entry) => entry.direction === direction && !entry.notes.includes("dropped"));
  return exchange.length > 1 && !(passed("sent") && passed("received"));
}

describe("on a lossy network", () => {
  for (const [title, impairment] of [
    ["20 % loss each way", LOSS],
    ["20 % loss, copies, delay and reordering each way", BAD],
  ] as const) {
    it(`register, call, hold and hang up end well by retransmission, with ${title}`, async function () {
      this.timeout(120_000);
      let givenUp = 0;
      let dropped = 0;
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const seed = `${TODAY} ${attempt}`;
        const bench = new Bench();
        await bench.open(seed, impairment);
        try {
          await whileTimePasses(bench.clock, bench.registerCallHoldHangUp());
          expect(await bench.rest(), "transactions, calls and timers left").to.equal("0 0 0");
        } catch (error) {
          if (!(error instanceof GivenUp && wasCutOff(bench.tapped)))
            throw new Error(`seed "${seed}"`, { cause: error });
          givenUp += 1;
        } finally {
          await bench.close();
        }
        dropped += bench.tapped.filter(({ notes }) => notes.includes("dropped")).length;
      }
      expect(givenUp, `tries given up on ${TODAY}`).to.be.at.most(MOST_GIVEN_UP);
      expect(dropped, "messages dropped").to.be.greaterThan(TRIES);
    });
  }

  it("what is given up shows each of its copies dropped", async () => {
    const bench = new Bench();
    await bench.open("all", { lossPercent: 100 });
    const outcome = await rejection(whileTimePasses(bench.clock, bench.registerCallHoldHangUp()));
    expect(outcome).to.be.instanceOf(GivenUp);
    expect(bench.tapped.map(({ notes }) => notes)).to.deep.equal(
      Array.from({ length: 11 }, () => ["dropped", "impaired"]),
    );
    expect(wasCutOff(bench.tapped)).to.equal(true);
    expect(await bench.rest()).to.equal("0 0 0");
    await bench.close();
  });
});
