/** Small things that a visitor chose, kept between visits where the browser allows it. */
const PREFIX = 'vitrine:';

export function recall<Value>(name: string, otherwise: Value, isValid: (value: unknown) => value is Value): Value {
  try {
    const text = localStorage.getItem(PREFIX + name);
    const value: unknown = text === null ? null : JSON.parse(text);
    return isValid(value) ? value : otherwise;
  } catch (error) {
    // Storage may be denied, or hold what another program wrote; then the visit starts as a first one.
    if (error instanceof DOMException || error instanceof SyntaxError) return otherwise;
    throw error;
  }
}

export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch (error) {
    // Denied or full: the choice holds for this visit only, which is all that can be done.
    if (!(error instanceof DOMException)) throw error;
  }
}

export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
