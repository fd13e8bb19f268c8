// The landscape: points are draped on the very triangles that are drawn.

class Ground {
  constructor(data, extent) {
    [this.rows, this.columns] = shapeOf(data.heights);
    this.half = data.half;
    this.height = data.height;
    this.heights = unpackShares(data.heights, data.height);
    this.relief = data.relief;
    this.cut = data.cut;
    this.extent = extent;
  }

  /** Where a place of the extent is in the scene: x, y and the height of the ground, NaN where there is none. */
  drape(x, y) {
    const [[left, right], [low, high]] = this.extent;
    const across = (x - left) / (right - left);
    const up = (y - low) / (high - low);
    const column = Math.min(Math.max(across * (this.columns - 1), 0), this.columns - 1);
    const row = Math.min(Math.max(up * (this.rows - 1), 0), this.rows - 1);
    const i = Math.min(Math.floor(row), this.rows - 2);
    const j = Math.min(Math.floor(column), this.columns - 2);
    const u = column - j;
    const v = row - i;
    const at = i * this.columns + j;
    const z = this.heights;
    const first = z[at];
    const last = z[at + this.columns + 1];
    const below = first + u * (z[at + 1] - first) + v * (last - z[at + 1]);
    const above = first + v * (z[at + this.columns] - first) + u * (last - z[at + this.columns]);
    return [(2 * across - 1) * this.half[0], (2 * up - 1) * this.half[1], u >= v ? below : above];
  }

  /** The value of f that stands at a height of the scene. */
  valueAt(z) {
    const { lowest, highest, knee } = this.relief;
    const share = this.height > 1e-9 ? z / this.height : 0;
    const span = highest - lowest;
    if (knee === null || !(span > 0)) return lowest + share * span;
    return lowest + knee * Math.expm1(share * Math.log1p(span / knee));
  }

  /** What is said before the value at a height of the scene: where f is cut off, only that it is beyond. */
  boundAt(z) {
    const near = 1e-4 * this.height;
    if (this.cut[1] && z >= this.height - near) return "\u2265 ";
    return this.cut[0] && z <= near ? "\u2264 " : "";
  }

  /** A place of the scene's ground plane in the coordinates of f. */
  fromScene(x, y) {
    return this.extent.map(([low, high], axis) => low + (([x, y][axis] / this.half[axis] + 1) / 2) * (high - low));
  }

  /** The ground as a mesh for plotly.js; `view` has its colours, and the vertices at the edges of holes. */
  trace(view) {
    const count = this.rows * this.columns;
    const x = new Float32Array(count);
    const y = new Float32Array(count);
    const z = Float32Array.from(this.heights);
    for (let k = 0; k < count; k++) {
      x[k] = (2 * (k % this.columns) / (this.columns - 1) - 1) * this.half[0];
      y[k] = (2 * Math.floor(k / this.columns) / (this.rows - 1) - 1) * this.half[1];
    }
    const places = unpack(view.edge_places);
    unpack(view.edge).forEach((k, n) => {
      [x[k], y[k], z[k]] = places.subarray(3 * n, 3 * n + 3);
    });
    const corners = { i: [], j: [], k: [] };
    const add = (one, two, three) => {
      const drawn = [one, two, three].every((each) => Number.isFinite(z[each]));
      if (!drawn || ![one, two, three].some((each) => Number.isFinite(this.heights[each]))) return;
      corners.i.push(one);
      corners.j.push(two);
      corners.k.push(three);
    };
    for (let row = 0; row < this.rows - 1; row++) {
      for (let column = 0; column < this.columns - 1; column++) {
        const at = row * this.columns + column;
        add(at, at + 1, at + this.columns + 1);
        add(at, at + this.columns + 1, at + this.columns);
      }
    }
    return {
      type: "mesh3d",
      x,
      y,
      z: z.map((each) => (Number.isFinite(each) ? each : 0)),
      ...corners,
      vertexcolor: cssColors(unpack(view.colors)),
      lighting: { ambient: 1, diffuse: 0, specular: 0, fresnel: 0, roughness: 1 },
      flatshading: false,
      hoverinfo: "none",
    };
  }
}
