import { expect } from "chai";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { randomIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { TransportError } from "../../src/core/errors.ts";
import { type DrachtioFront, openDrachtioFront } from "../../src/drachtio/index.ts";
import { Exchange, openApplication, RawApplication, keeping } from "../conformance/drachtio-application.ts";

const listen = [{ protocol: "udp", host: "127.0.0.1", port: 0 }] as const;

describe("the drachtio front", () => {
  let front: DrachtioFront;

  beforeEach(async () => {
    front = await openDrachtioFront({ clock: systemClock, ids: randomIds() });
  });

  afterEach(async () => {
    await front.close();
  });

  it("serves many endpoints on one port, told apart by their secrets", async () => {
    const [alice, bob] = [await front.openEndpoint({ listen }), await front.openEndpoint({ listen })];
    expect(alice.connectOptions.port).to.equal(bob.connectOptions.port);
    expect(alice.connectOptions.secret).not.to.equal(bob.connectOptions.secret);
    const options = keeping();
    const [caller, callee] = [
      await openApplication(alice.connectOptions),
      await openApplication(bob.connectOptions, { options: options.handler }),
    ];
    const exchange = await Exchange.send(caller, `sip:b@127.0.0.1:${bob.addresses[0]?.port ?? 0}`, {
      method: "OPTIONS",
    });
    const { request, response } = await options.next();
    expect(request.source_port).to.equal(alice.addresses[0]?.port);
    response.send(200);
    expect((await exchange.next()).response.status).to.equal(200);
    caller.disconnect();
    callee.disconnect();
  });

  it("refuses on one connection the secret of another endpoint, and any secret once its endpoint is closed", async () => {
    const [alice, bob] = [await front.openEndpoint({ listen }), await front.openEndpoint({ listen })];
    const raw = await RawApplication.open(alice.connectOptions);
    expect((await raw.authenticate(alice.connectOptions.secret))[0]).to.equal("OK");
    expect(await raw.authenticate(bob.connectOptions.secret)).to.deep.equal(["NO", "incorrect secret"]);
    await raw.closed;
    await alice.close();
    const late = await RawApplication.open(alice.connectOptions);
    expect(await late.authenticate(alice.connectOptions.secret)).to.deep.equal(["NO", "incorrect secret"]);
    await late.closed;
  });

  it("counts what is alive, and is at rest when everything has ended", async () => {
    const [alice, bob] = [await front.openEndpoint({ listen }), await front.openEndpoint({ listen })];
    const invites = keeping();
    const [caller, callee] = [
      await openApplication(alice.connectOptions),
      await openApplication(bob.connectOptions, { invite: invites.handler }),
    ];
    const call = caller.createUAC(`sip:b@127.0.0.1:${bob.addresses[0]?.port ?? 0}`, { localSdp: "v=0\r\n" });
    const { request, response } = await invites.next();
    expect([alice.counters, bob.counters]).to.deep.equal([
      { applications: 1, dialogs: 0, outgoing: 1, incoming: 0 },
      { applications: 1, dialogs: 0, outgoing: 0, incoming: 1 },
    ]);
    const [answered, dialog] = [await callee.createUAS(request, response, { localSdp: "v=0\r\n" }), await call];
    expect([alice.counters.dialogs, bob.counters.dialogs]).to.deep.equal([1, 1]);
    const destroyed = new Promise((resolve) => answered.on("destroy", resolve));
    await dialog.destroy();
    await destroyed;
    const rest = { applications: 1, dialogs: 0, outgoing: 0, incoming: 0 };
    expect([alice.counters, bob.counters]).to.deep.equal([rest, rest]);
    caller.disconnect();
    callee.disconnect();
  });

  it("closes with applications still connected, and closes twice", async () => {
    const alice = await front.openEndpoint({ listen });
    const raw = await RawApplication.open(alice.connectOptions);
    await raw.authenticate(alice.connectOptions.secret);
    const idle = await RawApplication.open(alice.connectOptions);
    await front.close();
    await Promise.all([raw.closed, idle.closed]);
    await alice.close();
    await front.close();
  });

  it("says so when it can't listen", async () => {
    const error = await openDrachtioFront({ clock: systemClock, ids: randomIds(), host: "192.0.2.1" }).catch(
      (failure: unknown) => failure,
    );
    expect(error).to.be.instanceOf(TransportError).with.property("code", "ERR_DRACHTIO_LISTEN");
  });

  it("leaves nothing alive: a process ends by itself after disconnect and close", async () => {
    const script = `
      import { randomIds } from "./src/core/ids.ts";
      import { systemClock } from "./src/core/system-clock.ts";
      import { openDrachtioFront } from "./src/drachtio/index.ts";
      import { openApplication } from "./test/conformance/drachtio-application.ts";
      const front = await openDrachtioFront({ clock: systemClock, ids: randomIds() });
      const endpoint = await front.openEndpoint({ listen: ${JSON.stringify(listen)} });
      const application = await openApplication(endpoint.connectOptions, { invite: () => undefined });
      await new Promise((resolve) => application.request("sip:x@127.0.0.1:9", { method: "INVITE" }, resolve));
      application.disconnect();
      await endpoint.close();
      await front.close();
      process.stdout.write("closed");
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--import=tsx", "--input-type=module", "--eval", script],
      { timeout: 8000 },
    );
    expect(stdout).to.equal("closed");
  });
});
