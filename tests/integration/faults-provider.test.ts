import {
  send429,
  send500,
  sendBroken,
  sendHang,
  sendLimit,
  sendOutage6h,
  sendOutage30h,
  sendPaused,
  sendPoisoned,
  sendReset,
} from "../faults/send-provider";
import { testFaults } from "../setup/quick-faults";

// "webhooks" needs a built application: `npm run faults -- webhooks`.
testFaults(
  [
    [
      "R17 of a provider that fails before or after it took a mail every one arrives, once",
      send500,
    ],
    ["R17 over connections that break every mail arrives, once", sendReset],
    ["R17 of a hundred addresses one is refused, and fails alone", sendPoisoned],
    ["R17 a used-up quota and a revoked key pause sending, which then goes on exactly", sendPaused],
    ["R17 an outage that outlives the provider's keys loses and doubles nothing", sendOutage30h],
  ],
  [
    ["R17 of a provider that has too much to do every mail arrives, once", send429],
    ["R17 of a provider that never answers every mail arrives, once", sendHang],
    ["R17 of answers that cannot be read every mail arrives, once", sendBroken],
    ["R17 a limit of the account is kept by all workers together", sendLimit],
    ["R17 an outage of six hours loses and doubles nothing", sendOutage6h],
  ],
  { sideBySide: true },
);
