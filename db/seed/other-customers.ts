import { BORGO, type Customer, FLORIN, firm, PONTE, person, supply, VALFIORITA } from "./people";

/** Those a test or a visitor can register. */
export const TO_REGISTER: Customer[] = [
  person("Elena Sartori", "f", "1988-02-14", `Via dei Tigli 5, ${VALFIORITA}`, [
    supply("E active family"),
    supply("G active family"),
  ]),
  person("Paolo Venturi", "m", "1975-08-21", `Via dei Tigli 8, ${VALFIORITA}`, [
    supply("E active couple"),
    supply("W active couple"),
  ]),
  person("Chiara Montalbano", "f", "1992-10-05", `Largo Stazione 2, ${BORGO}`, [
    supply("E active single"),
  ]),
  person(
    "Johann Prantl",
    "m",
    "1963-06-11",
    `Kirschweg 19, ${FLORIN}`,
    [supply("H active family"), supply("W active family")],
    { language: "de" },
  ),
  person("Davide Rinaldi", "m", "1981-01-27", `Via Lungofiume 44, ${PONTE}`, [
    supply("E none family"),
    supply("G revoked family"),
  ]),
  firm("Officine Valle Alta S.n.c.", `Via dell'Industria 6, ${BORGO}`, [
    supply("E active office"),
    supply("W none office"),
  ]),
].map((customer) => ({ ...customer, toRegister: true }));

/** The rest of the valley. */
export const OTHERS: Customer[] = [
  person(
    "Francesca Olivieri",
    "f",
    "1986-04-18",
    `Via dei Ciliegi 14, ${VALFIORITA}`,
    [supply("E active family"), supply("G none family")],
    { toRegister: true },
  ),
  person("Antonio Grassi", "m", "1958-12-01", `Via dei Ciliegi 20, ${VALFIORITA}`, [
    supply("E expired couple"),
    supply("G active couple"),
  ]),
  person("Beatrice Fontanive", "f", "1999-03-29", `Corso Libertà 3, ${VALFIORITA}`, [
    supply("E active single", { beganMonthsAgo: 9 }),
  ]),
  person("Giorgio Tessari", "m", "1969-07-07", `Corso Libertà 11, ${VALFIORITA}`, [
    supply("E requested family"),
    supply("W active family"),
  ]),
  person("Maria Bonfanti", "f", "1945-05-16", `Corso Libertà 18, ${VALFIORITA}`, [
    supply("E none single", { event: "unpaid" }),
  ]),
  person(
    "Stefano Corradi",
    "m",
    "1983-09-23",
    `Via del Lavatoio 2, ${BORGO}`,
    [supply("E active family"), supply("G active family")],
    { toRegister: true },
  ),
  person("Lucia Pedrotti", "f", "1977-11-11", `Via del Lavatoio 6, ${BORGO}`, [
    supply("G active couple"),
    supply("W rejected couple"),
  ]),
  person("Andrea Zanella", "m", "1991-06-30", `Strada del Mulino 9, ${BORGO}`, [
    supply("E active producer"),
  ]),
  person("Silvia Moretti", "f", "1980-02-02", `Strada del Mulino 17, ${BORGO}`, [
    supply("E rejected family"),
  ]),
  person(
    "Pietro Agnoli",
    "m",
    "1956-10-19",
    `Via San Rocco 1, ${PONTE}`,
    [supply("E active couple"), supply("G active couple")],
    { toRegister: true },
  ),
  person("Valentina Scarpa", "f", "1994-08-08", `Via San Rocco 13, ${PONTE}`, [
    supply("W active single"),
  ]),
  person("Roberto Facchini", "m", "1967-03-05", `Via San Rocco 27, ${PONTE}`, [
    supply("G none family"),
  ]),
  person(
    "Margarethe Unterberger",
    "f",
    "1960-01-31",
    `Am Sonnenhang 2, ${FLORIN}`,
    [supply("H active couple"), supply("W active couple")],
    { language: "de" },
  ),
  person(
    "Lukas Oberrauch",
    "m",
    "1987-12-24",
    `Am Sonnenhang 8, ${FLORIN}`,
    [supply("E active family"), supply("H none family")],
    { language: "de" },
  ),
  person(
    "Katharina Egger",
    "f",
    "1973-05-09",
    `Dorfplatz 4, ${FLORIN}`,
    [supply("H active single")],
    { language: "de" },
  ),
  person(
    "Matthias Gruber",
    "m",
    "1998-09-14",
    `Dorfplatz 10, ${FLORIN}`,
    [supply("H revoked couple"), supply("W none couple")],
    { language: "de" },
  ),
  person(
    "Helen Ashworth",
    "f",
    "1970-04-26",
    `Vicolo delle Rondini 8, ${PONTE}`,
    [supply("E active couple"), supply("G active couple")],
    { language: "en" },
  ),
  person(
    "Thomas Hartley",
    "m",
    "1982-07-19",
    `Vicolo delle Rondini 10, ${PONTE}`,
    [supply("E none holiday-home")],
    { language: "en" },
  ),
  firm("Albergo Stella Alpina S.r.l.", `Dorfplatz 1, ${FLORIN}`, [
    supply("H active office"),
    supply("W active office"),
  ]),
  firm("Studio Tecnico Quercia", `Corso Libertà 25, ${VALFIORITA}`, [
    supply("E active office"),
    supply("G expired office"),
  ]),
  firm("Condominio Le Betulle", `Via delle Betulle 1, ${VALFIORITA}`, [
    supply("E active office"),
    supply("G active office"),
    supply("W active office"),
  ]),
  firm("Falegnameria Noce & Figli S.n.c.", `Via dell'Industria 11, ${BORGO}`, [
    supply("E requested office"),
  ]),
];
