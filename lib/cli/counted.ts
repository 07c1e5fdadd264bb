/** So many of something, in words for people: "1 bill", "2 bills". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
