import { z } from "zod";
import {
  boolean,
  created,
  datetime,
  id,
  integer,
  json,
  line,
  oneOf,
  owner,
  reference,
  softDelete,
  string,
  table,
  tenant,
  text,
  updated,
} from "./kit/index.ts";
import type { JsonValue } from "./kit/index.ts";
import * as input from "../validation/input.ts";
import { type SignInFactor, signInFactors } from "./sign-in-factors.ts";

/** What an account may do; the role matrix of the server says it in full. */
export const userRoles = ["super_admin", "admin", "analyst", "user", "company_user", "demo"] as const;
export type UserRole = (typeof userRoles)[number];

/** Whether an account may sign in. */
export const userStatuses = ["active", "locked", "suspended", "pending_verification"] as const;
export type UserStatus = (typeof userStatuses)[number];

export const companies = table(
  "companies",
  {
    module: "core",
    rowName: "Company",
    description: "A tenant: a customer with its domains, seats and subscription.",
    bound: "Only who manages all companies makes any.",
  },
  {
    id: id(),
    name: line(255).notNull(),
    primaryDomain: string(255)
      .notNull()
      .uniqueIgnoringCase()
      .is(input.domain())
      .note("a domain name in its ASCII form"),
    additionalDomains: json<string[]>().is(z.array(input.domain()).max(1000)).note("a list of domain names"),
    /** None is a number of seats too: nobody but demonstrations gets in. */
    maxSeats: integer()
      .notNull()
      .default(1)
      .is(input.boundedInteger({ min: 0, max: 1_000_000 }))
      .note("0 to 1000000"),
    maxDomains: integer()
      .notNull()
      .default(1)
      .is(input.boundedInteger({ min: 1, max: 1001 }))
      .note("1 to 1001, the primary domain counted"),
    subscriptionTier: line(20).notNull().default("basic"),
    stripeCustomerId: line(255),
    billingEmail: string(255).is(input.email()).note("an e-mail address in its normal form"),
    subscriptionStatus: line(20),
    ...created(),
    ...updated(),
    ...softDelete(),
    /** Null: as the installation allows. */
    maxStoredRows: integer()
      .is(input.boundedInteger({ min: 0, max: 1_000_000_000 }))
      .note("0 to 1000000000"),
    maxStoredMib: integer()
      .is(input.boundedInteger({ min: 0, max: 1_048_576 }))
      .note("0 to 1048576"),
    /** Since when its users have to have a second factor; null: as the installation demands. */
    twoFactorDemandedAt: datetime(),
    /** Days that they have from then on. */
    twoFactorGraceDays: integer()
      .is(input.boundedInteger({ min: 0, max: 365 }))
      .note("0 to 365"),
    /** The highest role that demands it, which waiving or lengthening it takes; null where nobody does. */
    twoFactorDemandedBy: oneOf(userRoles),
  },
);

export const users = table(
  "users",
  {
    module: "core",
    rowName: "User",
    description: "An account that can sign in.",
    bound:
      "A company holds twice its seats and 1,000 more, deleted ones and demonstrations counted; only who manages all companies makes others.",
    indexes: [{ columns: ["expires_at"] }, { columns: ["username"], unique: true, perCompany: true }],
  },
  {
    id: id(),
    email: string(255)
      .notNull()
      .uniqueIgnoringCase()
      .sensitive("personal")
      .is(input.accountEmail())
      .note("an e-mail address in its normal form"),
    username: line(100),
    passwordHash: string(255).notNull().sensitive("password"),
    fullName: line(255).sensitive("personal"),
    role: oneOf(userRoles).notNull().indexed(),
    companyId: reference(companies, { onDelete: "set null" }),
    status: oneOf(userStatuses).notNull().default("active").indexed(),
    emailVerified: boolean().notNull().default(false),
    emailVerificationToken: string(255).indexed().sensitive("digest"),
    emailVerifiedAt: datetime(),
    twoFactorEnabled: boolean().notNull().default(false).named("2fa_enabled"),
    twoFactorSecret: string(255).sensitive("encrypted").named("2fa_secret"),
    twoFactorBackupCodes: json<string[]>().sensitive("digest").named("2fa_backup_codes"),
    failedLoginAttempts: integer().notNull().default(0),
    lockedUntil: datetime(),
    passwordResetToken: string(255).indexed().sensitive("digest"),
    passwordResetExpires: datetime(),
    lastPasswordChange: datetime(),
    mustChangePassword: boolean().notNull().default(false),
    phoneNumber: line(20).sensitive("personal"),
    timezone: line(50).default("UTC"),
    language: line(10).default("en"),
    subscriptionTier: string(20),
    subscriptionStatus: string(20),
    stripeCustomerId: string(255),
    stripeSubscriptionId: string(255),
    expiresAt: datetime(),
    emailNotifications: boolean().notNull().default(true),
    securityAlerts: boolean().notNull().default(true),
    marketingEmails: boolean().notNull().default(false),
    theme: line(10).default("dark"),
    lastLoginAt: datetime(),
    lastLoginIp: string(45).sensitive("personal"),
    ...created(),
    ...updated(),
    ...softDelete(),
    /** The last TOTP step that was accepted; it and earlier ones are replays. */
    twoFactorLastStep: integer().sensitive("secret"),
    emailVerificationExpires: datetime(),
    /** After too many failures: until when sign-in is refused to whoever has proved nothing yet. */
    signInRefusedUntil: datetime(),
    /** A new address that waits beside the present one until the link that is mailed to it is used. */
    pendingEmail: string(255)
      .sensitive("personal")
      .is(input.accountEmail())
      .note("an e-mail address in its normal form"),
    /** When the user was moved to the company; null: there since the account was made. */
    companySince: datetime(),
    /** The highest role that suspended the account, which reinstating it takes; null where nobody did. */
    suspendedBy: oneOf(userRoles),
  },
);

export const passwordResetLinks = table(
  "password_reset_links",
  {
    module: "core",
    description:
      "Links to choose a new password that were mailed, side by side. Only digests of their tokens are stored.",
    bound: "50 of a user: one more forgets the one that ends first.",
    inOriginal: false,
    indexes: [{ columns: ["expires_at"] }],
  },
  {
    id: id(),
    userId: reference(users, { onDelete: "cascade" }).notNull(),
    token: string(255).notNull().unique().sensitive("digest"),
    ...created(),
    expiresAt: datetime().notNull(),
  },
);

export const knownDevices = table(
  "known_devices",
  {
    module: "core",
    description:
      "Devices that somebody signed in on: what others guess elsewhere does not keep them out. Only digests of their tokens are stored.",
    bound: "50 of a user: one more forgets the one that was used least lately.",
    inOriginal: false,
    indexes: [{ columns: ["expires_at"] }],
  },
  {
    id: id(),
    userId: reference(users, { onDelete: "cascade" }).notNull(),
    token: string(255).notNull().unique().sensitive("digest"),
    userAgent: text(),
    ...created(),
    /** When somebody last signed in on it. */
    lastUsedAt: datetime().notNull(),
    expiresAt: datetime().notNull(),
  },
);

export const sessions = table(
  "sessions",
  {
    module: "core",
    rowName: "Session",
    description: "A signed-in device. Only digests of its tokens are stored.",
    rowDescription: "A signed-in device.",
    bound:
      "50 live ones of a user: one more ends the oldest. Sign-ins are limited by network and account; what has ended is deleted 30 days after its expiry.",
    indexes: [{ columns: ["expires_at"] }],
  },
  {
    id: id(),
    userId: reference(users, { onDelete: "cascade" }).notNull(),
    token: string(255).notNull().unique().sensitive("digest"),
    refreshToken: string(255).unique().sensitive("digest"),
    ipAddress: string(45).notNull().sensitive("personal"),
    userAgent: text(),
    deviceType: string(20),
    deviceName: string(255),
    location: string(255),
    ...created(),
    lastActivity: datetime().notNull().stamped(),
    expiresAt: datetime().notNull(),
    isActive: boolean().notNull().default(true),
    revokedAt: datetime(),
    /** Digest that all refresh tokens of the session share: a known family with an unknown token is a replay. */
    refreshFamily: string(255).unique().sensitive("digest"),
    /** When the user last proved who they are; sensitive actions need it to be recent. */
    authenticatedAt: datetime(),
    /** The refresh token before: its answer can be had again for a moment, by the same client. */
    formerRefreshToken: string(255).sensitive("digest"),
    refreshedAt: datetime(),
    /** With it and the former refresh token itself, which is nowhere stored, the present tokens are made again. */
    refreshSalt: string(64).sensitive("secret"),
    knownDeviceId: reference(knownDevices, { onDelete: "set null" }),
  },
);

export const auditLogs = table(
  "audit_logs",
  {
    module: "core",
    rowName: "AuditLog",
    description: "Who changed what, written in the transaction of the change.",
    rowDescription: "Who changed what.",
    bound:
      "Requests are limited by address; after NERVE_AUDIT_KEEP_DAYS rows leave for the archive, where there is a folder for it.",
    indexes: [
      { columns: ["company_id", "created_at", "id"] },
      { columns: ["created_at", "id"] },
      { columns: ["resource_type", "resource_id"] },
    ],
  },
  {
    id: id(),
    ...owner(users),
    action: string(100).notNull().indexed(),
    resourceType: string(50),
    resourceId: integer(),
    description: text(),
    metadataJson: json<JsonValue>().searched(),
    ipAddress: string(45).sensitive("personal"),
    userAgent: text(),
    success: boolean().notNull().default(true),
    errorMessage: text(),
    ...created(),
    ...tenant(companies, { onDelete: "set null" }),
  },
);

export const passwordHistory = table(
  "password_history",
  {
    module: "core",
    description: "Hashes of former passwords, against their reuse.",
    bound: "24 of a user at most: one more forgets the oldest.",
    indexes: [{ columns: ["user_id", "created_at"] }],
  },
  {
    id: id(),
    userId: reference(users, { onDelete: "cascade" }).notNull(),
    passwordHash: string(255).notNull().sensitive("password"),
    ...created(),
  },
);

export const loginAttempts = table(
  "login_attempts",
  {
    module: "core",
    rowName: "LoginAttempt",
    description: "Every attempt to sign in, successful or not.",
    rowDescription: "An attempt to sign in.",
    bound: "Guesses are limited by network and account, and rows are kept for NERVE_ATTEMPT_KEEP_DAYS.",
    indexes: [
      { columns: ["company_id", "attempted_at", "id"] },
      { columns: ["email", "attempted_at", "id"] },
      { columns: ["ip_address", "attempted_at", "id"] },
      { columns: ["user_id", "attempted_at", "id"] },
      { columns: ["attempted_at", "id"] },
    ],
  },
  {
    id: id(),
    email: string(255).notNull().sensitive("personal"),
    ...owner(users),
    ipAddress: string(45).notNull().sensitive("personal"),
    userAgent: text(),
    success: boolean().notNull(),
    failureReason: string(100),
    attemptedAt: datetime().notNull().stamped(),
    ...tenant(companies, { onDelete: "set null" }),
    /** What its IP address is judged as: itself, or the first 64 bits of IPv6. */
    network: string(45).sensitive("personal"),
    /** The device or session that had proved itself before, and is judged by its own failures alone. */
    provedBy: string(40),
    /** What was shown, and was right. */
    factors: json<SignInFactor[]>()
      .is(z.array(input.oneOf(signInFactors)).max(signInFactors.length))
      .note(`a list of ${signInFactors.map((word) => `\`${word}\``).join(", ")}`),
    /** When an administrator or a new password made it count no longer. */
    forgottenAt: datetime(),
  },
);
