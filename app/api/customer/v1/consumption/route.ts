import { getConsumptionOperation } from "@/lib/api/customer/all-operations";
import { route } from "@/lib/api/v1/route-handler";

export const GET = route(getConsumptionOperation);
