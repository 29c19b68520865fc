/** @returns what a script of a page sent as JSON; undefined for what is none, which no schema takes */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
