// The view of the landscape, which the reader turns. plotly.js draws it.

const LIFT = 0.004; // of trails above the ground
const RACERS_LIFT = 0.012; // likewise of wide ones
const APART = 0.002; // likewise from one run of a race to the next, of which the later one is seen
const ABOVE = 1.0; // radii: how far a point's middle is above the ground
const ANGLE = (24 * Math.PI) / 180; // of the film's lens
const FULL = 560; // pixels of a view's shorter side from which on points have their full size
const AROUND = 0.06; // of the view, that stays free around the landscape
const WITH_AXES = 96; // pixels that stay free if there are numbers at its edges, all together
const MARKER = 2; // pixels of a marker of size 1 where a scene unit away from the camera is half a view
const WIDTH = 2; // plotly.js's width of a line that is one pixel wide
const BETWEEN = 5; // times as slow, without plotly's own objects: so many frames are left out

class Surface {
  constructor(element, view, film, ground, theme, steps) {
    Object.assign(this, { element, view, film, ground, theme });
    this.arrows = steps;
    this.racers = film.racers;
    const lift = (r) => (this.racers ? RACERS_LIFT + r * APART : LIFT);
    this.trails = film.runs.map((run, r) => new Trails(run.trails, ground, lift(r)));
    this.drawn = this.trails.map((trails) => new Array(trails.chunks).fill(null)); // up to which position each part is
    this.shown = film.runs.map(() => []); // the number of each point that is drawn
    this.skipped = 0;
  }

  async start() {
    const data = [this.ground.trace(this.view), ...traceOf(this.view.data)];
    this.trailAt = this.trails.map((trails, r) => {
      const first = data.length;
      for (let n = 0; n < trails.chunks; n++) data.push(this.line(this.film.runs[r].width));
      return first;
    });
    this.arrowsAt = this.arrows ? this.arrows.parts.map(({ alone }) => data.push(this.line(alone ? 7 : 5)) - 1) : [];
    this.pointsAt = this.film.runs.map(() => data.push(this.points()) - 1);
    const font = { family: "system-ui, sans-serif", size: this.element.clientWidth < 500 ? 10 : 12, color: this.theme["quiet-ink"] };
    const scene = { ...this.view.layout, bgcolor: "rgba(0,0,0,0)", camera: this.camera() };
    const layout = { scene, font, margin: { l: 0, r: 0, t: 0, b: 0 }, showlegend: false, paper_bgcolor: "rgba(0,0,0,0)" };
    await Plotly.newPlot(this.element, data, layout, { displayModeBar: false, responsive: false, showTips: false });
    this.narrow();
    this.reset();
    this.element.on("plotly_relayout", () => { this.turned = true; });
  }

  /** plotly.js's own scene, whose objects can be changed without making all anew. */
  get scene() {
    const scene = this.element._fullLayout && this.element._fullLayout.scene;
    return scene && scene._scene;
  }

  /** What has the angle of the lens; without plotly.js's own, the one that it is known to have. */
  get lens() {
    return (this.scene && this.scene.glplot) || { fovy: Math.PI / 4 };
  }

  /** Take the film's lens; plotly.js has names and numbers stand as far from the axes as suits its own, wider one. */
  narrow() {
    const { lens, scene } = this;
    const share = Math.tan(ANGLE / 2) / Math.tan(lens.fovy / 2);
    lens.fovy = ANGLE;
    const options = scene && scene.axesOptions;
    if (!options || !options.labelPad || !options.tickPad || !lens.axes) return;
    for (const name of ["labelPad", "tickPad"]) options[name] = options[name].map((pad) => share * pad);
    lens.axes.update(options);
  }

  line(width) {
    return {
      type: "scatter3d", mode: "lines", x: [NaN], y: [NaN], z: [NaN], connectgaps: false, hoverinfo: "skip",
      line: { color: ["rgb(0,0,0)"], width: WIDTH * Math.max(width * this.unit, this.racers ? 2.5 : 1) },
    };
  }

  points() {
    const edge = this.theme.background;
    return {
      type: "scatter3d", mode: "markers", x: [NaN], y: [NaN], z: [NaN], hoverinfo: "none",
      marker: { size: 1, color: ["rgb(0,0,0)"], opacity: 1, line: { color: edge, width: 1 } },
    };
  }

  /** Pixels of one of a picture 1440 pixels high; fewer in a small view. */
  get unit() {
    const { clientWidth, clientHeight } = this.element;
    const shorter = Math.min(clientWidth, clientHeight);
    return (Math.max(clientHeight, 1) / 1440) * Math.min(Math.max(shorter / FULL, 0.6), 1);
  }

  get diameter() {
    return Math.max(this.view.diameter * this.unit, this.racers ? 11 : 6);
  }

  /** Draw a moment; `changed` says that other points are to be seen. */
  draw({ position, m }, changed) {
    const updates = [];
    this.film.runs.forEach((run, r) => {
      this.trails[r].edges.slice(0, -1).forEach((edge, chunk) => {
        const until = Math.min(Math.max(position, edge), this.trails[r].edges[chunk + 1]);
        if (until === this.drawn[r][chunk] && !changed) return;
        this.drawn[r][chunk] = until;
        const { color, ...part } = position > edge
          ? this.trails[r].part(chunk, position, (i) => this.film.shows(r, i))
          : { x: [], y: [], z: [], color: [] };
        updates.push([this.trailAt[r] + chunk, part, "line", color]);
      });
      updates.push([this.pointsAt[r], ...this.balls(run, r, position, m)]);
    });
    if (this.arrows) {
      this.arrows.at(m).forEach((arrow, n) => updates.push([this.arrowsAt[n], ...this.arrow(arrow)]));
    }
    this.apply(updates, changed);
  }

  /** An arrow on the ground, as a line with gaps. */
  arrow({ color, lines }) {
    const part = { x: [], y: [], z: [] };
    for (const line of lines) {
      for (const place of [...line, [NaN, NaN]]) {
        const [x, y, z] = this.film.contains(place) ? this.ground.drape(...place) : [NaN, NaN, NaN];
        part.x.push(x);
        part.y.push(y);
        part.z.push(z + RACERS_LIFT);
      }
    }
    return [part, "line", part.x.map(() => color)];
  }

  balls(run, r, position, m) {
    const part = { x: [], y: [], z: [] };
    const color = [];
    const up = (ABOVE * this.size) / 2;
    this.shown[r] = [];
    for (let i = 0; i < run.count; i++) {
      const place = this.film.place(run, i, m);
      if (!this.film.shows(r, i) || !this.film.contains(place)) continue;
      const [x, y, below] = this.ground.drape(...place);
      if (!Number.isFinite(below)) continue;
      const z = run.heights ? Math.max(below, run.between(run.heights, 1, 0, m)) : below;
      part.x.push(x);
      part.y.push(y);
      part.z.push(z + up);
      color.push(run.colorOf(i, position, z / this.ground.height));
      this.shown[r].push(i);
    }
    return [part, "marker", color];
  }

  /** The diameter of points in scene units, so that they have their pixels in the first view. */
  get size() {
    return (this.diameter * 2 * this.reach) / Math.max(this.element.clientHeight, 1);
  }

  /** Half the height of what is seen in the first view, in scene units. */
  get reach() {
    return this.distance * Math.tan(this.lens.fovy / 2);
  }

  /** plotly.js's size of markers: they are larger where they are near, as all is. */
  get markerSize() {
    return (this.diameter * this.reach) / MARKER;
  }

  /** plotly.js's own object of a trace, by the trace's number. */
  objectOf(at) {
    const { scene } = this;
    return scene && scene.traces && scene.traces[this.element._fullData[at].uid];
  }

  /** Whether plotly.js's own objects are where they are looked for. */
  get isQuick() {
    const object = this.objectOf(this.pointsAt[0]);
    return Boolean(this.lens.redraw && object && object.update);
  }

  /**
   * Change traces: by plotly.js's own objects, as its `restyle` does, which would also make the ground anew. Should
   * another version have them elsewhere, `restyle` does it, slowly.
   */
  apply(updates, changed) {
    if (this.isQuick) {
      const objects = updates.map(([at]) => this.objectOf(at));
      updates.forEach(([at, part, kind, color], n) => {
        const filled = part.x.length ? part : { x: [NaN], y: [NaN], z: [NaN] };
        const colors = color.length ? color : ["rgb(0,0,0)"];
        [this.element.data[at], this.element._fullData[at]].forEach((trace) => {
          Object.assign(trace, filled);
          trace[kind].color = colors;
          if (kind === "marker") trace.marker.size = this.markerSize;
        });
        this.element._fullData[at]._length = filled.x.length;
        objects[n].update(this.element._fullData[at]);
      });
      this.lens.redraw();
      return;
    }
    this.skipped = changed ? 0 : (this.skipped + 1) % BETWEEN;
    if (this.skipped) return;
    ["line", "marker"].forEach((kind) => {
      const some = updates.filter((update) => update[2] === kind);
      if (!some.length) return;
      const own = Object.fromEntries(["x", "y", "z"].map((axis) => [axis, some.map(([, part]) => part[axis])]));
      if (kind === "marker") own["marker.size"] = this.markerSize;
      own[`${kind}.color`] = some.map(([, , , color]) => color);
      Plotly.restyle(this.element, own, some.map(([at]) => at));
    });
  }

  /** The first view: the film's, as near as all of the landscape is seen. */
  camera() {
    const { azimuth, elevation, zoom } = this.view.pose;
    const [turn, lift] = [azimuth, elevation].map((angle) => (angle * Math.PI) / 180);
    const back = [Math.cos(lift) * Math.sin(turn), -Math.cos(lift) * Math.cos(turn), Math.sin(lift)];
    const right = [Math.cos(turn), Math.sin(turn), 0];
    const up = [-Math.sin(lift) * Math.sin(turn), Math.sin(lift) * Math.cos(turn), Math.cos(lift)];
    const dot = (one, other) => one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
    const { x, y, z } = this.view.layout.aspectratio;
    const corners = [-1, 1].flatMap((a) => [-1, 1].flatMap((b) => [-1, 1].map((c) => [(a * x) / 2, (b * y) / 2, (c * z) / 2])));
    const { clientWidth, clientHeight } = this.element;
    const part = (length) => 1 - (this.view.axes ? Math.min(WITH_AXES / Math.max(length, 1), 0.4) : AROUND);
    const tangent = Math.tan(this.lens.fovy / 2);
    const high = tangent * part(clientHeight);
    const wide = tangent * (clientWidth / Math.max(clientHeight, 1)) * part(clientWidth);
    const place = corners.map((corner) => [dot(corner, right), dot(corner, up), dot(corner, back)]);
    const most = (numbers) => Math.max(...numbers);
    const top = most(place.map(([, v, b]) => v + high * b));
    const bottom = most(place.map(([, v, b]) => high * b - v));
    const sides = most(place.map(([u, , b]) => Math.abs(u) + wide * b));
    this.distance = Math.max((top + bottom) / (2 * high), sides / wide) / zoom;
    const middle = (top - bottom) / 2;
    const point = (along) => Object.fromEntries(["x", "y", "z"].map((axis, k) => [axis, along * back[k] + middle * up[k]]));
    return { eye: point(this.distance), center: point(0), up: { x: 0, y: 0, z: 1 }, projection: { type: "perspective" } };
  }

  async reset() {
    await Plotly.relayout(this.element, { "scene.camera": this.camera() });
    this.turned = false;
  }

  async resize() {
    const { turned } = this;
    await Plotly.Plots.resize(this.element); // after which it counts as turned
    if (!turned) await this.reset();
  }

  /** Have `tell` called with what is under the pointer, a point of a run or a place of the ground, and null if nothing is. */
  listen(tell) {
    this.element.on("plotly_hover", ({ points: [found] }) => {
      const r = this.pointsAt.indexOf(found.curveNumber);
      if (r >= 0) tell({ r, i: this.shown[r][found.pointNumber] });
      else tell({ place: this.ground.fromScene(found.x, found.y) });
    });
    this.element.on("plotly_unhover", () => tell(null));
  }
}
