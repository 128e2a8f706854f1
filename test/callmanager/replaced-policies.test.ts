import { expect } from "chai";
import { correctPolicies, type Policies } from "../../src/callmanager/index.ts";
import { TestWorld } from "./support/world.ts";

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
});
