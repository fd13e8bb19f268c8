// The trails of a run: where its points have been up to a moment.

const CHUNK = 1500; // corners of trails that are put together: only the newest are made anew at each moment

class Trails {
  constructor(data, ground, lift) {
    const shares = unpackShares(data.places);
    this.times = unpack(data.times);
    this.owners = unpack(data.owners);
    this.first = unpack(data.first);
    this.colors = cssColors(unpack(data.colors));
    const count = this.times.length;
    this.x = new Float32Array(count);
    this.y = new Float32Array(count);
    this.z = new Float32Array(count);
    for (let k = 0; k < count; k++) {
      this.x[k] = (2 * shares[3 * k] - 1) * ground.half[0];
      this.y[k] = (2 * shares[3 * k + 1] - 1) * ground.half[1];
      this.z[k] = shares[3 * k + 2] * data.top + lift;
    }
    const sorted = Float32Array.from(this.times).sort();
    const number = Math.min(Math.max(Math.ceil(count / CHUNK), 1), 32);
    this.edges = Array.from({ length: number - 1 }, (_, n) => sorted[Math.floor(((n + 1) * count) / number)]);
    this.edges = [-Infinity, ...new Set(this.edges), Infinity];
  }

  get chunks() {
    return this.edges.length - 1;
  }

  /** The part of all trails between two edges up to a position, with a gap after each; `shows` says whose are seen. */
  part(chunk, position, shows) {
    const part = { x: [], y: [], z: [], color: [] };
    const add = (k) => {
      part.x.push(this.x[k]);
      part.y.push(this.y[k]);
      part.z.push(this.z[k]);
      part.color.push(this.colors[k]);
    };
    const until = Math.min(position, this.edges[chunk + 1]);
    this.first.forEach((begin, line) => {
      if (!shows(this.owners[line])) return;
      const end = line + 1 < this.first.length ? this.first[line + 1] : this.times.length;
      const times = this.times.subarray(begin, end);
      const from = chunk ? lastUpTo(times, this.edges[chunk]) : 0;
      const to = lastUpTo(times, until);
      if (to < 0) return;
      for (let k = Math.max(from, 0); k <= to; k++) add(begin + k);
      if (to + 1 < times.length && until === position) {
        const share = (position - times[to]) / (times[to + 1] - times[to]);
        const [one, other] = [begin + to, begin + to + 1];
        part.x.push(this.x[one] + share * (this.x[other] - this.x[one]));
        part.y.push(this.y[one] + share * (this.y[other] - this.y[one]));
        part.z.push(this.z[one] + share * (this.z[other] - this.z[one]));
        part.color.push(this.colors[other]);
      } else if (to + 1 < times.length) {
        add(begin + to + 1); // it ends in the next part, which begins with the corner before
      }
      [part.x, part.y, part.z].forEach((each) => each.push(NaN));
      part.color.push(part.color[part.color.length - 1]);
    });
    return part;
  }
}
