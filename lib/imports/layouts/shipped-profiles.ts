import { type Profile, profileSchema } from "./profile";

const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${name}${at + 1}`);

/** The national consumption portal's quarter-hours: 96 columns, so it cannot hold the 25-hour day. */
const PORTALE_CONSUMI_LUCE = {
  name: "portale-consumi-luce",
  contract: { column: "pod", by: "supply_point" },
  commodity: "electricity",
  unit: { fixed: "kwh" },
  ignored: [
    "data_ricezione",
    "motivazione",
    "lettura_monoraria",
    ...numbered("lettura_f", 6),
    "tipo_flusso",
    "annomese_riferimento",
    // Reactive energy.
    ...numbered("er", 96),
  ],
  layout: {
    shape: "wide",
    day: "data_lettura",
    format: "dd/MM/yyyy",
    minutes: 15,
    intervals: "ea{n}",
  },
};

/** The Flemish grid operator's export: day and night registers, the autumn hour with the same labels twice. */
const FLUVIUS = {
  name: "fluvius",
  commodity: "electricity",
  unit: { column: "Unit" },
  direction: {
    column: "Register",
    values: {
      "Offtake Day": "consumption",
      "Offtake Night": "consumption",
      Offtake: "consumption",
      "Injection Day": "injection",
      "Injection Night": "injection",
      Injection: "injection",
    },
  },
  register: { column: "Register" },
  quality: {
    column: "Validation status",
    values: { Read: "a", Estimated: "e", "No consumption": "m" },
  },
  ignored: ["Until (date)", "Until (time)", "EAN code", "Meter", "Meter type", "Description"],
  layout: {
    shape: "long",
    start: ["From (date)", "From (time)"],
    format: "dd/MM/yyyy HH:mm",
    minutes: 15,
    value: "Volume",
  },
};

/** Our own. */
const SPORTELLO = {
  name: "sportello",
  contract: { column: "contract_number", by: "contract_number" },
  unit: { column: "unit" },
  quality: { column: "quality", values: { actual: "a", estimated: "e", missing: "m" } },
  layout: {
    shape: "long",
    start: ["start"],
    format: "iso-offset",
    end: ["end"],
    value: "value",
  },
};

/** Profiles that come with Sportello. */
export const SHIPPED: Profile[] = [SPORTELLO, PORTALE_CONSUMI_LUCE, FLUVIUS].map((profile) =>
  profileSchema.parse(profile),
);
