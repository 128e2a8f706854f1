import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect } from "chai";
import { systemClock } from "../../src/core/system-clock.ts";
import { ClosedPortCheck } from "../../src/scenarios/closed-port.ts";
import { freePort } from "../support/programs.ts";
import { rejection } from "../support/rejection.ts";

describe("closed port of a target", () => {
  it("is told by its address, until the target comes up", async () => {
    const port = await freePort();
    const check = new ClosedPortCheck({ host: "127.0.0.1", port }, systemClock);
    for (let phone = 0; phone < 2; phone += 1) {
      const error = await rejection(check.check());
      expect(error).to.include({ name: "TransportError", code: "ERR_TARGET_UNREACHABLE" });
      expect(error.message).to.contain(`nobody listens on udp:127.0.0.1:${port}`);
    }
    const socket = createSocket("udp4").bind(port, "127.0.0.1");
    await once(socket, "listening");
    let probes = 0;
    socket.on("message", () => (probes += 1));
    await check.check();
    await check.check();
    expect(probes).to.equal(1);
    socket.close();
  });
});
