import { and, eq, gt, gte, isNull, ne, or } from "drizzle-orm";
import { companies, discounts, emissionFactors, selfReadingWindows } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { fail, NotFoundError, ok, type Result } from "@/lib/errors";
import { moveCalendar } from "@/lib/runs/commands/move-calendar";
import { lockCalendar, scheduleRunsOf } from "@/lib/runs/commands/schedule-runs";
import { findCompany } from "./queries";
import type { CompanySettings, NewCompany, NewEmissionFactor, NewReadingWindow } from "./schema";

/** Adds a company of the group with its discounts (R13), and its calendar's next runs (R12). */
export async function addCompany(
  ctx: Context<SystemActor>,
  { discounts: earned, ...company }: NewCompany,
): Promise<Result<{ id: number }, "slug_taken">> {
  return await inTransaction(ctx, async (tx) => {
    const [added] = await tx.db
      .insert(companies)
      .values(company)
      .onConflictDoNothing()
      .returning({ id: companies.id });
    if (!added) {
      return fail("slug_taken");
    }
    if (earned.length > 0) {
      await tx.db
        .insert(discounts)
        .values(earned.map((discount) => ({ ...discount, companyId: added.id })));
    }
    await recordAudit(tx, {
      action: "added_company",
      companyId: added.id,
      subjectKind: "company",
      detail: { slug: company.slug, discounts: earned.length },
    });
    await scheduleRunsOf(tx, added.id);
    return ok(added);
  });
}

/**
 * From a day on, a company takes self-readings of a commodity on other days of the month; what held before ends
 * then, and what was to begin later does not. The same again changes nothing.
 * @throws {NotFoundError} if there is no such company
 */
export async function setReadingWindow(
  ctx: Context<SystemActor>,
  { company: slug, ...window }: NewReadingWindow & { company: string },
): Promise<{ changed: boolean }> {
  return await inTransaction(ctx, async (tx) => {
    const company = await findCompany(tx.db, slug);
    if (!company) {
      throw new NotFoundError(`company "${slug}"`);
    }
    // Whoever sets one at the same time waits here.
    await tx.db
      .select({ id: companies.id })
      .from(companies)
      .where(eq(companies.id, company.id))
      .for("update");
    const after = and(
      eq(selfReadingWindows.companyId, company.id),
      eq(selfReadingWindows.commodity, window.commodity),
      or(
        isNull(selfReadingWindows.validUntil),
        gt(selfReadingWindows.validUntil, window.validFrom),
      ),
    );
    const standing = await tx.db.select().from(selfReadingWindows).where(after);
    const [only] = standing;
    if (
      standing.length === 1 &&
      only?.validUntil === null &&
      only.validFrom <= window.validFrom &&
      only.opensOnDay === window.opensOnDay &&
      only.closesOnDay === window.closesOnDay
    ) {
      return { changed: false };
    }
    await tx.db
      .delete(selfReadingWindows)
      .where(and(after, gte(selfReadingWindows.validFrom, window.validFrom)));
    await tx.db.update(selfReadingWindows).set({ validUntil: window.validFrom }).where(after);
    await tx.db.insert(selfReadingWindows).values({ ...window, companyId: company.id });
    await recordAudit(tx, {
      action: "set_reading_window",
      companyId: company.id,
      subjectKind: "company",
      detail: { ...window },
    });
    return { changed: true };
  });
}

/**
 * From a day on, a unit of a company's commodity sets so much CO2 free, until the next such day. The same again
 * changes nothing; another figure for the same day takes its place.
 * @throws {NotFoundError} if there is no such company
 */
export async function setEmissionFactor(
  ctx: Context<SystemActor>,
  { company: slug, ...factor }: NewEmissionFactor & { company: string },
): Promise<{ changed: boolean }> {
  return await inTransaction(ctx, async (tx) => {
    const company = await findCompany(tx.db, slug);
    if (!company) {
      throw new NotFoundError(`company "${slug}"`);
    }
    const { gramsPerUnit, source } = factor;
    const written = await tx.db
      .insert(emissionFactors)
      .values({ ...factor, companyId: company.id })
      .onConflictDoUpdate({
        target: [emissionFactors.companyId, emissionFactors.commodity, emissionFactors.validFrom],
        set: { gramsPerUnit, source },
        setWhere: or(
          ne(emissionFactors.gramsPerUnit, gramsPerUnit),
          ne(emissionFactors.source, source),
        ),
      })
      .returning({ companyId: emissionFactors.companyId });
    if (written.length > 0) {
      await recordAudit(tx, {
        action: "set_emission_factor",
        companyId: company.id,
        subjectKind: "company",
        detail: { ...factor },
      });
    }
    return { changed: written.length > 0 };
  });
}

/** What a change of settings did. */
export interface ChangedSettings {
  changed: (keyof CompanySettings)[];
  /** Runs of the calendar that moved along. */
  moved: number;
  /** Runs whose new cut-off would have passed already: they stay. */
  left: number;
  /** Runs of months that have a cut-off to come only now. */
  added: number;
}

/**
 * Changes settings of a company. Runs of its calendar that are still to come move along with it;
 * those that operators opened stay (R12).
 * @throws {NotFoundError} if there is no such company
 */
export async function changeSettings(
  ctx: Context<SystemActor>,
  { company: slug, ...settings }: CompanySettings & { company: string },
): Promise<ChangedSettings> {
  return await inTransaction(ctx, async (tx) => {
    const found = await findCompany(tx.db, slug);
    if (!found) {
      throw new NotFoundError(`company "${slug}"`);
    }
    await lockCalendar(tx, found.id);
    // Read again now that nobody else changes it: the audit log tells what really was before.
    const company = (await findCompany(tx.db, slug)) ?? found;
    const names = Object.keys(settings) as (keyof CompanySettings)[];
    const changed = names.filter(
      (name) => settings[name] !== undefined && settings[name] !== company[name],
    );
    if (changed.length === 0) {
      return { changed, moved: 0, left: 0, added: 0 };
    }
    await tx.db.update(companies).set(settings).where(eq(companies.id, company.id));
    const runs =
      changed.includes("cutOffDay") || changed.includes("cutOffHour")
        ? await moveCalendar(tx, company.id)
        : { moved: 0, left: 0 };
    const added = await scheduleRunsOf(tx, company.id);
    await recordAudit(tx, {
      action: "changed_company",
      companyId: company.id,
      subjectKind: "company",
      detail: {
        ...Object.fromEntries(
          changed.map((name) => [name, `${company[name]} → ${settings[name]}`]),
        ),
        movedRuns: runs.moved,
      },
    });
    return { changed, ...runs, added };
  });
}
