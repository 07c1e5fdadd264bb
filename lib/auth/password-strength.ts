import type { ZxcvbnFactory } from "@zxcvbn-ts/core";

/** zxcvbn's score from which a password will do: more than 10^8 guesses by somebody who knows what is common. */
const SCORE_MIN = 3;

/** What is common here and in no list of the whole world. */
const LOCAL_WORDS = [
  ..."bolletta bollette sportello energia elettrica luce gas acqua teleriscaldamento contratto".split(
    " ",
  ),
  ..."domiciliazione fattura password passwort kennwort parola chiave segreta benvenuto ciao".split(
    " ",
  ),
  ..."buongiorno amore juventus napoli milan inter roma italia forza francesca giuseppe".split(" "),
  ..."alessandro andrea giulia martina lorenzo stromrechnung rechnung willkommen hallo".split(" "),
];

let estimator: Promise<ZxcvbnFactory> | undefined;

/** Loaded when first needed: its word lists are large, and most programs never judge a password. */
async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, common] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  return new Factory({
    dictionary: { ...common.dictionary, local: LOCAL_WORDS },
    graphs: common.adjacencyGraphs,
  });
}

/**
 * Whether a password is guessed too soon, by lists of what people choose, names, dates, keyboard runs
 * and repetitions, and by the words of its owner's e-mail.
 */
export async function isGuessable(password: string, email: string): Promise<boolean> {
  estimator ??= load();
  const own = email.split(/[@._+-]/).filter((word) => word.length > 2);
  const { score } = (await estimator).check(password.normalize("NFKC"), own);
  return score < SCORE_MIN;
}
