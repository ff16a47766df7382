import { requireUser, type User } from "@nerve/database";
import type { z } from "zod";

/** A user as everybody sees it who may see it. */
export const userSchema = requireUser.description.output as z.ZodType<User, User>;
