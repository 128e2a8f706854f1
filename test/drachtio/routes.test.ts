import { expect } from "chai";
import { Routes } from "../../src/drachtio/routes.ts";

describe("Routes", () => {
  it("go round among those that asked, each method for itself", () => {
    const routes = new Routes<string>();
    routes.add("invite", "a");
    routes.add("invite", "b");
    routes.add("options", "a");
    expect([routes.next("INVITE"), routes.next("OPTIONS"), routes.next("INVITE"), routes.next("INVITE")]).to.deep.equal(
      ["a", "a", "b", "a"],
    );
  });

  it("count an application once, however often it asks", () => {
    const routes = new Routes<string>();
    for (const application of ["a", "b", "a", "a"]) routes.add("invite", application);
    expect(Array.from({ length: 4 }, () => routes.next("INVITE"))).to.deep.equal(["a", "b", "a", "b"]);
  });

  it("lose one verb by remove and all of them by removeAll", () => {
    const routes = new Routes<string>();
    routes.add("invite", "a");
    routes.add("bye", "a");
    routes.add("bye", "b");
    routes.remove("invite", "a");
    expect(routes.verbs).to.deep.equal(["bye"]);
    routes.removeAll("a");
    expect([routes.next("BYE"), routes.next("BYE")]).to.deep.equal(["b", "b"]);
  });

  it("have nobody for a verb that nobody asked for, or asked for in upper case", () => {
    const routes = new Routes<string>();
    routes.add("INVITE", "a");
    expect(routes.next("INVITE")).to.equal(undefined);
  });
});
