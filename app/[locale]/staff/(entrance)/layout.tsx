import type { ReactNode } from "react";
import { PageFrame } from "@/components/shell/page-frame";

export default function StaffEntranceLayout({ children }: { children: ReactNode }) {
  return (
    <PageFrame home="/staff" links={[]}>
      {children}
    </PageFrame>
  );
}
