import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { SignOut } from "@/components/accounts/sign-out";
import { PageFrame } from "@/components/shell/page-frame";
import { TrailAbove } from "@/components/shell/trail-above";
import { currentActor } from "@/lib/auth/current";
import { mayImport } from "@/lib/imports/rules";
import { mayWatch } from "@/lib/operations/rules";
import { mayManageStaff } from "@/lib/staff/rules";

/** Navigation only: each page asks for the signed-in staff member itself. */
export default async function StaffDeskLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations("shell");
  const actor = await currentActor();
  const mayManage = actor?.kind === "staff" && mayManageStaff(actor);
  return (
    <PageFrame
      home="/staff"
      aside={<SignOut />}
      trail={<TrailAbove />}
      links={[
        { href: "/staff", label: t("staffHome") },
        { href: "/staff/search", label: t("staffSearch") },
        { href: "/staff/attempts", label: t("staffAttempts") },
        { href: "/staff/releases", label: t("staffReleases") },
        { href: "/staff/complaints", label: t("staffCases") },
        { href: "/staff/runs", label: t("staffRuns") },
        ...(actor && mayImport(actor)
          ? [{ href: "/staff/imports", label: t("staffImports") }]
          : []),
        { href: "/staff/delivery", label: t("staffDelivery") },
        { href: "/staff/undelivered", label: t("staffUndelivered") },
        { href: "/staff/mail-room", label: t("staffMailRoom") },
        { href: "/staff/mandate-requests", label: t("staffMandateRequests") },
        { href: "/staff/self-readings", label: t("staffSelfReadings") },
        { href: "/staff/emails", label: t("staffEmails") },
        // For admins alone; the page and its commands see to it themselves.
        ...(mayManage ? [{ href: "/staff/people", label: t("staffPeople") }] : []),
        ...(actor && mayWatch(actor)
          ? [{ href: "/staff/operations", label: t("staffOperations") }]
          : []),
        { href: "/staff/profile", label: t("staffProfile") },
        { href: "/staff/design", label: (await getTranslations("design"))("nav") },
      ]}
    >
      {children}
    </PageFrame>
  );
}
