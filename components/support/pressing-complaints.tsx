import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";

/** Tells the desk that complaints run out of time, or have; nothing where none does. */
export async function PressingComplaints({
  overdue,
  pressing,
}: {
  overdue: number;
  pressing: number;
}) {
  if (overdue + pressing === 0) {
    return null;
  }
  const t = await getTranslations("cases.desk");
  return (
    <Notice tone={overdue > 0 ? "danger" : "warning"}>
      {t("pressing", { overdue, pressing })}{" "}
      <LocalLink href="/staff/complaints" className="underline underline-offset-2">
        {t("toPressing")}
      </LocalLink>
    </Notice>
  );
}
