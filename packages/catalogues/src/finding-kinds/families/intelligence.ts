import { kindsOf } from "../kinds-of.ts";

export const intelligenceKinds = kindsOf("intelligence", {
  "breached-credential": {
    title: "Credentials found in a data breach",
    means:
      "E-mail addresses of the company, with passwords or password hashes, appeared in a breach or in a list combined from several.",
    typicalSeverity: "high",
    signs: [
      "nerve: Ghost Search, monitored e-mail addresses and uploaded breach files",
      "hibp: a breach with passwords",
    ],
    task: "TASK_ROTATE_CREDENTIALS",
  },
  "infostealer-credential": {
    title: "Credentials stolen from a device",
    means:
      "The log of an infostealer (malware that collects passwords) holds fresh sign-ins of the company, with the addresses that they open.",
    typicalSeverity: "critical",
    signs: ["nerve: Ghost Search, infostealer logs", "hibp: infostealer logs by domain"],
    task: "TASK_CLEAN_INFECTED_DEVICES",
  },
  "data-leaked-publicly": {
    title: "Company data in public places",
    means: "Code, documents or data of the company appear in pastes, public repositories or leak sites.",
    typicalSeverity: "high",
    signs: ["nerve: OSINT, findings on GitHub and Pastebin"],
    task: "TASK_HANDLE_LEAK",
  },
  "lookalike-domain": {
    title: "Lookalike domain registered by strangers",
    means: "A domain that can be mistaken for one of the company's was registered and is in use.",
    typicalSeverity: "medium",
    signs: [
      "nerve: OSINT, registered variants of a domain",
      "dnstwist: a registered variant with a mail or web server",
    ],
    task: "TASK_WATCH_LOOKALIKES",
  },
  "honeytoken-triggered": {
    title: "Honeytoken was triggered",
    means: "A honeytoken was opened or used, and no harmless cause is known.",
    typicalSeverity: "high",
    signs: ["nerve: BAIT, accesses judged to be a person's or a tool's"],
    task: "TASK_INVESTIGATE_HONEYTOKEN",
  },
});
