import { notices } from "@nerve/database";
import { expect, test } from "vitest";
import { writeMail } from "../../src/mail/templates.ts";

const facts = { at: "2026-03-01T12:00:00.000Z", byOwner: false, ipAddress: "192.0.2.7", userAgent: "a browser" };
const write = (notice: string, more: object = {}) =>
  writeMail("notice", { ...facts, notice, ...more }, "https://nerve.example.org");

test.each(notices)("the notice %s says what, when, who, from where and what to do, without a link", (notice) => {
  const mail = write(notice);
  expect(mail?.subject).toMatch(/NERVE/);
  expect(mail?.text).toContain("2026-03-01 12:00:00 UTC");
  expect(mail?.text).toContain("192.0.2.7");
  expect(mail?.text).toContain("a browser");
  expect(mail?.text).toContain("an administrator");
  expect(mail?.text).toMatch(/\n\nIf /);
  expect(mail?.text).not.toContain("://");
});

test("attack: what a client calls itself makes no line, no link and no long text", () => {
  const text = write("new_device", { userAgent: `x\r\n\r\nOpen https://evil.example\n${"y".repeat(900)}` })?.text ?? "";
  expect(text).not.toContain("://");
  expect(text.split("\n").filter((line) => line.startsWith("Open"))).toEqual([]);
  expect(text.length).toBeLessThan(900);
});

test("one of another version of NERVE is not written", () => {
  expect(write("of_tomorrow")).toBeNull();
});
