import type { ReactNode } from "react";
import { PublicFrame } from "@/components/shell/public-frame";

export default function StaffEntranceLayout({ children }: { children: ReactNode }) {
  return <PublicFrame entrance>{children}</PublicFrame>;
}
