// The parts of the only point's step, as arrows: head to tail, and beside them the whole step.

const HEAD = 0.05; // scene units
const MOST_HEAD = 0.45; // of its arrow, that a head may take
const BROAD = 0.42; // half the breadth of a head, as a share of its length
const SAMPLES = 24; // places along a shaft, between which it is straight

class Arrows {
  constructor(data, film, half) {
    Object.assign(this, { film, scale: data.scale, edge: data.edge });
    this.parts = data.parts.map((part) => ({ ...part, vectors: unpack(part.vectors) }));
    this.unit = film.extent.map(([low, high], axis) => (2 * half[axis]) / (high - low)); // scene units of 1
  }

  /** The arrows at a moment, each with its lines as places of the extent: the shaft, and the head around its tip. */
  at(m) {
    const [run] = this.film.runs;
    const here = this.film.place(run, 0, m);
    let tail = here;
    return this.parts.map(({ color, alone, vectors }) => {
      const vector = [0, 1].map((axis) => this.scale * run.between(vectors, 2, axis, m));
      const from = alone ? here : tail;
      const to = [from[0] + vector[0], from[1] + vector[1]];
      if (!alone) tail = to;
      return { color, alone, lines: this.lines(from, to) };
    }).sort((one, other) => other.alone - one.alone);
  }

  lines(from, to) {
    const way = [0, 1].map((axis) => (to[axis] - from[axis]) * this.unit[axis]);
    const length = Math.hypot(...way);
    if (!(length > 1e-4)) return [];
    const [along, across] = [[way[0] / length, way[1] / length], [-way[1] / length, way[0] / length]];
    const head = Math.min(HEAD, MOST_HEAD * length);
    const corner = (side) => [0, 1].map((axis) => to[axis] - (head * (along[axis] - side * BROAD * across[axis])) / this.unit[axis]);
    const share = (n) => [0, 1].map((axis) => from[axis] + (n / SAMPLES) * (to[axis] - from[axis]));
    return [Array.from({ length: SAMPLES + 1 }, (_, n) => share(n)), [corner(1), to, corner(-1)]];
  }
}
