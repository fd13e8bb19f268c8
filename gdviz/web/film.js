// Where the points of all runs are at each position along the descent.

const CONVERGED = 0;
const RUNNING = 1;
const DIVERGED = 2;
const RECORDED = 6;

class Run {
  constructor(data, dimension, ramp) {
    Object.assign(this, data);
    this.positions = unpack(data.positions);
    this.values = unpack(data.values);
    this.iterations = unpack(data.iterations);
    this.status = unpack(data.status);
    this.basins = unpack(data.basins);
    this.count = this.status.length;
    this.dimension = dimension;
    this.leaves = data.leaves === null ? Infinity : data.leaves;
    this.moving = data.colors && cssColors(unpack(data.colors));
    this.dim = data.colors && cssColors(unpack(data.resting));
    this.heights = data.lift && unpack(data.lift); // of a path that is lifted above the ground, in scene units
    this.ramp = ramp;
  }

  /** Coordinate `axis` of point `i`; `m` counts the page's moments, and may be between two of them. */
  coordinate(i, axis, m) {
    const size = this.count * this.dimension;
    return this.between(this.positions, size, i * this.dimension + axis, m);
  }

  value(i, m) {
    return this.between(this.values, this.count, i, m);
  }

  between(numbers, size, place, m) {
    const before = Math.floor(m);
    const share = m - before;
    const one = numbers[before * size + place];
    return share ? (1 - share) * one + share * numbers[(before + 1) * size + place] : one;
  }

  /** Whether point `i` has come to rest. */
  rests(i, position) {
    return this.status[i] !== RUNNING && this.iterations[i] <= position;
  }

  /** The colour of point `i`; `share` is how high it is, from 0 to 1. */
  colorOf(i, position, share) {
    const dim = this.rests(i, position) && this.status[i] !== RECORDED; // of a recorded one it is not known
    if (this.moving) return (dim ? this.dim : this.moving)[i];
    const last = this.ramp.length - 1;
    return this.ramp[Math.min(Math.max(Math.round((share || 0) * last), 0), last)];
  }
}

class Film {
  constructor(data) {
    this.extent = data.extent;
    this.dimension = data.extent.length;
    this.moments = unpack(data.moments);
    this.steps = this.moments[this.moments.length - 1];
    this.runs = data.runs.map((each) => new Run(each, this.dimension, data.heights));
    this.hiddenRuns = new Set();
    this.hiddenBasins = new Set();
    this.byBasin = data.basins;
    this.race = data.race;
    this.racers = data.racers; // a race of single points
  }

  /** Where a position along the descent is among the moments, which need not be a whole number. */
  momentAt(position) {
    const last = this.moments.length - 1;
    const before = Math.min(Math.max(lastUpTo(this.moments, position), 0), last);
    if (before === last) return last;
    return before + (position - this.moments[before]) / (this.moments[before + 1] - this.moments[before]);
  }

  /** The position along the descent at a place among the moments. */
  positionAt(m) {
    const before = Math.floor(m);
    const here = this.moments[before];
    return before === m ? here : here + (m - before) * (this.moments[before + 1] - here);
  }

  /** Whether the legend shows point `i` of run number `r`. */
  shows(r, i) {
    return !this.hiddenRuns.has(r) && !(this.byBasin && this.hiddenBasins.has(this.runs[r].basins[i]));
  }

  /** Whether a place lies in the extent. */
  contains(place) {
    return this.extent.every(([low, high], axis) => place[axis] >= low && place[axis] <= high);
  }

  /** Where point `i` of a run is. */
  place(run, i, m) {
    return this.extent.map((_, axis) => run.coordinate(i, axis, m));
  }

  /** How many points there are, of how many it is known how they end, and how many have converged, and are outside. */
  counts(runs, position) {
    const m = this.momentAt(position);
    const found = { points: 0, known: 0, converged: 0, left: 0 };
    for (const run of runs) {
      for (let i = 0; i < run.count; i++) {
        const inside = this.contains(this.place(run, i, m));
        found.points += 1;
        found.known += run.status[i] === RECORDED ? 0 : 1;
        found.left += inside ? 0 : 1;
        found.converged += inside && run.rests(i, position) && run.status[i] === CONVERGED ? 1 : 0;
      }
    }
    return found;
  }
}
