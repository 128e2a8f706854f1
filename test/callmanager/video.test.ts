import { expect } from "chai";
import type { Dialog } from "../../src/sip/dialog/index.ts";
import type { SipMessage } from "../../src/sip/message/index.ts";
import { mediaLines, quiet, sessionOf, withSdp, type Exchange, type RawPhone } from "./support/raw-phone.ts";
import { AUDIO, AUDIO_RENUMBERED, BFCP, FECC, laterSdp, sdp, SLIDES, VIDEO, VIDEO_RENUMBERED } from "./support/sdp.ts";
import { TestWorld } from "./support/world.ts";

const CALLER = "198.51.100.21";
const CALLEE = "198.51.100.22";
const EVERYTHING = [AUDIO, VIDEO, SLIDES, BFCP, FECC];

interface Up {
  readonly caller: RawPhone;
  readonly callee: RawPhone;
  readonly call: Exchange;
  readonly callerDialog: Dialog;
  readonly calleeDialog: Dialog;
  /** What each side was told. */
  readonly toCaller: string[];
  readonly toCallee: string[];
}

describe("video through the call manager", () => {
  let world: TestWorld;
  beforeEach(async () => (world = await TestWorld.start()));
  afterEach(() => world.close());

  /** Calls with a delayed offer: both phones say what they would like. */
  async function connect(from: string, to: string, offer: readonly string[], counter: readonly string[]): Promise<Up> {
    const caller = await world.registered(from);
    const callee = await world.registered(to);
    const call = await caller.call(to, sdp(CALLER, ...offer));
    const invite = await callee.take("INVITE");
    expect(invite.request.body).to.have.length(0);
    const calleeDialog = await callee.accept(invite, sdp(CALLEE, ...counter), [["Allow", "INVITE, UPDATE"]]);
    const callerDialog = caller.dialogOf(call);
    await caller.ack(call, callerDialog);
    const [ack] = callee.acks;
    return {
      caller,
      callee,
      call,
      callerDialog,
      calleeDialog,
      toCaller: mediaLines(call.final),
      toCallee: mediaLines(ack!),
    };
  }

  const videoless = (from: string, to: string): Promise<Up> =>
    connect(from, to, [AUDIO, VIDEO], [AUDIO_RENUMBERED, VIDEO_RENUMBERED]);

  /** Words that would say something of video in a body that has none. */
  function leaks(message: SipMessage): string[] {
    return message.body.toString().match(/rtcp-fb|fmtp:(97|110|120)|TIAS|group|floorctrl/g) ?? [];
  }

  for (const [from, to, pair] of [
    ["1002", "1003", "Basic to Basic"],
    ["1002", "2001", "Basic to Advanced"],
    ["2001", "1002", "Advanced to Basic"],
  ] as const) {
    // prettier-ignore
    it(`is not live on either side from ${pair}, while audio is, in the numbers of the phone that listens`, async () => {
      const { toCaller, toCallee, call, callee } = await videoless(from, to);
      expect(toCaller).to.deep.equal(["audio 30000 RTP/AVP 0 96", "video 0 RTP/AVP 97"]);
      expect(toCallee).to.deep.equal(["audio 20000 RTP/AVP 0 101", "video 0 RTP/AVP 110 120"]);
      expect([...leaks(call.final), ...leaks(callee.acks[0]!)]).to.deep.equal([]);
    });
  }

  it("is live on both sides from Advanced to Advanced, with the codec that both have, in the numbers of the phone that listens", async () => {
    const { toCaller, toCallee, call, callee } = await videoless("2001", "1050");
    expect(toCaller).to.deep.equal(["audio 30000 RTP/AVP 0 96", "video 30002 RTP/AVP 120"]);
    expect(toCallee).to.deep.equal(["audio 20000 RTP/AVP 0 101", "video 20002 RTP/AVP 97"]);
    expect(call.final.body.toString()).to.include("a=rtpmap:120 h264/90000\r\na=fmtp:120 packetization-mode=1;");
    expect(callee.acks[0]!.body.toString()).to.include("a=rtcp-fb:97 nack pli");
  });

  it("keeps every slot of a Basic offer with slides, BFCP and far-end camera control, all but audio with port 0", async () => {
    const { toCaller, call } = await connect("1002", "2001", EVERYTHING, EVERYTHING);
    expect(toCaller).to.deep.equal([
      "audio 20000 RTP/AVP 0 101",
      "video 0 RTP/AVP 97",
      "video 0 RTP/AVP 97",
      "application 0 UDP/BFCP *",
      "application 0 RTP/AVP 100",
    ]);
    const [, main, slides, bfcp] = sessionOf(call.final).media;
    expect(main?.attributes.at(-1)).to.deep.equal({ name: "inactive" });
    expect(slides?.attributes).to.deep.include({ name: "content", value: "slides" });
    expect(bfcp?.connection?.address).to.equal("0.0.0.0");
  });

  it("passes slides, BFCP and far-end camera control between Advanced phones, and says who connects", async () => {
    const { toCaller, call, callee } = await connect("2001", "1050", EVERYTHING, [AUDIO, SLIDES, VIDEO, FECC, BFCP]);
    expect(toCaller.map((line) => line.split(" ", 2).join(" "))).to.deep.equal([
      "audio 20000",
      "video 20002",
      "video 20004",
      "application 20006",
      "application 20008",
    ]);
    expect(call.final.body.toString()).to.include("a=setup:passive");
    expect(callee.acks[0]!.body.toString()).to.include("a=setup:active");
  });

  it("gives 488 to an offer with only video, from and to a Basic phone, and rings nobody", async () => {
    const basic = await world.registered("1002");
    const advanced = await world.registered("2001");
    expect((await basic.call("2001", sdp(CALLER, VIDEO))).final.status).to.equal(488);
    expect((await advanced.call("1002", sdp(CALLEE, VIDEO))).final.status).to.equal(488);
    await world.registered("1005");
    expect((await advanced.call("1005", sdp(CALLEE, VIDEO))).final.status).to.equal(488);
    expect(await advanced.waiting()).to.deep.equal([]);
    expect(await basic.waiting()).to.deep.equal([]);
  });

  it("accepts an audio call with a video line of port 0", async () => {
    const dead = VIDEO.replace("20002", "0");
    const { toCaller } = await connect("1002", "1003", [AUDIO, dead], [AUDIO]);
    expect(toCaller).to.deep.equal(["audio 20000 RTP/AVP 0 101", "video 0 RTP/AVP 97"]);
  });

  it("offers early with port 0 in the video slot, and strips a live answer to it", async () => {
    const caller = await world.registered("2001");
    const basic = await world.registered("1005");
    const call = await caller.call("1005", sdp(CALLER, AUDIO, VIDEO));
    const invite = await basic.take("INVITE");
    expect(mediaLines(invite.request)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101", "video 0 RTP/AVP 97"]);
    await basic.respond(invite, 183, sdp(CALLEE, AUDIO, VIDEO));
    expect(mediaLines(call.responses.at(-1)!)[1]).to.equal("video 0 RTP/AVP 97");
    await basic.accept(invite, sdp(CALLEE, AUDIO, VIDEO));
    expect(mediaLines(call.final)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101", "video 0 RTP/AVP 97"]);
  });

  it("offers video early between Advanced phones, and relays the answer", async () => {
    const caller = await world.registered("2001");
    const callee = await world.registered("2101");
    const call = await caller.call("2101", sdp(CALLER, AUDIO, VIDEO));
    const invite = await callee.take("INVITE");
    expect(mediaLines(invite.request)[1]).to.equal("video 20002 RTP/AVP 97");
    await callee.accept(invite, sdp(CALLEE, AUDIO.replace("20000", "30000"), VIDEO.replace("20002", "30002")));
    expect(mediaLines(call.final)[1]).to.equal("video 30002 RTP/AVP 97");
  });

  it("stays dead where the answer revives a line that was offered with port 0", async () => {
    const caller = await world.registered("2001");
    const callee = await world.registered("2101");
    const call = await caller.call("2101", sdp(CALLER, AUDIO, VIDEO.replace("20002", "0")));
    await callee.accept(await callee.take("INVITE"), sdp(CALLEE, AUDIO, VIDEO));
    expect(mediaLines(call.final)[1]).to.equal("video 0 RTP/AVP 97");
  });

  it("does not let an offer in the caller's absence of one reach a Basic caller live", async () => {
    const basic = await world.registered("1002");
    const advanced = await world.registered("2001");
    const call = await basic.call("2001", undefined);
    await advanced.accept(await advanced.take("INVITE"), sdp(CALLEE, AUDIO, VIDEO));
    expect(mediaLines(call.final)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101", "video 0 RTP/AVP 97"]);
    await basic.ack(call, basic.dialogOf(call), sdp(CALLER, AUDIO, VIDEO));
    expect(mediaLines(advanced.acks[0]!)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101", "video 0 RTP/AVP 97"]);
  });

  for (const method of ["INVITE", "UPDATE"] as const) {
    it(`added by ${method} stays dead where one side is Basic, and the audio goes on`, async () => {
      const { caller, callee, callerDialog, calleeDialog } = await connect("1002", "2001", [AUDIO], [AUDIO_RENUMBERED]);
      const adding = caller.sendIn(callerDialog, method, withSdp(laterSdp(2, CALLER, AUDIO, VIDEO)));
      const asked = await callee.take(method);
      expect(mediaLines(asked.request)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101"]);
      await callee.respond(asked, 200, laterSdp(2, CALLEE, AUDIO_RENUMBERED));
      const { final } = await adding;
      await quiet();
      expect(mediaLines(final)).to.deep.equal(["audio 30000 RTP/AVP 8 0 96", "video 0 RTP/AVP 97"]);
      if (method === "INVITE") return;
      const back = callee.sendIn(
        calleeDialog,
        method,
        withSdp(laterSdp(3, CALLEE, AUDIO_RENUMBERED, VIDEO_RENUMBERED)),
      );
      const answered = await caller.take("INVITE"); // the Basic phone never listed UPDATE
      expect(mediaLines(answered.request)).to.deep.equal(["audio 30000 RTP/AVP 8 0 96", "video 0 RTP/AVP 97"]);
      await caller.respond(answered, 200, laterSdp(3, CALLER, AUDIO, VIDEO));
      const exchange = await back;
      await quiet();
      expect(mediaLines(exchange.final)[1]).to.equal("video 0 RTP/AVP 110 120");
    });
  }

  it("is refused with 488 where a Basic phone would have nothing else, and the call is kept", async () => {
    const { caller, callee, callerDialog } = await connect("1002", "2001", [AUDIO], [AUDIO]);
    const onlyVideo = laterSdp(2, CALLER, AUDIO.replace("20000", "0"), VIDEO);
    expect((await caller.sendIn(callerDialog, "INVITE", withSdp(onlyVideo))).final.status).to.equal(488);
    expect(await callee.waiting()).to.deep.equal([]);
    expect(world.manager.activeCalls()).to.equal(1);
  });

  it("is added and removed between Advanced phones, in new lines at the end that stay", async () => {
    const { caller, callee, callerDialog } = await connect("2001", "1050", [AUDIO], [AUDIO_RENUMBERED]);
    const adding = caller.sendIn(callerDialog, "INVITE", withSdp(laterSdp(2, CALLER, AUDIO, VIDEO)));
    const added = await callee.take("INVITE");
    expect(mediaLines(added.request)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101", "video 20002 RTP/AVP 97"]);
    await callee.respond(added, 200, laterSdp(2, CALLEE, AUDIO_RENUMBERED, VIDEO.replace("20002", "30002")));
    const exchange = await adding;
    await quiet();
    expect(mediaLines(exchange.final)).to.deep.equal(["audio 30000 RTP/AVP 8 0 96", "video 30002 RTP/AVP 97"]);
    await caller.ack(exchange, callerDialog);
    const removing = caller.sendIn(
      callerDialog,
      "INVITE",
      withSdp(laterSdp(3, CALLER, AUDIO, VIDEO.replace("20002", "0"))),
    );
    const removed = await callee.take("INVITE");
    expect(mediaLines(removed.request)[1]).to.equal("video 0 RTP/AVP 97");
    await callee.respond(removed, 200, laterSdp(3, CALLEE, AUDIO_RENUMBERED, VIDEO.replace("20002", "0")));
    expect(mediaLines((await removing).final)[1]).to.equal("video 0 RTP/AVP 97");
  });

  it("drops capabilities, groups and keys that could bring video back", async () => {
    const sly = `${AUDIO}\r\na=acap:1 rtpmap:97 H264/90000\r\na=lcfg:1 mt=video\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x`;
    const { call, callee } = await connect("1002", "2001", [`a=group:BUNDLE 0 1\r\n${sly}\r\na=mid:0`], [AUDIO]);
    const bodies = `${call.final.body.toString()}${callee.acks[0]!.body.toString()}`;
    expect(bodies).not.to.match(/acap|lcfg|crypto|group|mid:/);
  });

  it("keeps fax and text beside the audio of a Basic phone", async () => {
    const fax = "m=image 20020 udptl t38\r\na=T38FaxVersion:0";
    const text = "m=text 20022 RTP/AVP 98\r\na=rtpmap:98 t140/1000";
    const { toCaller, call } = await connect("1002", "1003", [AUDIO, fax, text], [AUDIO, fax, text]);
    expect(toCaller.slice(1)).to.deep.equal(["image 20020 udptl t38", "text 20022 RTP/AVP 98"]);
    expect(call.final.body.toString()).to.include("a=T38FaxVersion:0");
  });

  it("is asked of one policy alone: another one lets it through", async () => {
    await world.close();
    world = await TestWorld.start({
      permittedMedia: ({ media }) => ({ outcome: "all", rules: [], reason: "", permitted: media.map(() => true) }),
    });
    const { toCaller } = await videoless("1002", "1003");
    expect(toCaller[1]).to.equal("video 30002 RTP/AVP 120");
  });
});
