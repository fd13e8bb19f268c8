// Numbers and colours as the page's data has them.

const KINDS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u2: Uint16Array, u1: Uint8Array };
const NONE = 65535; // in two bytes: no number
const STEPS = 65534; // in two bytes: 1

/** The numbers of a packed array, row by row. */
function unpack({ dtype, bdata }) {
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0));
  return new KINDS[dtype](bytes.buffer);
}

/** The lengths of a packed array along each of its dimensions. */
function shapeOf({ shape }) {
  return shape.split(",").map(Number);
}

/** Numbers from 0 to 1 that were stored in two bytes each, times `scale`. */
function unpackShares(packed, scale = 1) {
  return Float32Array.from(unpack(packed), (number) => (number === NONE ? NaN : (number / STEPS) * scale));
}

/** Bytes of red, green and blue as colours for a style. */
function cssColors(bytes) {
  const colors = new Array(bytes.length / 3);
  for (let k = 0; k < colors.length; k++) {
    colors[k] = `rgb(${bytes[3 * k]},${bytes[3 * k + 1]},${bytes[3 * k + 2]})`;
  }
  return colors;
}

/** The index of the last number, in ascending ones, that is at most `number`; -1 if there is none. */
function lastUpTo(numbers, number) {
  let low = -1;
  let high = numbers.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= number) low = middle;
    else high = middle;
  }
  return low;
}

/** A number as text: with four digits that count, or what is said where there is none. */
function told(number, none) {
  if (!Number.isFinite(number) || Math.abs(number) > 1e38) return none;
  if (number === 0 || Math.abs(number) < 1e-12) return "0";
  if (Math.abs(number) >= 1e-3 && Math.abs(number) < 1e5) return String(+number.toPrecision(4)).replace("-", "\u2212");
  return number.toExponential(2).replace("e+", "e").replaceAll("-", "\u2212");
}

/** A trace of plotly.js as the data has it, with its packed colours as texts. */
function traceOf(value) {
  if (Array.isArray(value)) return value.map(traceOf);
  if (value === null || typeof value !== "object" || value.bdata) return value;
  if (value.rgb) return cssColors(unpack(value.rgb));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, traceOf(inner)]));
}
