import { getTranslations } from "next-intl/server";

/** Sizes of text in use, in rem; 1 rem is 17 px unless the reader's browser says otherwise. */
const SIZES = [
  ["text-3xl", "font-bold text-3xl tracking-tight"],
  ["text-2xl", "font-bold text-2xl tracking-tight"],
  ["text-xl", "font-semibold text-xl"],
  ["text-lg", "font-semibold text-lg"],
  ["text-base", "text-base"],
  ["text-sm", "text-sm"],
  ["text-xs", "text-xs"],
] as const;

/** Steps of space in use; one is a quarter of a rem. */
const STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12] as const;

export async function TypeScale() {
  const t = await getTranslations("design");
  return (
    <dl className="grid gap-4">
      {SIZES.map(([name, className]) => (
        <div key={name}>
          <dt className="text-muted text-sm">{name}</dt>
          <dd className={className}>{t("type.example")}</dd>
        </div>
      ))}
    </dl>
  );
}

export async function SpaceScale() {
  const t = await getTranslations("design");
  return (
    <dl className="grid gap-2">
      {STEPS.map((step) => (
        <div key={step} className="flex items-center gap-4">
          <dt className="w-40 shrink-0 text-muted text-sm">{t("space.step", { step })}</dt>
          <dd>
            <span className="sr-only">{t("space.length", { length: step / 4 })}</span>
            <span
              aria-hidden="true"
              className="block h-4 bg-accent"
              style={{ width: `${step / 4}rem` }}
            />
          </dd>
        </div>
      ))}
    </dl>
  );
}
