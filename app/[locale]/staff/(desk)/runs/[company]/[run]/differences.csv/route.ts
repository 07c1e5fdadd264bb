import { getTranslations } from "next-intl/server";
import { csvResponse, refusedFile } from "@/lib/api/csv-response";
import { requireStaff } from "@/lib/auth/current";
import { exportRun } from "@/lib/runs/commands/export-run";

interface FileRouteContext {
  params: Promise<{ company: string; run: string }>;
}

/** Bills whose discount is not what the plan gives (operators and admins). */
export async function GET(_request: Request, { params }: FileRouteContext): Promise<Response> {
  const ctx = await requireStaff();
  const exported = await exportRun(ctx, await params, "differences");
  if (!exported.ok) {
    const t = await getTranslations("staff.runs");
    return refusedFile(exported.code === "forbidden" ? 403 : 404, t(`file.${exported.code}`));
  }
  return csvResponse(exported.value.name, exported.value.lines);
}
