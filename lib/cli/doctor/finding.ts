/** What the doctor found in one place, and how to mend it. */
export interface Finding {
  name: string;
  status: "ok" | "warn" | "fail";
  message: string;
}

export const good = (name: string, message: string): Finding => ({ name, status: "ok", message });
export const warn = (name: string, message: string): Finding => ({ name, status: "warn", message });
export const bad = (name: string, message: string): Finding => ({ name, status: "fail", message });
