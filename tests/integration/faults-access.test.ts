import { guesses } from "../faults/guesses";
import { logins } from "../faults/logins";
import { testFaults } from "../setup/quick-faults";

testFaults([
  [
    "R3 of many guesses at contracts only so many are compared, and all are answered alike",
    guesses,
  ],
  ["of many guesses at passwords only so many are looked at, and the owner gets in", logins],
]);
