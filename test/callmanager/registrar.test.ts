import { expect } from "chai";
import { TestWorld } from "./support/world.ts";

describe("registration at the call manager", () => {
  let world: TestWorld;
  beforeEach(async () => (world = await TestWorld.start()));
  afterEach(() => world.close());

  it("challenges, then binds, in CUCM's wire form", async () => {
    const phone = await world.phone("1002");
    const exchange = await phone.register({ headers: [["Expires", "3600"]] });
    expect(exchange.statuses).to.deep.equal([100, 401, 100, 200]);
    const [, challenge, , success] = exchange.responses;
    expect(challenge?.get("WWW-Authenticate")).to.match(
      /^Digest realm="ccmsipline", nonce="[A-Za-z0-9+/]{32}", algorithm=MD5$/,
    );
    expect(success?.get("Expires")).to.equal("120");
    expect(success?.get("Contact")).to.equal(`${phone.contact};x-cisco-newreg`);
    expect(success?.get("Server")).to.equal("Cisco-CUCM14.0");
    expect(success?.get("Date")).to.equal("Mon, 05 Oct 2026 09:00:00 GMT");
    expect(world.manager.registrations().map(({ device }) => device.name)).to.deep.equal(["basic1"]);
  });

  it("fills in neither rport nor received", async () => {
    const { final } = await (await world.phone("1002")).register();
    expect(final.topVia.rport).to.equal(true);
    expect(final.topVia.received).to.equal(undefined);
  });

  it("makes a new nonce for each challenge", async () => {
    const phone = await world.phone("1002");
    const { responses } = await phone.register({ password: "wrong" });
    const nonces = responses.flatMap((response) => response.get("WWW-Authenticate") ?? []);
    expect(new Set(nonces).size).to.equal(2);
  });

  const refused = [
    { name: "a wrong password", options: { password: "wrong" }, status: 401, rule: "REG-06" },
    { name: "an unknown user", options: { username: "nobody" }, status: 404, rule: "REG-07" },
    { name: "a user of no device", options: { username: "nophone", password: "pw" }, status: 404, rule: "REG-08" },
    { name: "a user of two devices", options: { username: "twophones", password: "pw" }, status: 404, rule: "REG-10" },
    { name: "a number of another device", options: { from: "sip:1003@127.0.0.1" }, status: 404, rule: "REG-12" },
    {
      name: "Contact: *",
      options: { contact: "*", headers: [["Expires", "0"]] as const },
      status: 400,
      rule: "REG-23",
    },
    { name: "too short a lifetime", options: { headers: [["Expires", "5"]] as const }, status: 423, rule: "REG-21" },
  ];
  for (const { name, options, status, rule } of refused) {
    it(`refuses ${name} with ${status} and reports ${rule}`, async () => {
      const phone = await world.phone("1002");
      const { final } = await phone.register(options);
      expect(final.status).to.equal(status);
      expect(world.manager.registrations()).to.have.length(0);
      expect(world.decisions.at(status === 401 ? -2 : -1)?.rules).to.include(rule);
    });
  }

  it("answers a password that is right after a wrong one", async () => {
    const phone = await world.phone("1002");
    await phone.register({ password: "wrong" });
    expect((await phone.register()).final.status).to.equal(200);
  });

  it("refuses a nonce that is older than ten minutes", async () => {
    const phone = await world.phone("1002");
    const first = await phone.register({ authenticate: false });
    world.clock.advance(600_001);
    const { final } = await phone.register({ authenticate: false, headers: [phone.credentials(first)] });
    expect(final.status).to.equal(401);
  });

  it("takes any password with the check box off", async () => {
    const phone = await world.phone("1003", { password: "wrong" });
    expect((await phone.register()).statuses).to.deep.equal([100, 401, 100, 200]);
  });

  it("marks only the first binding of a device as new, and tells each line its messages", async () => {
    const phone = await world.phone("2001");
    const [first, second] = [await phone.register(), await phone.register({ from: "sip:2002@127.0.0.1" })];
    expect(first.final.get("Contact")).to.match(/;x-cisco-newreg$/);
    expect(second.final.get("Contact")).to.equal(phone.contact);
    const notify = await phone.take("NOTIFY");
    expect(notify.request.get("Event")).to.equal("message-summary");
    expect(notify.request.body.toString()).to.equal("Messages-Waiting: no\r\n");
    expect(await phone.waiting()).to.deep.equal(["NOTIFY"]);
  });

  it("accepts a refresh without credentials from the same source, and from no other", async () => {
    const phone = await world.registered("1002");
    expect((await phone.register({ authenticate: false })).statuses).to.deep.equal([100, 200]);
    const other = await world.phone("1002");
    const stolen = { authenticate: false, contact: phone.contact, callId: "reg-1002-198.51.100.21", cseq: 9 };
    expect((await other.register(stolen)).statuses).to.deep.equal([100, 401]);
    expect(await phone.waiting()).to.deep.equal([]);
  });

  it("does not take leaving for a refresh", async () => {
    const phone = await world.registered("1002");
    const leaving = { authenticate: false, headers: [["Expires", "0"]] as const };
    expect((await phone.register(leaving)).statuses).to.deep.equal([100, 401]);
  });

  it("unbinds by Expires 0 and answers without Contact", async () => {
    const phone = await world.registered("1002");
    const { final } = await phone.register({ headers: [["Expires", "0"]] });
    expect(final.status).to.equal(200);
    expect(final.get("Expires")).to.equal("0");
    expect(final.has("Contact")).to.equal(false);
    expect(world.manager.registrations()).to.have.length(0);
  });

  it("forgets a binding after 120 s without refresh", async () => {
    await world.registered("1002");
    world.clock.advance(119_999);
    expect(world.manager.registrations()).to.have.length(1);
    world.clock.advance(1);
    expect(world.manager.registrations()).to.have.length(0);
  });

  it("registers over TCP", async () => {
    const phone = await world.registered("1002", { protocol: "tcp" });
    expect(world.manager.registrations()[0]?.flow.protocol).to.equal("tcp");
    expect(phone.contact).to.match(/transport=tcp/);
  });

  it("ignores a Cisco body in REGISTER", async () => {
    const phone = await world.phone("1002");
    const type = ["Content-Type", "application/x-cisco-remotecc-request+xml"] as const;
    const { final } = await phone.register({ headers: [type], body: "<x/>" });
    expect(final.status).to.equal(200);
    expect(final.body).to.have.length(0);
  });

  it("leaves no timer behind", async () => {
    await world.registered("1002");
    await world.manager.close();
    world.clock.advance(32_000);
    const before = world.clock.timerCount;
    await world.close();
    expect(before).to.equal(0);
  });
});
