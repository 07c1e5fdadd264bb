import { getTranslations } from "next-intl/server";
import { Notice } from "@/components/ui/notice";
import { isGrave, type Trouble } from "@/lib/operations/rules";

/** What is wrong, and what to do about each; or that nothing is. */
export async function TroubleList({ troubles, silent }: { troubles: Trouble[]; silent: boolean }) {
  const t = await getTranslations("operations");
  if (troubles.length === 0) {
    // Something that is told elsewhere on the page is wrong.
    return silent ? null : (
      <Notice tone="success" title={t("well")}>
        {t("wellLead")}
      </Notice>
    );
  }
  return (
    <section aria-labelledby="troubles" className="mb-10">
      <h2 id="troubles" className="mb-4 font-semibold text-xl">
        {t("troublesTitle")}
      </h2>
      {troubles.map((trouble) => (
        <Notice
          key={trouble}
          tone={isGrave(trouble) ? "danger" : "warning"}
          title={`${t(isGrave(trouble) ? "grave" : "soon")}: ${t(`trouble.${trouble}.title`)}`}
        >
          {t(`trouble.${trouble}.todo`)}
        </Notice>
      ))}
    </section>
  );
}
