import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSession, createUser } from "@nerve/database";
import type { Comparison } from "../../database/bench/compare.ts";
import { type BenchSize, sessionToken } from "../../database/bench/data.ts";
import { benchConnections, type BenchPlace } from "../../database/bench/places.ts";
import type { Target } from "./load.ts";
import { type LoadProcess, startLoadProcess, startServerProcess } from "./processes.ts";

/** What is measured. */
const names = {
  me: "HTTP: GET /api/auth/me",
  events: "HTTP: GET /api/security/events, 100 rows",
  save: "HTTP: POST /api/xasm/scans",
  saveForAnybody: "HTTP: POST /api/xasm/scans, session against none",
} as const;
export const httpOperations: readonly string[] = Object.values(names);

/** A request that both servers answer. */
interface Exchange {
  readonly name: string;
  readonly goal: number;
  readonly batch: number;
  readonly status: number;
  readonly requests: readonly string[];
  /** What the other is asked, where that is not the same. */
  readonly otherRequests?: readonly string[];
}

function wire(route: string, token: string | undefined, body?: object): string {
  const text = body === undefined ? "" : JSON.stringify(body);
  const content = text === "" ? "" : `content-type: application/json\r\ncontent-length: ${text.length}\r\n`;
  const credential = token === undefined ? "" : `authorization: Bearer ${token}\r\n`;
  return `${route} HTTP/1.1\r\nhost: 127.0.0.1\r\n${credential}${content}\r\n${text}`;
}

const different = 1000;
const numbers = Array.from({ length: different }, (_, number) => number);

function saveRequests(token: string | undefined): string[] {
  const results = { subdomains: ["www.example.org"], port_scan_results: [{ port: 22, risk_level: "HIGH" }] };
  return numbers.map((number) =>
    wire("POST /api/xasm/scans", token, { scanId: `bench-${number}`, target: "example.org", results }),
  );
}

function exchanges({ sessions }: BenchSize, token: string): Exchange[] {
  const save = { batch: 1000, status: 201, requests: saveRequests(token) };
  return [
    {
      name: names.me,
      goal: 0.6,
      batch: 3000,
      status: 200,
      requests: numbers.map((number) => wire("GET /api/auth/me", sessionToken(1 + (number % sessions)))),
    },
    {
      name: names.events,
      goal: 0.6,
      batch: 500,
      status: 200,
      // The bare server lists them for anybody.
      requests: [wire("GET /api/security/events?limit=100", token)],
    },
    { name: names.save, goal: 0.7, ...save },
    { name: names.saveForAnybody, goal: 0.5, ...save, otherRequests: saveRequests(undefined) },
  ];
}

/**
 * Prepares the comparisons of NERVE over HTTP with a bare Fastify that runs the same statements: two servers and the senders
 * of requests, each in a process of its own, 16 connections at once.
 */
export async function httpComparisons(
  { db, url }: BenchPlace,
  size: BenchSize,
): Promise<{ comparisons: Comparison[]; close: () => Promise<void> }> {
  const user = await createUser(db, {
    email: "http@example.org",
    password: "moon river dance seven",
    role: "super_admin",
  });
  const { token } = await createSession(db, { userId: user.id, ipAddress: "127.0.0.1" });
  const folder = await mkdtemp(join(tmpdir(), "nerve-bench-http-"));
  const settings = { url, maxConnections: benchConnections, userId: user.id };
  const nerve = await startServerProcess("serve-nerve.ts", { settings, log: join(folder, "nerve.log") });
  const bare = await startServerProcess("serve-bare.ts", { settings, log: join(folder, "bare.log") });
  const senders: LoadProcess[] = [];
  const sender = async (target: Target) => {
    const process = await startLoadProcess(target);
    senders.push(process);
    return process;
  };
  const comparisons: Comparison[] = [];
  for (const exchange of exchanges(size, token)) {
    const { requests, otherRequests = requests, status } = exchange;
    const toNerve = await sender({ port: nerve.port, requests, status });
    const toBare = await sender({ port: bare.port, requests: otherRequests, status });
    comparisons.push({
      operation: exchange.name,
      engine: db.engine,
      against: "bare Fastify, same statements",
      atLeast: exchange.goal,
      batch: exchange.batch,
      ours: () => toNerve.send(exchange.batch),
      other: () => toBare.send(exchange.batch),
    });
  }
  const close = async () => {
    for (const process of [...senders, nerve, bare]) await process.end();
    await rm(folder, { recursive: true });
  };
  return { comparisons, close };
}
