import { expect } from "chai";
import { correctPolicies, type Policies } from "../../src/callmanager/index.ts";
import { mediaLines } from "./support/raw-phone.ts";
import { AUDIO, AUDIO_RENUMBERED, sdp, VIDEO, VIDEO_RENUMBERED } from "./support/sdp.ts";
import { TestWorld } from "./support/world.ts";

const CALLER = "198.51.100.21";
const CALLEE = "198.51.100.22";

/** What a replaced policy says takes effect: nothing of it is decided anywhere else. */
describe("call manager with a replaced policy", () => {
  let world: TestWorld;
  afterEach(() => world.close());
  const start = async (policies: Partial<Policies>): Promise<void> => {
    world = await TestWorld.start(policies);
  };

  it("identifies by what identifyDevice goes by, without any credentials", async () => {
    await start({
      challengeRequest: () => ({ outcome: "pass", rules: [], reason: "" }),
      identifyDevice: ({ directory }) => {
        const device = directory.lab.devices[0]!;
        return { outcome: "identified", rules: [], reason: "", device };
      },
    });
    const { final } = await (await world.phone("1002")).register({ authenticate: false });
    expect(final.status).to.equal(200);
    expect(world.manager.registrations().map(({ device }) => device.name)).to.deep.equal(["basic1"]);
  });

  it("challenges as wordChallenge says, and reads the answer to a 407", async () => {
    await start({
      wordChallenge: (question) => {
        const { headers } = correctPolicies.wordChallenge(question);
        return { outcome: "worded", rules: [], reason: "", status: 407, headers };
      },
    });
    const phone = await world.phone("1002");
    const challenged = await phone.register({ authenticate: false });
    expect(challenged.statuses).to.deep.equal([100, 407]);
    const [, credentials] = phone.credentials(challenged);
    const headers = [["Proxy-Authorization", credentials]] as const;
    expect((await phone.register({ authenticate: false, headers })).final.status).to.equal(200);
  });

  it("sends no 100 to a REGISTER where announceTrying is silent", async () => {
    await start({ announceTrying: () => ({ outcome: "silent", rules: [], reason: "" }) });
    expect((await (await world.phone("1002")).register()).statuses).to.deep.equal([401, 200]);
  });

  it("answers a REGISTER in the words of wordRegistration", async () => {
    await start({
      wordRegistration: ({ binding }) => ({
        outcome: "worded",
        rules: [],
        reason: "",
        headers: [["Contact", `<${binding?.contact.uriText ?? ""}>;expires=77`]],
        body: { type: "text/plain", content: "welcome" },
      }),
    });
    const phone = await world.phone("1002");
    const { final } = await phone.register();
    expect(final.get("Contact")).to.equal(`${phone.contact};expires=77`);
    expect(final.body.toString()).to.equal("welcome");
    expect(final.has("Expires")).to.equal(false);
  });

  const ends = {
    expired: () => {
      world.clock.advance(120_001);
      return Promise.resolve();
    },
    unregistered: async (phone: Awaited<ReturnType<TestWorld["phone"]>>) => {
      await phone.register({ headers: [["Expires", "0"]] });
    },
    moved: async (phone: Awaited<ReturnType<TestWorld["phone"]>>) => {
      await phone.register({ contact: "<sip:1002@198.51.100.99:5060>" });
    },
  };
  for (const [cause, end] of Object.entries(ends)) {
    it(`keeps a binding that is ${cause} where endBinding keeps it`, async () => {
      await start({
        endBinding: (question) =>
          question.cause === cause ? { outcome: "kept", rules: [], reason: "" } : correctPolicies.endBinding(question),
      });
      const phone = await world.registered("1002");
      await end(phone);
      const contacts = world.manager.registrations().map(({ contact }) => `<${contact.uriText}>`);
      expect(contacts).to.include(phone.contact);
    });
  }

  it("tells of messages waiting when tellMessagesWaiting says so", async () => {
    await start({ tellMessagesWaiting: () => ({ outcome: "untold", rules: [], reason: "", summary: "" }) });
    const phone = await world.phone("1002");
    await phone.register();
    expect(await phone.waiting()).to.deep.equal([]);
  });

  it("answers OPTIONS as answerOptions says", async () => {
    await start({ answerOptions: () => ({ outcome: "answered", rules: [], reason: "", status: 404, headers: [] }) });
    const phone = await world.registered("1002");
    expect((await phone.send("OPTIONS", {})).final.status).to.equal(404);
  });

  it("binds further lines to the Contact where admitRegistration names them", async () => {
    await start({
      admitRegistration: (question) => {
        const registration = correctPolicies.admitRegistration(question);
        return registration.outcome === "bind"
          ? { ...registration, furtherLines: question.device.lines.slice(1) }
          : registration;
      },
    });
    await (await world.phone("2001")).register();
    expect(world.manager.registrations().map(({ line }) => line.directoryNumber)).to.have.members(["2001", "2002"]);
  });

  it("gives wordMessage the last word on what goes out, the engine's own messages too", async () => {
    await start({
      wordMessage: ({ message, bindings }) => {
        const names = bindings.map(({ device }) => device.name).join();
        return { outcome: "changed", rules: [], reason: "", message: message.set("X-To", names) };
      },
    });
    const phone = await world.registered("1002");
    const { responses } = await phone.call("9999", undefined);
    expect(responses.map(({ status }) => status)).to.include(100);
    for (const response of responses) expect(response.get("X-To")).to.equal("basic1");
  });

  it("lets wordMessage send octets that nobody corrects", async () => {
    await start({
      wordMessage: ({ octets }) => ({
        outcome: "changed",
        rules: [],
        reason: "",
        message: octets.toString("latin1").replace(/^Call-ID:/m, "i:\r\n "),
      }),
    });
    const phone = await world.registered("1002");
    const { final } = await phone.register();
    expect(final.toOctets().toString("latin1")).to.match(/^i:/m);
  });

  it("lets permittedMedia tell the description in the ACK from the one in the 200", async () => {
    const asked: string[] = [];
    await start({
      permittedMedia: (question) => {
        const { part, phase, carrier, sender, reader } = question;
        asked.push(`${phase} ${part} ${sender.device.name} ${carrier} ${reader.device.name}`);
        return carrier === "ACK"
          ? { outcome: "all", rules: [], reason: "", permitted: question.media.map(() => true) }
          : correctPolicies.permittedMedia(question);
      },
    });
    const caller = await world.registered("1002");
    const callee = await world.registered("2001");
    const call = await caller.call("2001", sdp(CALLER, AUDIO, VIDEO));
    await callee.accept(await callee.take("INVITE"), sdp(CALLEE, AUDIO_RENUMBERED, VIDEO_RENUMBERED));
    await caller.ack(call, caller.dialogOf(call));
    expect(mediaLines(callee.acks[0]!)[1]).to.equal("video 20002 RTP/AVP 97");
    expect(mediaLines(call.final)[1]).to.equal("video 0 RTP/AVP 97");
    expect(asked).to.include.members([
      "first offer basic1 INVITE advanced1",
      "first answer basic1 ACK advanced1",
      "first answer advanced1 200 basic1",
    ]);
  });

  it("leaves a stripped line out of an early offer where expressStripped says absent, and answers in the caller's slots", async () => {
    await start({ expressStripped: () => ({ outcome: "absent", rules: [], reason: "" }) });
    const caller = await world.registered("1002");
    const callee = await world.registered("2101");
    const call = await caller.call("2101", sdp(CALLER, VIDEO, AUDIO));
    const invite = await callee.take("INVITE");
    expect(mediaLines(invite.request)).to.deep.equal(["audio 20000 RTP/AVP 0 8 101"]);
    await callee.accept(invite, sdp(CALLEE, AUDIO_RENUMBERED));
    expect(mediaLines(call.final)).to.deep.equal(["video 0 RTP/AVP 97", "audio 30000 RTP/AVP 8 0 96"]);
    await caller.ack(call, caller.dialogOf(call));
  });

  it("sends a session description as wordSession words it, and knows which line is which", async () => {
    await start({
      wordSession: ({ draft, sources }) => {
        const media = draft.media.map((line, index) => ({ ...line, port: sources[index]?.port ?? 9 }));
        return { outcome: "worded", rules: [], reason: "", session: { ...draft, media } };
      },
    });
    const caller = await world.registered("1002");
    const callee = await world.registered("2101");
    const call = await caller.call("2101", sdp(CALLER, AUDIO, VIDEO));
    const invite = await callee.take("INVITE");
    expect(mediaLines(invite.request)[1]).to.equal("video 20002 RTP/AVP 97");
    await callee.accept(invite, sdp(CALLEE, AUDIO_RENUMBERED, VIDEO_RENUMBERED));
    expect(mediaLines(call.final)[1]).to.equal("video 30002 RTP/AVP 97");
    await caller.ack(call, caller.dialogOf(call));
  });
});
