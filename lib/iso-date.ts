/** True for a date that exists, written as `YYYY-MM-DD`; no calendar has a year 0000. */
export function isIsoDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return false;
  }
  const year = Number(text.slice(0, 4));
  const day = Number(text.slice(8));
  return year > 0 && day > 0 && day <= daysOfMonth(year, Number(text.slice(5, 7)));
}

/** 0 for a month that no calendar has. */
function daysOfMonth(year: number, month: number): number {
  if (month === 2) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  }
  return month < 1 || month > 12 ? 0 : [4, 6, 9, 11].includes(month) ? 30 : 31;
}
