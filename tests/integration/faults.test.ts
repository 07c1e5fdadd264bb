import { freezeAtOnce, publishAtOnce } from "../faults/at-once";
import { choicesRace } from "../faults/choices-race";
import { freezeKilled, publishKilled } from "../faults/killed";
import { testFaults } from "../setup/quick-faults";

testFaults([
  [
    "R10 R11 R12 choices, undos and imports that race cut-offs are in the plans their customers were promised",
    choicesRace,
  ],
  ["R12 of many freezes of a run at once one wins, and there is one plan", freezeAtOnce],
  [
    "R15 R17 of many publications of a run at once one wins, and nothing is sent twice",
    publishAtOnce,
  ],
  ["R12 a freeze that is killed leaves the whole plan or none, and can be finished", freezeKilled],
  ["R15 a publication that is killed leaves all or nothing, and can be finished", publishKilled],
]);
