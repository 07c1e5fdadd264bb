import { BORGO, type Customer, FLORIN, firm, PONTE, person, supply, VALFIORITA } from "./people";

const electronic = { choice: "electronic" } as const;
const paper = { choice: "paper" } as const;

/** Those who have a login, best known first. */
export const REGISTERED: Customer[] = [
  person(
    "Giulia Ferrante",
    "f",
    "1984-03-12",
    `Via dei Ciliegi 12, ${VALFIORITA}`,
    [supply("E active family", electronic), supply("G active family"), supply("W active family")],
    { email: "giulia.ferrante@posta.example" },
  ),
  person(
    "Marco Bellandi",
    "m",
    "1971-11-30",
    `Strada del Mulino 4, ${BORGO}`,
    [
      supply("E active producer", electronic),
      supply("G active family", { ...electronic, event: "credit-note" }),
    ],
    { email: "marco.bellandi@posta.example" },
  ),
  person(
    "Anna Lechner",
    "f",
    "1990-07-02",
    `Kirschweg 7, ${FLORIN}`,
    [
      supply("E active couple", { ...electronic, dedicatedEmail: "rechnungen@lechner.example" }),
      supply("H active couple", electronic),
      supply("W none couple", { event: "manual-meter" }),
    ],
    { email: "anna.lechner@posta.example", language: "de" },
  ),
  person(
    "James Whitfield",
    "m",
    "1966-01-19",
    `Vicolo delle Rondini 3, ${PONTE}`,
    [
      supply("E active holiday-home", { ...electronic, event: "gap" }),
      supply("G requested holiday-home", paper),
    ],
    { email: "james.whitfield@posta.example", language: "en" },
  ),
  firm(
    "Panificio Tre Fontane S.r.l.",
    `Piazza Tre Fontane 1, ${VALFIORITA}`,
    [
      supply("E active bakery", electronic),
      supply("G active bakery", electronic),
      supply("W active bakery", paper),
    ],
    { email: "ufficio@panificio-tre-fontane.example" },
  ),
  person(
    "Teresa Colonnello",
    "f",
    "1952-09-08",
    `Via del Lavatoio 21, ${BORGO}`,
    [supply("E revoked single", electronic), supply("G active single", paper)],
    { email: "teresa.colonnello@posta.example" },
  ),
  person(
    "Luca Marangoni",
    "m",
    "1979-05-25",
    `Via Lungofiume 9, ${PONTE}`,
    [
      supply("E active heat-pump", { ...electronic, event: "estimates" }),
      supply("W expired family", electronic),
    ],
    { email: "luca.marangoni@posta.example" },
  ),
  person(
    "Sofia Innerhofer",
    "f",
    "1995-12-17",
    `Am Sonnenhang 15, ${FLORIN}`,
    [supply("E active couple"), supply("H active couple", { beganMonthsAgo: 14 })],
    { email: "sofia.innerhofer@posta.example", language: "de" },
  ),
  person(
    "Renato Dalpiaz",
    "m",
    "1948-04-03",
    `Via della Filanda 30, ${VALFIORITA}`,
    [
      supply("E active single", { ...paper, event: "time-barred" }),
      supply("G active single", { ...electronic, endedMonthsAgo: 4 }),
    ],
    { email: "renato.dalpiaz@posta.example" },
  ),
];
