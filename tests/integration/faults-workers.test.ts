import { sendKilled } from "../faults/send-killed";
import { sendRestarts } from "../faults/send-restarts";
import { sendClock, sendFrozen, sendResume, sendSigterm } from "../faults/send-workers";
import { webhookHistories } from "../faults/webhook-histories";
import { testFaults } from "../setup/quick-faults";

testFaults(
  [
    [
      "R17 workers killed at random and at each point of the sender lose and double nothing",
      sendKilled,
    ],
    ["R17 a worker that is told to end does so in time, and leaves nothing behind", sendSigterm],
    ["R17 restarts and crashes of PostgreSQL lose and double nothing", sendRestarts],
    ["R18 the state of a bill is the same in whatever order its events come", webhookHistories],
  ],
  [
    ["R17 what a killed worker had in hand is sent within 30 seconds", sendResume],
    ["R17 workers whose clocks are minutes off lose and double nothing", sendClock],
    ["R17 a worker that stands still past its leases and goes on doubles nothing", sendFrozen],
  ],
);
