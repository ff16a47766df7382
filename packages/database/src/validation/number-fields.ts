import { z } from "zod";

export interface LimitOptions {
  /** The most rows of a page; 1000 unless told. */
  max?: number | undefined;
  /** The rows of a page when nobody says; 100, or `max` if that is less, unless told. */
  default?: number | undefined;
}

/** A whole number from `min` to `max`, both included, and safe: without loss as a JavaScript number. */
export function boundedInteger({ min, max }: { min: number; max: number }) {
  return z.int().min(min).max(max);
}

/** The id of a record: a whole number from 1. Zero is refused as an id, which is something else than leaving it out. */
export function recordId() {
  return z.int().min(1).meta({ description: "The id of a record." });
}

/** How many rows a page holds at most, from 1. */
export function limit({ max = 1000, default: fallback = Math.min(100, max) }: LimitOptions = {}) {
  return boundedInteger({ min: 1, max }).default(fallback);
}
