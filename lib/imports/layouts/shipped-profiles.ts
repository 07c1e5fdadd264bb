import { Profile } from "./profile";
import eDistribuzione from "./profiles/e-distribuzione.json";
import fluvius from "./profiles/fluvius.json";
import greenButton from "./profiles/green-button.json";
import portaleConsumiGas from "./profiles/portale-consumi-gas.json";
import portaleConsumiLuce from "./profiles/portale-consumi-luce.json";
import sportello from "./profiles/sportello.json";

/**
 * The layouts that come with Sportello. What is not plain from the files:
 *
 * - e-distribuzione, portale-consumi-luce: 96 columns cannot hold the day of 25 hours, so such a
 *   line is refused rather than an hour lost. The portal's reactive energy (er1…), its meter
 *   positions (lettura_f1…), tipo_flusso and motivazione are not read; a line without any ea value
 *   says nothing of the day. A day that stands there twice, as after a rectification, is refused
 *   with both lines: which of them counts is not for us to guess.
 * - portale-consumi-gas: positions of the counter. Only readings a day apart give a day; the
 *   consumption between 1 and 2 March is that of 1 March.
 * - fluvius: offtake and injection, day and night registers added up. "No consumption" stands where
 *   the meter told nothing: with an empty volume the interval is missing, not zero.
 */
export const SHIPPED_PROFILES: readonly Profile[] = [
  eDistribuzione,
  portaleConsumiLuce,
  portaleConsumiGas,
  fluvius,
  sportello,
  greenButton,
].map((profile) => Profile.parse(profile));
