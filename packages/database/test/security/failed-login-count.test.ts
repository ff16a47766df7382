import { expect, test } from "vitest";
import { NotFoundError, ValidationError } from "../../src/errors/index.ts";
import { incrementFailedLoginCount, resetFailedLoginCount } from "../../src/security/index.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { createTestUser } from "../support/people/accounts.ts";

describeOnEachEngine("The count of failed sign-ins", (context) => {
  test("goes up by one and back to zero", async () => {
    const userId = (await createTestUser(context.db)).id;
    expect(await incrementFailedLoginCount(context.db, userId)).toBe(1);
    expect(await incrementFailedLoginCount(context.db, userId)).toBe(2);
    await resetFailedLoginCount(context.db, userId);
    expect(await incrementFailedLoginCount(context.db, userId)).toBe(1);
  });

  test("is exact when many fail at once, from two processes", async () => {
    const userId = (await createTestUser(context.db)).id;
    const other = await context.openAnother();
    const counts = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        incrementFailedLoginCount(index % 2 === 0 ? context.db : other, userId),
      ),
    );
    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  test("of a user who does not exist is an error, and 0 is no user", async () => {
    await expect(incrementFailedLoginCount(context.db, 999_999)).rejects.toBeInstanceOf(NotFoundError);
    await expect(resetFailedLoginCount(context.db, 999_999)).rejects.toBeInstanceOf(NotFoundError);
    await expect(incrementFailedLoginCount(context.db, 0)).rejects.toBeInstanceOf(ValidationError);
    await expect(resetFailedLoginCount(context.db, 0)).rejects.toBeInstanceOf(ValidationError);
  });
});
