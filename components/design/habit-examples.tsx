import { getTranslations } from "next-intl/server";
import { Facts } from "@/components/ui/facts";
import { Toast } from "@/components/ui/toast";

/** What shows that something is on its way, or was done. */
export async function WaitingExamples() {
  const t = await getTranslations("design.waiting");
  return (
    <div className="grid gap-4">
      <div className="navigation-progress w-3/5" />
      <p className="text-muted text-sm">{t("line")}</p>
      <Toast sentence={t("done")} example />
      <p className="text-muted text-sm">{t("toast")}</p>
      <p className="text-muted text-sm">{t("sizes")}</p>
    </div>
  );
}

/** What every page does, without an example to look at. */
export async function Everywhere() {
  const t = await getTranslations("design.everywhere");
  const habits = ["skip", "focus", "trail", "tabs", "motion", "print"] as const;
  return (
    <section className="mt-12">
      <h2 className="mb-4 font-semibold text-xl">{t("title")}</h2>
      <Facts items={habits.map((name) => ({ label: t(name), value: t(`${name}Text`) }))} />
    </section>
  );
}
