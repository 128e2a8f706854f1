import { expect } from "chai";
import type { HeaderField } from "../../src/sip/message/index.ts";
import type { ServerTransaction } from "../../src/sip/transaction/index.ts";
import { CALLER, connect, type Up } from "./support/connect.ts";
import { mediaLines, sessionOf, type Exchange, type RawPhone } from "./support/raw-phone.ts";
import { AUDIO, laterSdp, sdp } from "./support/sdp.ts";
import { TestWorld } from "./support/world.ts";

const THIRD = sdp("198.51.100.23", AUDIO.replace("20000", "40000"));

describe("attended transfers while the second call still rings (RFC 5589 §7.6)", () => {
  let world: TestWorld;
  let alice: RawPhone;
  let bob: RawPhone;
  let carol: RawPhone;
  let up: Up;
  let ringing: Exchange;
  let atCarol: ServerTransaction;

  afterEach(() => world.close());

  /** Alice talks with bob, and carol rings for her. */
  async function ring(third = "2001"): Promise<void> {
    world = await TestWorld.start();
    alice = await world.registered("1002");
    bob = await world.registered("1003");
    carol = await world.registered(third);
    up = await connect(alice, bob);
    ringing = await alice.call(carol.options.number, CALLER);
    atCarol = await carol.take("INVITE");
    await carol.respond(atCarol, 180);
  }

  /** Alice's REFER in the first call, with the second in Replaces. */
  function join(): Promise<Exchange> {
    const [{ toTag = "" } = {}] = ringing.responses.filter(({ status }) => status === 180);
    const { callId, fromTag = "" } = ringing.request;
    const named = encodeURIComponent(`${callId};to-tag=${toTag};from-tag=${fromTag}`);
    const referTo: HeaderField = ["Refer-To", `<${alice.uri(carol.options.number)}?Replaces=${named}>`];
    return alice.sendIn(up.callerDialog, "REFER", { headers: [referTo] });
  }

  it("let the transferor go, and the target ring on for the other phone", async () => {
    await ring();
    expect((await join()).final.status).to.equal(202);
    expect(ringing.final.status).to.equal(487);
    const { request: notify } = await alice.take("NOTIFY");
    expect(notify.body.toString()).to.equal("SIP/2.0 100 Trying\r\n");
    expect(notify.get("Subscription-State")).to.match(/^terminated/);
    expect((await alice.take("BYE")).request.callId).to.equal(up.callerDialog.callId);
    expect(carol.cancels).to.have.length(0);
    const dialog = await carol.accept(atCarol, THIRD);
    const reinvite = await bob.take("INVITE");
    expect(mediaLines(reinvite.request)).to.deep.equal(["audio 40000 RTP/AVP 0 8 101"]);
    await bob.respond(reinvite, 200, laterSdp(2, "198.51.100.22", AUDIO.replace("20000", "30000")));
    expect(mediaLines(carol.acks[0]!)).to.deep.equal(["audio 30000 RTP/AVP 0 8 101"]);
    expect(world.manager.activeCalls()).to.equal(1);
    await carol.sendIn(dialog, "BYE");
    expect(await bob.waiting()).to.deep.equal(["BYE"]);
    expect(world.manager.activeCalls()).to.equal(0);
  });

  it("negotiate anew where the target was offered what the transferor has", async () => {
    await ring("2101");
    await join();
    await carol.accept(atCarol, THIRD);
    const asked = await bob.take("INVITE");
    expect(asked.request.body).to.have.length(0);
    await bob.respond(asked, 200, laterSdp(2, "198.51.100.22", AUDIO));
    const offered = await carol.take("INVITE");
    expect(sessionOf(offered.request).connection?.address).to.equal("198.51.100.22");
  });

  it("end for the other phone when the target refuses, and stop the ringing when it hangs up", async () => {
    await ring();
    await join();
    await carol.respond(atCarol, 486);
    expect((await bob.take("BYE")).request.get("Reason")).to.equal("Q.850;cause=17");
    await world.close();
    await ring();
    await join();
    await bob.sendIn(up.calleeDialog, "BYE");
    expect(carol.cancels).to.have.length(1);
    expect(world.manager.activeCalls()).to.equal(0);
  });

  it("free both calls of the transferor, and count the target's once", async () => {
    await ring();
    await join();
    const ends = world.decisions.filter(({ policy }) => policy === "releaseLine").map(({ reason }) => reason);
    expect(ends).to.deep.equal([
      "a call of basic1 line 1002 is over: transferred",
      "a call of basic1 line 1002 is over: transferred",
    ]);
  });
});
