import { OTHERS, TO_REGISTER } from "./other-customers";
import type { Customer } from "./people";
import { REGISTERED } from "./registered-customers";

/** Everybody, in an order that never changes: codes are counted along it. */
export const CUSTOMERS: Customer[] = [...REGISTERED, ...TO_REGISTER, ...OTHERS];
