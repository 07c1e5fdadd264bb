import { getRunPlan } from "@/lib/api/v1/operations/look-at-runs";
import { route } from "@/lib/api/v1/route-handler";

export const GET = route(getRunPlan);
